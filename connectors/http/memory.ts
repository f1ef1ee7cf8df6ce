import type { ZodType } from 'zod';
import type { Call } from '../connector';
import type { Http, HttpAnswer, HttpRequest } from './contract';

/** How long a read may stand in for itself; long enough for one account's step, too short for the world to move on. */
const freshForMs = 5_000;

/** One read of one step: what was asked, with which schema, and what came. */
export interface RememberedRead {
  readonly schema: ZodType;
  readonly answer: HttpAnswer<unknown>;
  readonly at: number;
}

/**
 * Within one step the same read is sent once: the listing of grants, the before-image and the merge of a full replace
 * look at the same record. Whatever is written forgets all of it, so that a read-back is always a real one. A call
 * without `reads` remembers nothing.
 */
export function remembering(http: Http): Http {
  return {
    proveCredential: (call) => http.proveCredential(call),
    send: async (request, call) => {
      if (call.reads === undefined) return http.send(request, call);
      if (request.method === 'GET') return readOnce(http, request, call);
      call.reads.clear();
      try {
        return await http.send(request, call);
      } finally {
        call.reads.clear();
      }
    },
  };
}

async function readOnce<T>(http: Http, request: HttpRequest<T>, call: Call): Promise<HttpAnswer<T>> {
  const key = `${request.path} ${JSON.stringify(request.query ?? {})}`;
  const known = call.reads?.get(key);
  if (known !== undefined && known.schema === request.answer && performance.now() - known.at < freshForMs) {
    return known.answer as HttpAnswer<T>;
  }
  const answer = await http.send(request, call);
  if ('body' in answer) call.reads?.set(key, { schema: request.answer, answer, at: performance.now() });
  return answer;
}
