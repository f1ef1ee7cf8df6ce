import { z, type ZodType } from 'zod';
import { VendorAnswerInvalid } from '../errors';
import type { RawAnswer } from './transport';
import { scrub } from './scrub';

/** For `HttpRequest.answer`: nothing is expected of the body. A login or error page still counts as no valid answer. */
export const noBody: ZodType<undefined> = z.unknown().transform(() => undefined);

interface Asked<T> {
  readonly target: string;
  readonly operation: string;
  readonly answer: ZodType<T>;
  /** The caller wants one bare word, such as a token: without the quotes of JSON it is understood too. */
  readonly bareWord?: boolean;
}

/** The body of a 2xx answer, held against its schema. Throws `VendorAnswerInvalid`; never quotes the body. */
export function bodyOf<T>(raw: RawAnswer, { target, operation, answer, bareWord = false }: Asked<T>): T {
  const word = bareWord ? bareWordOf(raw) : undefined;
  const parsed = answer.safeParse(word ?? valueOf(raw, { target, operation }));
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
  const text = textOf(raw);
  if (text === '') return undefined;
  const parsed = jsonOf(text);
  if (parsed !== undefined) return parsed.value;
  const type = contentTypeOf(raw);
  if (type !== undefined && !type.includes('json')) return text;
  throw invalid(`the answer is not valid JSON (content type ${type ?? 'not given'})`, raw, at);
}

/**
 * The text decides, whatever its header: there are vendors that send JSON as text/html, and proxies that send pages as
 * JSON. What says that it is HTML and is no JSON either is nobody's answer.
 */
function isHtml(raw: RawAnswer): boolean {
  const text = textOf(raw);
  if (text.startsWith('<')) return true;
  return contentTypeOf(raw)?.includes('html') === true && text !== '' && jsonOf(text) === undefined;
}

/** One word that is no JSON, nor the beginning of it, no page and no message: an unquoted token. */
function bareWordOf(raw: RawAnswer): string | undefined {
  const text = textOf(raw);
  return /^[^\s"<{[]\S*$/.test(text) && jsonOf(text) === undefined ? text : undefined;
}

function textOf({ text }: RawAnswer): string {
  return text.replace(/^\uFEFF/, '').trim();
}

function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
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
