import { z } from 'zod';
import type { PingHint } from '../../domain/hr-record';
import { readJsonBody, readValue } from '../body';
import { base64Bytes, textKey, verifySignature } from '../signature';
import type { Source } from '../source';
import type { Handshake, Pings, Webhook, WebhookRequest } from '../webhook';
import type { Options } from './config';

const SIGNATURE = 'bob-signature';
const GREETING = 'Ping test';

/**
 * Bob's webhooks, version 2 (ids only) and 1. Signed: HMAC-SHA512 in base64 over the body alone; no time in it, so that
 * an old request can be sent again: it then leads to another look, no more (apidocs.hibob.com, working with webhooks).
 */
export function bobWebhook({ webhookSecrets, options }: Source): Webhook {
  const { companyId } = options as Options;
  return {
    mediaTypes: ['application/json', 'text/plain'],
    verify: (request) =>
      verifySignature(
        {
          secrets: webhookSecrets,
          algorithm: 'sha512',
          headers: [SIGNATURE],
          given: (header) => base64Bytes(header(SIGNATURE)),
          signed: (_header, rawBody) => [rawBody],
          key: textKey,
        },
        request,
      ),
    read: (rawBody) => read(rawBody, companyId),
    handshake,
  };
}

const aboutPeople = /^(employee|table\.entry)\./;
const hints: Readonly<Record<string, PingHint>> = {
  'employee.created': 'created',
  'employee.deleted': 'deleted',
  'employee.left': 'ended',
  'employee.access.revoked.immediately': 'revoke-now',
};

const recordId = z
  .union([z.string(), z.int()], { error: 'must be the id of an employee' })
  .transform(String)
  .refine((id) => /^[\w-]{1,64}$/.test(id), 'must be the id of an employee');
const anyEvent = z.looseObject(
  {
    type: z.string({ error: 'is missing: what has happened' }).min(1),
    companyId: z.union([z.string(), z.int()]).nullish(),
  },
  { error: 'must be an object' },
);
const second = z.looseObject({
  data: z.looseObject({ employeeId: recordId }, { error: 'must be an object with the employeeId' }),
});
const first = z.looseObject({
  employee: z.looseObject({ id: recordId }, { error: 'must be an object with the id' }),
});

function read(rawBody: Uint8Array, companyId: string | undefined): Pings {
  const event = readJsonBody(rawBody, anyEvent);
  if ('problems' in event) return event;
  const { type } = event.value;
  const isElsewhere = companyId !== undefined && String(event.value.companyId) !== companyId;
  if (isElsewhere || !aboutPeople.test(type)) return { pings: [] };
  const hint = hints[type] ?? 'updated';
  if (event.value['employee'] !== undefined) {
    const old = readValue(event.value, first);
    return 'problems' in old ? old : { pings: [{ recordId: old.value.employee.id, hint }] };
  }
  const now = readValue(event.value, second);
  return 'problems' in now ? now : { pings: [{ recordId: now.value.data.employeeId, hint }] };
}

/** Bob asks a new address whether it listens, as a text and then as an object; that says nothing and causes nothing. */
function handshake({ rawBody }: WebhookRequest): Handshake | undefined {
  if (rawBody.length > 64) return undefined;
  const text = Buffer.from(rawBody).toString('utf8').trim();
  const isObject = /^\{\s*"text"\s*:\s*"Ping test"\s*\}$/.test(text);
  return isObject || text === GREETING || text === JSON.stringify(GREETING) ? { kind: 'hello' } : undefined;
}
