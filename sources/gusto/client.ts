import type { z } from 'zod';
import type { Call } from '../../connectors/connector';
import { TargetMisconfigured, Unobservable } from '../../connectors/errors';
import { noBody, openHttp, pathOf, revealed } from '../../connectors/http';
import type { Secret } from '../../domain/secret';
import type { Source } from '../source';
import type { GustoAuth, Options } from './config';
import {
  addressesSchema,
  employeeSchema,
  historySchema,
  rehireSchema,
  terminationsSchema,
  type Employee,
  type Seen,
} from './mapping';
import { companyTokens, systemTokens } from './token';

type Http = ReturnType<typeof openHttp>;

interface Reading<T> {
  readonly what: string;
  readonly path: string;
  readonly answer: z.ZodType<T>;
}

/** What is asked of Gusto, in its own words. */
export class GustoClient {
  readonly #company: Http;
  readonly #system: Http | undefined;

  constructor(private readonly source: Source) {
    const auth = source.auth as GustoAuth;
    const { apiVersion } = source.options as Options;
    const dialect = { headers: { 'X-Gusto-API-Version': apiVersion } };
    const open = (token: Secret | undefined, tokens: ReturnType<typeof companyTokens>) =>
      token === undefined
        ? undefined
        : openHttp({ ...source, auth: { token } }, dialect, tokens === undefined ? {} : { tokens });
    const company = open(auth.token ?? auth.refreshToken, companyTokens(source.baseUrl, auth));
    if (company === undefined) throw this.#misconfigured('auth has neither token nor refreshToken');
    this.#company = company;
    this.#system = open(auth.clientSecret, systemTokens(source.baseUrl, auth));
  }

  /** Undefined when Gusto has no such employee. */
  async employee(recordId: string, call: Call): Promise<Employee | undefined> {
    return await this.#read({ what: 'employee', path: pathOf`/employees/${recordId}`, answer: employeeSchema }, call);
  }

  /** All that tells beginnings and ends; what may not be seen throws, because no end among the rest would be a guess. */
  async seen(recordId: string, employee: Employee, call: Call): Promise<Seen> {
    const path = pathOf`/employees/${recordId}`;
    const must = async <T>(reading: Reading<T>): Promise<T> => {
      const value = await this.#read(reading, call);
      if (value === undefined) throw this.#hidden(reading.what);
      return value;
    };
    return {
      ...{ recordId, employee },
      terminations: await must({ what: 'terminations', path: `${path}/terminations`, answer: terminationsSchema }),
      history: await must({ what: 'employment history', path: `${path}/employment_history`, answer: historySchema }),
      // Somebody who is not rehired has none, which is a 404.
      rehire: await this.#read({ what: 'rehire', path: `${path}/rehire`, answer: rehireSchema }, call),
      addresses: await must({ what: 'work addresses', path: `${path}/work_addresses`, answer: addressesSchema }),
    };
  }

  /** The token that Gusto sent to the webhook, sent back: from then on it signs with it. */
  async verifySubscription(subscription: string, call: Call): Promise<void> {
    const [secret] = this.source.webhookSecrets;
    if (this.#system === undefined || secret === undefined) {
      throw this.#misconfigured('verifying the subscription needs auth.clientId and auth.clientSecret');
    }
    const token = revealed(secret, this.source.id).trim();
    await this.#system.send(
      {
        operation: 'verify webhook subscription',
        method: 'PUT',
        path: pathOf`/webhook_subscriptions/${subscription}/verify`,
        body: { verification_token: token },
        answer: noBody,
      },
      call,
    );
  }

  async #read<T>({ what, path, answer }: Reading<T>, call: Call): Promise<T | undefined> {
    const operation = `read ${what}`;
    const sent = await this.#company.send({ operation, method: 'GET', path, answer, expected: [403, 404] }, call);
    if (!('problem' in sent)) return sent.body;
    if (sent.status === 403) throw this.#hidden(what);
    return undefined;
  }

  #hidden(what: string): Unobservable {
    return new Unobservable(`the token may not see the ${what}: give it employees:read and employments:read`, {
      ...{ target: this.source.id, operation: `read ${what}` },
    });
  }

  #misconfigured(why: string): TargetMisconfigured {
    return new TargetMisconfigured(why, { target: this.source.id, operation: 'open source' });
  }
}
