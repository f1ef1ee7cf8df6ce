import type { Call } from '../../connectors/connector';
import { Unobservable } from '../../connectors/errors';
import { openHttp, pathOf } from '../../connectors/http';
import type { HrRecord } from '../../domain/hr-record';
import { Secret } from '../../domain/secret';
import type { HrSystem, Source, SourceType } from '../source';
import { authSchema, optionsSchema, type BobAuth, type Options } from './config';
import { personFields, personSchema, recordOf, type BobPerson } from './mapping';
import { bobWebhook } from './webhook';

/** HiBob: webhooks with ids, an announced end as two dates, garden leave, and access revoked at once. */
export const hiBob: SourceType = {
  type: 'hibob',
  options: optionsSchema,
  auth: authSchema,
  open: (source) => new HiBob(source),
  webhook: bobWebhook,
};

const operation = 'read person';

class HiBob implements HrSystem {
  readonly #http: ReturnType<typeof openHttp>;

  constructor(private readonly source: Source) {
    const { serviceUser, token } = source.auth as BobAuth;
    const basic = new Secret(
      token.reference,
      () => `Basic ${Buffer.from(`${serviceUser}:${token.reveal()}`, 'utf8').toString('base64')}`,
    );
    this.#http = openHttp({ ...source, auth: { token: basic } }, { rawToken: true });
  }

  async readRecord(recordId: string, call: Call): Promise<HrRecord | undefined> {
    const { person, options } = this.source;
    const more = [person.idField, person.usernameField].filter((field) => field !== undefined);
    const answer = await this.#http.send(
      {
        operation,
        method: 'POST',
        path: pathOf`/people/${recordId}`,
        body: { fields: [...new Set([...personFields, ...more])], humanReadable: 'APPEND' },
        answer: personSchema,
        expected: [404],
        onlyReads: true,
      },
      call,
    );
    if ('problem' in answer) return undefined;
    this.#refuseBlind(answer.body);
    const { gardenLeaveSuspends } = options as Options;
    return recordOf({ recordId, bob: answer.body, person, gardenLeaveSuspends });
  }

  /** The dates of a leaver lie in the same category as the status: without it, no date means nothing. */
  #refuseBlind({ internal }: BobPerson): void {
    if ((internal?.lifecycleStatus ?? internal?.status) !== undefined) return;
    throw new Unobservable(
      'the service user may not see the lifecycle: whether somebody leaves cannot be told without it',
      { target: this.source.id, operation },
    );
  }
}
