import type { CelValue } from '@bufbuild/cel';
import { isMessage } from '@bufbuild/protobuf';
import { TimestampSchema, timestampDate } from '@bufbuild/protobuf/wkt';

/** A text as it is, or a time of CEL as ISO 8601; undefined for everything else. */
export function textOfValue(value: CelValue): string | undefined {
  if (typeof value === 'string') return value;
  const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : undefined;
  if (!isMessage(message, TimestampSchema)) return undefined;
  const date = timestampDate(message);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
