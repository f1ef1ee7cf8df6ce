import { z } from 'zod';
import type { PingHint } from '../../domain/hr-record';
import { readJsonBody, readValue } from '../body';
import { hexBytes, textKey, verifySignature } from '../signature';
import type { Source } from '../source';
import type { Pings, Webhook } from '../webhook';
import type { Options } from './config';

const SIGNATURE = 'x-bamboohr-signature';
const TIMESTAMP = 'x-bamboohr-timestamp';

/**
 * Event-based webhooks (`employee.created` …) and the older field-based ones (`employees[]`), as JSON or as a form.
 * Signed: HMAC-SHA256 in hex over the body followed by the timestamp, nothing between them
 * (documentation.bamboohr.com/docs/webhooks).
 */
export function bambooWebhook({ webhookSecrets, options }: Source): Webhook {
  const { replayWindow } = options as Options;
  return {
    mediaTypes: ['application/json', 'application/x-www-form-urlencoded'],
    verify: (request) =>
      verifySignature(
        {
          secrets: webhookSecrets,
          algorithm: 'sha256',
          headers: [SIGNATURE, TIMESTAMP],
          given: (header) => hexBytes(header(SIGNATURE)),
          signed: (header, rawBody) => [rawBody, header(TIMESTAMP)],
          key: textKey,
          window: { header: TIMESTAMP, seconds: replayWindow },
        },
        request,
      ),
    read: (rawBody, contentType) =>
      contentType.startsWith('application/x-www-form-urlencoded') ? readForm(rawBody) : readJson(rawBody),
  };
}

const recordId = z
  .union([z.string(), z.int()], { error: 'must be the id of an employee' })
  .transform(String)
  .refine((id) => /^[1-9]\d{0,18}$/.test(id), 'must be the id of an employee: a whole number above 0');

const eventBased = z.looseObject({
  type: z.string({ error: 'is missing: employee.created, employee.updated or employee.deleted' }).min(1),
  data: z.looseObject({ employeeId: recordId }, { error: 'must be an object with the employeeId' }),
});
const fieldBased = z.looseObject({
  employees: z
    .array(z.looseObject({ id: recordId, action: z.string().optional() }, { error: 'must be an object with the id' }))
    .min(1, 'is empty: nobody is pointed to'),
});

const hints: Readonly<Record<string, PingHint>> = {
  'employee.created': 'created',
  'employee.updated': 'updated',
  'employee.deleted': 'deleted',
  created: 'created',
  updated: 'updated',
  deleted: 'deleted',
};

function readJson(rawBody: Uint8Array): Pings {
  const whole = readJsonBody(rawBody, z.looseObject({}, { error: 'must be an object' }));
  return 'problems' in whole ? whole : readPings(whole.value);
}

function readPings(body: Readonly<Record<string, unknown>>): Pings {
  if (body['employees'] !== undefined) {
    const read = readValue(body, fieldBased);
    if ('problems' in read) return read;
    const pings = read.value.employees.map(({ id, action = '' }) => ({
      recordId: id,
      hint: hints[action.toLowerCase()] ?? ('updated' as const),
    }));
    return { pings };
  }
  // A kind of event that is not about employees points to nobody.
  const { type } = body;
  if (typeof type === 'string' && type !== '' && hints[type] === undefined) return { pings: [] };
  const read = readValue(body, eventBased);
  if ('problems' in read) return read;
  return { pings: [{ recordId: read.value.data.employeeId, hint: hints[read.value.type] ?? 'updated' }] };
}

/** `data[employeeId]=67890`, or `employees[0][id]=…` of the field-based ones. */
function readForm(rawBody: Uint8Array): Pings {
  const form = new URLSearchParams(Buffer.from(rawBody).toString('utf8'));
  const type = form.get('type');
  if (type !== null) return readPings({ type, data: { employeeId: form.get('data[employeeId]') ?? undefined } });
  const employees: { id: unknown; action?: string }[] = [];
  for (let at = 0; form.has(`employees[${at}][id]`); at += 1) {
    const action = form.get(`employees[${at}][action]`);
    employees.push({ id: form.get(`employees[${at}][id]`), ...(action === null ? {} : { action }) });
  }
  return readPings(employees.length === 0 ? {} : { employees });
}
