import { z, type ZodType } from 'zod';
import { VendorAnswerInvalid } from '../errors';
import type { RawAnswer } from './transport';
import { looksLikeHtml } from './problem';
import { scrub } from './scrub';

/** For `HttpRequest.answer`: nothing is expected of the body. A login or error page still counts as no valid answer. */
export const noBody: ZodType<undefined> = z.unknown().transform(() => undefined);

interface Asked<T> {
  readonly target: string;
  readonly operation: string;
  readonly answer: ZodType<T>;
}

/** The body of a 2xx answer, held against its schema. Throws `VendorAnswerInvalid`; never quotes the body. */
export function bodyOf<T>(raw: RawAnswer, { target, operation, answer }: Asked<T>): T {
  const parsed = answer.safeParse(valueOf(raw, { target, operation }));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const where = path.map(String).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  throw invalid(`the answer is not what the API promises: ${scrub(problems.join('; '), raw.secrets)}`, raw, {
    target,
    operation,
  });
}

/** A proxy's page must not pass for the vendor's own word, least of all a 404 that would prove a deletion. */
export function refuseHtml(raw: RawAnswer, at: { readonly target: string; readonly operation: string }): void {
  if (!isHtml(raw)) return;
  const advice = 'check baseUrl and what stands in front of the vendor (proxy, login page, maintenance)';
  throw invalid(`status ${String(raw.status)} came with an HTML page where the API sends JSON: ${advice}`, raw, at);
}

function valueOf(raw: RawAnswer, at: { readonly target: string; readonly operation: string }): unknown {
  refuseHtml(raw, at);
  const text = raw.text.replace(/^\uFEFF/, '');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const type = contentTypeOf(raw);
    if (type !== undefined && !type.includes('json')) return text;
    throw invalid(`the answer is not valid JSON (content type ${type ?? 'not given'})`, raw, at);
  }
}

function isHtml(raw: RawAnswer): boolean {
  return looksLikeHtml(raw.text) || (contentTypeOf(raw)?.includes('html') === true && raw.text.trim() !== '');
}

function contentTypeOf(raw: RawAnswer): string | undefined {
  return raw.headers['content-type']?.split(';', 1)[0]?.trim().slice(0, 80);
}

function invalid(
  message: string,
  { status, requestId }: RawAnswer,
  at: { readonly target: string; readonly operation: string },
): VendorAnswerInvalid {
  return new VendorAnswerInvalid(message, { ...at, status, ...(requestId !== undefined && { requestId }) });
}
