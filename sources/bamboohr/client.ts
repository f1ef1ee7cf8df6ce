import { z } from 'zod';
import type { Call } from '../../connectors/connector';
import { Unobservable, VendorRejected, VendorUnauthorized } from '../../connectors/errors';
import { openHttp, pathOf } from '../../connectors/http';
import { Secret } from '../../domain/secret';
import type { Source } from '../source';
import type { BambooAuth } from './config';
import { employeeFields, employeeSchema, statusRowsSchema, type Employee, type StatusRow } from './mapping';

type Http = ReturnType<typeof openHttp>;

const locationsSchema = z.looseObject({
  data: z.array(
    z.looseObject({
      label: z.string(),
      address: z.looseObject({ timezone: z.string().nullish() }).nullish(),
    }),
  ),
});
const LOCATIONS_KEPT_MS = 60 * 60 * 1000;

/** What is asked of BambooHR, in its own words. */
export class BambooClient {
  readonly #http: Http;
  #locations: { readonly at: number; readonly zones: ReadonlyMap<string, string> } | undefined;

  constructor(private readonly source: Source) {
    const { token } = source.auth as BambooAuth;
    const basic = new Secret(
      token.reference,
      () => `Basic ${Buffer.from(`${token.reveal()}:x`, 'utf8').toString('base64')}`,
    );
    this.#http = openHttp({ ...source, auth: { token: basic } }, { rawToken: true });
  }

  /** Undefined when BambooHR has no such employee. */
  async employee(recordId: string, call: Call): Promise<Employee | undefined> {
    const { idField, usernameField } = this.source.person;
    const fields = [...employeeFields, idField, usernameField].filter((field) => field !== undefined);
    const answer = await this.#http.send(
      {
        operation: 'read employee',
        method: 'GET',
        path: pathOf`/employees/${recordId}`,
        query: { fields: [...new Set(fields)].join(',') },
        answer: employeeSchema,
        expected: [404],
      },
      call,
    );
    return 'problem' in answer ? undefined : answer.body;
  }

  /** The history of employment statuses, rows of the future included: that is where an end is announced. */
  async statusRows(recordId: string, call: Call): Promise<readonly StatusRow[]> {
    const operation = 'read employment status';
    const answer = await this.#http.send(
      {
        operation,
        method: 'GET',
        path: pathOf`/employees/${recordId}/tables/employmentStatus`,
        answer: statusRowsSchema,
        expected: [404],
      },
      call,
    );
    if ('problem' in answer) throw this.#hidden(operation, 'the table employmentStatus');
    // Columns that the key may not see are left out: no end among such rows would be a guess.
    const blind = answer.body.find((row) => !('date' in row) || !('employmentStatus' in row));
    if (blind !== undefined) throw this.#hidden(operation, 'date or employmentStatus in the table employmentStatus');
    return answer.body;
  }

  /** Zone of a work location; API keys may not see locations everywhere, so that it can be unknown. */
  async timeZone(location: string, call: Call): Promise<string | undefined> {
    if (this.#locations === undefined || Date.now() - this.#locations.at > LOCATIONS_KEPT_MS) {
      this.#locations = { at: Date.now(), zones: await this.#readZones(call) };
    }
    return this.#locations.zones.get(location);
  }

  async #readZones(call: Call): Promise<ReadonlyMap<string, string>> {
    try {
      const answer = await this.#http.send(
        {
          operation: 'read locations',
          method: 'GET',
          path: '/hris/org/locations',
          query: { pageSize: 500 },
          answer: locationsSchema,
          expected: [403, 404],
        },
        call,
      );
      if ('problem' in answer) return new Map();
      return new Map(
        answer.body.data.flatMap(({ label, address }) =>
          typeof address?.timezone === 'string' ? [[label, address.timezone] as const] : [],
        ),
      );
    } catch (error) {
      if (error instanceof VendorUnauthorized || error instanceof VendorRejected) return new Map();
      throw error;
    }
  }

  #hidden(operation: string, what: string): Unobservable {
    return new Unobservable(`the API key may not see ${what}: whether somebody leaves cannot be told without it`, {
      target: this.source.id,
      operation,
    });
  }
}
