import type { Call } from '../../connectors/connector';
import type { HrRecord } from '../../domain/hr-record';
import type { HrSystem, Source, SourceType } from '../source';
import { GustoClient } from './client';
import { authSchema, optionsSchema } from './config';
import { recordOf } from './mapping';
import { gustoWebhook } from './webhook';

/** Gusto: announced and effective events of employees; the subscription is verified with the token that Gusto sends. */
export const gusto: SourceType = {
  type: 'gusto',
  options: optionsSchema,
  auth: authSchema,
  open: (source) => new Gusto(source),
  webhook: gustoWebhook,
};

class Gusto implements HrSystem {
  readonly #client: GustoClient;

  constructor(private readonly source: Source) {
    this.#client = new GustoClient(source);
  }

  async readRecord(recordId: string, call: Call): Promise<HrRecord | undefined> {
    const employee = await this.#client.employee(recordId, call);
    if (employee === undefined) return undefined;
    return recordOf(await this.#client.seen(recordId, employee, call), this.source.person);
  }

  async confirm(subscription: string, call: Call): Promise<void> {
    await this.#client.verifySubscription(subscription, call);
  }
}
