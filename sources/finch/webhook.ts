import { z } from 'zod';
import type { PingHint } from '../../domain/hr-record';
import { readJsonBody, readValue } from '../body';
import { base64Bytes, verifySignature } from '../signature';
import type { Source } from '../source';
import type { Pings, Webhook } from '../webhook';
import type { Options } from './config';

const ID = 'finch-event-id';
const TIMESTAMP = 'finch-timestamp';
const SIGNATURE = 'finch-signature';
/** Finch's own libraries take no more. */
const WINDOW_SECONDS = 300;

/**
 * Data-change events of Finch. Signed as Standard Webhooks are, under Finch's own header names: `v1,` and
 * base64 HMAC-SHA256 over `id.timestamp.body`, several signatures while Finch changes its key; the key is base64.
 */
export function finchWebhook({ webhookSecrets, options }: Source): Webhook {
  const { connectionId } = options as Options;
  return {
    mediaTypes: ['application/json'],
    verify: (request) =>
      verifySignature(
        {
          secrets: webhookSecrets,
          algorithm: 'sha256',
          headers: [ID, TIMESTAMP, SIGNATURE],
          given: (header) =>
            header(SIGNATURE)
              .split(' ')
              .flatMap((entry) => (entry.startsWith('v1,') ? base64Bytes(entry.slice('v1,'.length)) : [])),
          signed: (header, rawBody) => [`${header(ID)}.${header(TIMESTAMP)}.`, rawBody],
          key: base64Key,
          window: { header: TIMESTAMP, seconds: WINDOW_SECONDS },
        },
        request,
      ),
    read: (rawBody) => read(rawBody, connectionId),
  };
}

function base64Key(secret: string): Uint8Array {
  const [key] = base64Bytes(secret);
  if (key === undefined || key.length === 0) throw new Error('not base64');
  return key;
}

/** What says something about one person; accounts, jobs, companies and pay do not. */
const aboutPeople = /^(individual|employment|directory)\.(created|updated|deleted)$/;
const hints: Readonly<Record<string, PingHint>> = { created: 'created', updated: 'updated', deleted: 'deleted' };

const anyEvent = z.looseObject(
  { event_type: z.string({ error: 'is missing: what has happened' }).min(1), connection_id: z.string().nullish() },
  { error: 'must be an object' },
);
const dataEvent = z.looseObject({
  data: z.looseObject(
    { individual_id: z.uuid({ error: 'must be the id of an individual' }) },
    { error: 'must be an object with the individual_id' },
  ),
});

function read(rawBody: Uint8Array, connectionId: string | undefined): Pings {
  const event = readJsonBody(rawBody, anyEvent);
  if ('problems' in event) return event;
  const { event_type, connection_id } = event.value;
  const isElsewhere = connectionId !== undefined && connection_id !== connectionId;
  const kind = aboutPeople.exec(event_type);
  if (isElsewhere || kind === null) return { pings: [] };
  const data = readValue(event.value, dataEvent);
  if ('problems' in data) return data;
  return { pings: [{ recordId: data.value.data.individual_id, hint: hints[kind[2] ?? ''] ?? 'updated' }] };
}
