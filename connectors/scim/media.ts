import type { Call } from '../connector';
import { VendorRejected } from '../errors';
import type { Http, HttpAnswer, HttpRequest } from '../http/contract';
import type { Quirks } from './quirk';

export type Write = <T>(request: HttpRequest<T>, call: Call) => Promise<HttpAnswer<T>>;

const plain = 'application/json';

/**
 * Writes in the media type that the server reads (vendor-apis 6). 415 refuses the type, not the change. A server built on
 * `express.json()` never says 415: it leaves a body of `application/scim+json` empty and finds fault with what is missing,
 * so the first PATCH that meets such a 400 is sent once more in plain JSON. What was read stays the type from then on.
 */
export function openWriter(http: Http, quirks: Quirks): Write {
  let { contentType } = quirks;
  let mayBeUnread = true;
  return async (request, call) => {
    if (contentType === plain) return http.send(request, call);
    const first = http.send({ ...request, contentType, expected: [...(request.expected ?? []), 415] }, call);
    const refusal = await refusalIn(first);
    if (refusal?.status === 415) {
      contentType = plain;
      return http.send(request, call);
    }
    if (refusal === undefined || request.method !== 'PATCH' || !mayBeUnread || !looksUnread(refusal)) return first;
    const second = http.send(request, call);
    const other = await refusalIn(second);
    mayBeUnread = false;
    if (other !== undefined && !isAboutContent(other, refusal)) return first;
    contentType = plain;
    return second;
  };
}

interface Refusal {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly words: string;
}

/** Undefined: no refusal. Whatever is neither an answer nor a refusal is thrown. */
async function refusalIn(sent: Promise<HttpAnswer<unknown>>): Promise<Refusal | undefined> {
  try {
    const answer = await sent;
    if ('body' in answer) return undefined;
    const { code, message = '' } = answer.problem;
    return { status: answer.status, code, words: message };
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    return { status: error.context.status, code: error.context.code, words: error.message };
  }
}

/** With these the server speaks of something that it has read (RFC 7644 3.12). */
const understood: readonly (string | undefined)[] = [
  ...['invalidfilter', 'toomany', 'uniqueness', 'mutability', 'invalidpath', 'notarget', 'invalidvalue'],
  ...['invalidvers', 'sensitive'],
];

function looksUnread({ status, code }: Refusal): boolean {
  return status === 400 && !understood.includes(code?.toLowerCase());
}

/** The same change in the other type met another objection: it was read this time. */
function isAboutContent(other: Refusal, first: Refusal): boolean {
  return (
    other.status !== 415 && (other.status !== first.status || other.words !== first.words || other.code !== first.code)
  );
}
