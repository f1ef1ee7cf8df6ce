import { bambooHr } from './bamboohr';
import { finch } from './finch';
import { gusto } from './gusto';
import { hiBob } from './hibob';
import type { HrSystem, Source, SourceType } from './source';
import type { Webhook } from './webhook';

/** Every HR system, by the `type` of its sources. A new one is one more line. */
export const sourceTypes = {
  bamboohr: bambooHr,
  finch,
  gusto,
  hibob: hiBob,
} satisfies Record<string, SourceType>;

function typeOf({ type }: Source): SourceType {
  if (Object.hasOwn(sourceTypes, type)) return sourceTypes[type as keyof typeof sourceTypes];
  throw new Error(`no HR system is called ${type}; known are ${Object.keys(sourceTypes).join(', ')}`);
}

/** The API side of a source; opens no connection. */
export function openSource(source: Source): HrSystem {
  return typeOf(source).open(source);
}

/** The webhook side of a source. */
export function webhookOf(source: Source): Webhook {
  return typeOf(source).webhook(source);
}
