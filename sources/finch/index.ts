import { z } from 'zod';
import type { Call } from '../../connectors/connector';
import { Unobservable, VendorUnavailable } from '../../connectors/errors';
import { openHttp } from '../../connectors/http';
import type { HrRecord } from '../../domain/hr-record';
import type { HrSystem, Source, SourceType } from '../source';
import { authSchema, optionsSchema, type FinchAuth, type Options } from './config';
import { employmentSchema, individualSchema, recordOf } from './mapping';
import { finchWebhook } from './webhook';

/** Finch: one API before many HR systems, refreshed now and then, so that its news may be late. */
export const finch: SourceType = {
  type: 'finch',
  options: optionsSchema,
  auth: authSchema,
  open: (source) => new Finch(source),
  webhook: finchWebhook,
};

/** Every answer of Finch is a batch, with a status for each person in it. */
const batchSchema = z.looseObject({
  responses: z.array(z.looseObject({ individual_id: z.string(), code: z.int(), body: z.unknown() })),
});

class Finch implements HrSystem {
  readonly #http: ReturnType<typeof openHttp>;

  constructor(private readonly source: Source) {
    const { token } = source.auth as FinchAuth;
    const { apiVersion } = source.options as Options;
    this.#http = openHttp({ ...source, auth: { token } }, { headers: { 'Finch-API-Version': apiVersion } });
  }

  async readRecord(recordId: string, call: Call): Promise<HrRecord | undefined> {
    const individual = await this.#one({ kind: 'individual', recordId, schema: individualSchema }, call);
    const employment = await this.#one({ kind: 'employment', recordId, schema: employmentSchema }, call);
    if (individual === undefined || employment === undefined) return undefined;
    return recordOf({ recordId, individual, employment, person: this.source.person });
  }

  async #one<T>(
    { kind, recordId, schema }: { kind: 'individual' | 'employment'; recordId: string; schema: z.ZodType<T> },
    call: Call,
  ): Promise<T | undefined> {
    const operation = `read ${kind}`;
    const at = { target: this.source.id, operation };
    const answer = await this.#http.send(
      {
        operation,
        method: 'POST',
        path: `/employer/${kind}`,
        body: { requests: [{ individual_id: recordId }] },
        answer: batchSchema,
        onlyReads: true,
      },
      call,
    );
    // Without `expected` statuses anything but a success has thrown.
    const responses = 'body' in answer ? answer.body.responses : [];
    const mine = responses.find(({ individual_id }) => individual_id === recordId);
    if (mine === undefined) throw new VendorUnavailable('the answer is about somebody else', at);
    if (mine.code === 404) return undefined;
    if (mine.code === 403) throw new Unobservable(`the connection may not see ${kind}`, { ...at, status: 403 });
    if (mine.code !== 200) throw new VendorUnavailable(`no data yet (code ${mine.code})`, { ...at, status: mine.code });
    return this.#parsed(schema.safeParse(mine.body), at);
  }

  #parsed<T>(parsed: z.ZodSafeParseResult<T>, at: { target: string; operation: string }): T {
    if (parsed.success) return parsed.data;
    const fields = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new Unobservable(`the answer is not what the API promises: ${fields}`, at);
  }
}
