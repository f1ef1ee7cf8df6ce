import { z } from 'zod';
import type { PingHint } from '../../domain/hr-record';
import { readJsonBody, readValue } from '../body';
import { hexBytes, textKey, verifySignature } from '../signature';
import type { Source } from '../source';
import type { Handshake, Pings, Webhook, WebhookRequest } from '../webhook';
import type { Options } from './config';

const SIGNATURE = 'x-gusto-signature';

/**
 * Gusto's employee events. Signed: HMAC-SHA256 in hex over the body alone, keyed with the verification token of the subscription; there is no time in it, so that
 * an old request can be sent again: it then leads to another look, no more (docs.gusto.com, webhooks).
 */
export function gustoWebhook({ id, webhookSecrets, options }: Source): Webhook {
  const { companyUuid, subscription } = options as Options;
  if (subscription !== undefined && webhookSecrets[0]?.isReplaceable !== true) {
    throw new Error(
      `source ${id}: options.subscription needs a file as the first of webhookSecrets, for the token that Gusto will send`,
    );
  }
  return {
    mediaTypes: ['application/json'],
    verify: (request) =>
      verifySignature(
        {
          secrets: webhookSecrets,
          algorithm: 'sha256',
          headers: [SIGNATURE],
          given: (header) => hexBytes(header(SIGNATURE)),
          signed: (_header, rawBody) => [rawBody],
          key: textKey,
        },
        request,
      ),
    read: (rawBody) => read(rawBody, companyUuid),
    handshake: (request) => handshake(request, subscription),
  };
}

const hints: Readonly<Record<string, PingHint>> = {
  'employee.created': 'created',
  'employee.terminated': 'ended',
  // Both spellings are in Gusto's documentation.
  'employee.terminated_effective': 'ended',
  'employee.termination_effective': 'ended',
  'employee.deleted': 'deleted',
};

const uuid = (what: string) => z.uuid({ error: `must be the UUID of ${what}` });
const anyEvent = z.looseObject(
  {
    event_type: z.string({ error: 'is missing: what has happened' }).min(1),
    entity_type: z.string({ error: 'is missing: what it has happened to' }).min(1),
    resource_uuid: z.string().nullish(),
  },
  { error: 'must be an object' },
);
const employeeEvent = z.looseObject({
  uuid: uuid('the event'),
  resource_uuid: uuid('the company'),
  entity_uuid: uuid('the employee'),
});

function read(rawBody: Uint8Array, companyUuid: string | undefined): Pings {
  const event = readJsonBody(rawBody, anyEvent);
  if ('problems' in event) return event;
  const { event_type, entity_type, resource_uuid } = event.value;
  const isElsewhere = companyUuid !== undefined && resource_uuid !== companyUuid;
  if (entity_type !== 'Employee' || isElsewhere) return { pings: [] };
  const employee = readValue(event.value, employeeEvent);
  if ('problems' in employee) return employee;
  return { pings: [{ recordId: employee.value.entity_uuid, hint: hints[event_type] ?? 'updated' }] };
}

const tokenMessage = z.looseObject({ verification_token: z.string().min(8), webhook_subscription_uuid: z.string() });

/** Not signed: only whoever made the subscription knows its UUID, and a token that is kept already stays. */
function handshake({ rawBody }: WebhookRequest, subscription: string | undefined): Handshake | undefined {
  if (subscription === undefined) return undefined;
  const message = readJsonBody(rawBody, tokenMessage);
  if ('problems' in message || message.value.webhook_subscription_uuid !== subscription) return undefined;
  return { kind: 'token', subscription, token: message.value.verification_token };
}
