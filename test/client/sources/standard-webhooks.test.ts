import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { signWebhook, standardWebhooks } from '../../../client/sources/standard-webhooks';
import { Secret } from '../../../domain/secret';

const now = new Date('2026-11-20T09:00:00Z');
const encoded = `whsec_${Buffer.from('a key of thirty-two bytes, really').toString('base64')}`;
const plain = 'a plain secret: not base64';
const body = Buffer.from('{"name":"Bjørn"}');
const secretOf = (value: string) => new Secret('${env:SECRET}', () => value);
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

function check(options: { headers: Record<string, string>; secrets?: string[]; rawBody?: Uint8Array; at?: Date }) {
  const { headers, secrets = [encoded], rawBody = body, at = now } = options;
  return standardWebhooks({ secrets: secrets.map(secretOf) }).verify({ headers, rawBody, now: at });
}
const sign = (secret = encoded, timestamp = now) => ({ ...signWebhook({ secret, id: 'msg_1', timestamp, body }) });

test('takes what it signs, with a secret in base64 or in plain text', () => {
  expect(check({ headers: sign() })).toEqual({ ok: true });
  expect(check({ headers: sign(plain), secrets: [plain] })).toEqual({ ok: true });
  // The line break at the end of a secret file is not part of the secret.
  expect(check({ headers: sign(plain), secrets: [`${plain}\n`] })).toEqual({ ok: true });
});

test('signs and verifies as the reference package does', () => {
  const today = new Date();
  const theirs = new Webhook(encoded).sign('msg_1', today, body.toString());
  const ours = signWebhook({ secret: encoded, id: 'msg_1', timestamp: today, body });
  expect(ours['webhook-signature']).toBe(theirs);
  expect(new Webhook(encoded).verify(body.toString(), { ...ours })).toEqual({ name: 'Bjørn' });
  const raw = new Webhook(plain, { format: 'raw' }).sign('msg_1', today, body.toString());
  expect(signWebhook({ secret: plain, id: 'msg_1', timestamp: today, body })['webhook-signature']).toBe(raw);
});

test('every live secret counts, wherever it stands, and so does every signature sent', () => {
  const headers = sign();
  expect(check({ headers, secrets: [plain, encoded] })).toEqual({ ok: true });
  expect(check({ headers, secrets: [encoded, plain] })).toEqual({ ok: true });
  const both = `${sign('an older one')['webhook-signature']} v1a,abc ${headers['webhook-signature']}`;
  expect(check({ headers: { ...headers, 'webhook-signature': both } })).toEqual({ ok: true });
});

test('a rotated secret counts from the next request on, and the old one no longer', () => {
  let current = 'first';
  const source = standardWebhooks({ secrets: [new Secret('${file:key}', () => current)] });
  const verify = (secret: string) => source.verify({ headers: sign(secret), rawBody: body, now }).ok;
  expect(verify('first')).toBe(true);
  current = 'second';
  expect(verify('first')).toBe(false);
  expect(verify('second')).toBe(true);
});

test('refuses when anything that was signed is different', () => {
  const headers = sign();
  expect(check({ headers, secrets: [plain] }).ok).toBe(false);
  expect(check({ headers, rawBody: Buffer.from('{"name":"Bjorn"}') }).ok).toBe(false);
  expect(check({ headers: { ...headers, 'webhook-id': 'msg_2' } }).ok).toBe(false);
  expect(check({ headers: { ...headers, 'webhook-timestamp': '1795165201' } }).ok).toBe(false);
  const asIfOther = headers['webhook-signature'].replace('v1,', 'v2,');
  expect(check({ headers: { ...headers, 'webhook-signature': asIfOther } }).ok).toBe(false);
  expect(check({ headers: { ...headers, 'webhook-signature': 'v1,' } }).ok).toBe(false);
  const cut = headers['webhook-signature'].slice(0, -8);
  expect(check({ headers: { ...headers, 'webhook-signature': cut } }).ok).toBe(false);
});

test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('refuses without %s', (name) => {
  const headers: Record<string, string> = sign();
  delete headers[name];
  expect(check({ headers }).ok).toBe(false);
});

test('bytes that are not UTF-8 are not the same as others that are not', () => {
  const [one, other] = [Buffer.from([0xff]), Buffer.from([0xfe])];
  const headers = { ...signWebhook({ secret: encoded, id: 'msg_1', timestamp: now, body: one }) };
  expect(check({ headers, rawBody: one })).toEqual({ ok: true });
  expect(check({ headers, rawBody: other }).ok).toBe(false);
});

test('five minutes either way are taken, a second more is not', () => {
  for (const seconds of [-300, 300]) expect(check({ headers: sign(), at: later(seconds) })).toEqual({ ok: true });
  expect(check({ headers: sign(), at: later(301) })).toMatchObject({
    ok: false,
    reason: expect.stringContaining('old'),
  });
  expect(check({ headers: sign(), at: later(-301) })).toMatchObject({
    ok: false,
    reason: expect.stringContaining('ahead'),
  });
});

test.each(['1.7e9', '0x65', '', ' 1795165200', '-1', 'now', '9'.repeat(13)])('refuses a timestamp %j', (seconds) => {
  expect(check({ headers: { ...sign(), 'webhook-timestamp': seconds } }).ok).toBe(false);
});

test('a secret that cannot be read is our fault, unless another one fits', () => {
  const broken = new Secret('${env:GONE}', () => {
    throw new Error('GONE is not set');
  });
  const verify = (secrets: Secret[]) => standardWebhooks({ secrets }).verify({ headers: sign(), rawBody: body, now });
  expect(verify([broken])).toMatchObject({ ok: false, ours: true, reason: expect.stringContaining('GONE') });
  expect(verify([broken, secretOf(encoded)])).toEqual({ ok: true });
  expect(verify([secretOf('whsec_not base64')])).toMatchObject({ ok: false, ours: true });
  expect(verify([secretOf('  ')])).toMatchObject({ ok: false, ours: true });
});

test('reasons never hold a secret or a signature', () => {
  const secret = randomBytes(24).toString('hex');
  const result = check({ headers: sign(), secrets: [secret, `whsec_${secret}!`] });
  expect(JSON.stringify(result)).not.toContain(secret);
  expect(() => signWebhook({ secret: '', id: 'm', timestamp: now, body })).toThrow('empty');
});
