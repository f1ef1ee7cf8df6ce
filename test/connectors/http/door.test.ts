import { z } from 'zod';
import type { Call, Exchange } from '../../../connectors/connector';
import {
  VendorAnswerInvalid,
  VendorThrottled,
  VendorUnauthorized,
  VendorUnavailable,
} from '../../../connectors/errors';
import { noBody, openHttp, pathOf } from '../../../connectors/http';
import type { Auth, Target } from '../../../connectors/target';
import { Secret } from '../../../domain/secret';
import { startBeyondTrustRest } from '../../../sandbox/beyondtrust-rest';

type StandIn = Awaited<ReturnType<typeof startBeyondTrustRest>>;
const users = z.looseObject({ users: z.array(z.looseObject({ id: z.number(), username: z.string() })) });
const person = {
  id: 'e1',
  username: 'anna',
  email: 'anna@acme.test',
  displayName: 'Anna',
  groups: ['ops'],
  sessions: 0,
};

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startBeyondTrustRest({ people: [person] });
});
afterEach(() => standIn.stop());

const secretOf = (value: string): Secret => new Secret('${env:PLAY}', () => value);
function authOf(secret = standIn.auth['clientSecret'] ?? ''): Auth {
  const { tokenUrl = '', clientId = '' } = standIn.auth;
  return { tokenUrl, clientId, clientSecret: secretOf(secret), clientAuth: 'body' };
}
function targetOf(changes: Partial<Target> = {}): Target {
  return {
    ...{ id: 'bt', type: 'beyondtrust-rest', baseUrl: standIn.baseUrl, auth: authOf(), tls: {} },
    limits: { requestsPerSecond: 1000, concurrency: 50, timeoutMs: 20_000 },
    ...{ options: {}, correlation: { by: [], extraUsernames: [] }, mode: 'full', system: 'bt' },
    ...changes,
  };
}
function callOf(signal = new AbortController().signal) {
  const exchanges: Exchange[] = [];
  const writes: string[] = [];
  const call: Call = {
    signal,
    beforeWrite: async (operation) => void writes.push(operation),
    noteExchange: (exchange) => void exchanges.push(exchange),
  };
  return { call, exchanges, writes };
}
const listing = { operation: 'list accounts', method: 'GET', path: '/users', answer: users } as const;

test('one token serves fifty parallel callers, and one refresh serves them all', async () => {
  const http = openHttp(targetOf());
  const calls = Array.from({ length: 50 }, () => callOf());
  await Promise.all(calls.map(({ call }) => http.send(listing, call)));
  expect(standIn.tokensIssued).toBe(1);
  const exchanges = calls.flatMap(({ exchanges: one }) => one);
  expect(exchanges.filter(({ operation }) => operation === 'token')).toHaveLength(1);

  standIn.tokens.expireAll();
  await Promise.all(calls.map(({ call }) => http.send(listing, call)));
  expect(standIn.tokensIssued).toBe(2);
});

test('a caller that goes away does not fail those who share its token request', async () => {
  standIn.faults.add({ kind: 'slow', path: 'oauth2/token', milliseconds: 500, method: 'POST' });
  const http = openHttp(targetOf());
  const leaving = new AbortController();
  const first = http.send(listing, callOf(leaving.signal).call);
  const second = http.send(listing, callOf().call);
  leaving.abort(new Error('cut off'));
  await expect(first).rejects.toThrow('cut off');
  await expect(second).resolves.toMatchObject({ status: 200 });
  expect(standIn.tokensIssued).toBe(1);
});

test('a refused credential is unauthorized, and the same secret is not offered again at once', async () => {
  const http = openHttp(targetOf({ auth: authOf('wrong-secret-value') }));
  const { call, exchanges } = callOf();
  const errors = await Promise.all([1, 2, 3].map(() => http.send(listing, call).catch((error: unknown) => error)));
  errors.push(await http.send(listing, call).catch((error: unknown) => error));
  for (const error of errors) expect(error).toBeInstanceOf(VendorUnauthorized);
  expect(exchanges).toHaveLength(1);
  expect(JSON.stringify(errors) + String(errors)).not.toContain('wrong-secret-value');
  await expect(http.proveCredential(call)).rejects.toBeInstanceOf(VendorUnauthorized);
  expect(exchanges).toHaveLength(2);
});

test('faults become their class and never an AxiosError', async () => {
  const http = openHttp(targetOf());
  const { call, exchanges } = callOf();
  const failing = async (kind: 'throttled' | 'server-error' | 'malformed-json' | 'html') => {
    standIn.faults.add({ kind });
    return http.send(listing, call).catch((error: unknown) => error);
  };
  expect(await failing('throttled')).toBeInstanceOf(VendorThrottled);
  expect(await failing('server-error')).toBeInstanceOf(VendorUnavailable);
  expect(await failing('malformed-json')).toBeInstanceOf(VendorAnswerInvalid);
  expect(await failing('html')).toBeInstanceOf(VendorAnswerInvalid);
  expect(exchanges.map(({ status }) => status)).toEqual([200, 429, 500, 200, 200]);

  standIn.faults.down();
  const down = await http.send(listing, call).catch((error: unknown) => error);
  expect(down).toBeInstanceOf(VendorUnavailable);
  expect(down).not.toHaveProperty('config');
  expect((down as Error).cause).toBeUndefined();
});

test('an answer past the timeout is unavailable; an abort gives its own reason', async () => {
  const http = openHttp(targetOf({ limits: { requestsPerSecond: 100, concurrency: 2, timeoutMs: 200 } }));
  standIn.faults.add({ kind: 'slow', method: 'GET', milliseconds: 1_000, times: 2 });
  await expect(http.send(listing, callOf().call)).rejects.toMatchObject({
    name: 'VendorUnavailable',
    context: { code: 'ETIMEDOUT' },
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('stopped by a person')), 50);
  await expect(http.send(listing, callOf(stop.signal).call)).rejects.toThrow('stopped by a person');
});

test('writes ask first; reads and tokens do not; a refusal sends nothing', async () => {
  const http = openHttp(targetOf());
  const { call, writes } = callOf();
  await http.send(listing, call);
  const gone = { operation: 'delete account', method: 'DELETE', path: pathOf`/users/${99}`, answer: noBody } as const;
  expect(await http.send({ ...gone, expected: [404] }, call)).toMatchObject({ status: 404, problem: {} });
  expect(writes).toEqual(['delete account']);

  const sent = standIn.requests.length;
  const stopped = { ...call, beforeWrite: () => Promise.reject(new Error('emergency stop')) };
  await expect(http.send({ ...gone, expected: [404] }, stopped)).rejects.toThrow('emergency stop');
  expect(standIn.requests).toHaveLength(sent);
});

test('a static token that was replaced where it is kept works without a restart', async () => {
  let kept = 'rotated-away';
  const http = openHttp(targetOf({ auth: { token: new Secret('${file:token}', () => kept) } }));
  const { call } = callOf();
  await expect(http.send(listing, call)).rejects.toBeInstanceOf(VendorUnauthorized);
  kept = standIn.tokens.issue();
  expect(await http.send(listing, call)).toMatchObject({ status: 200 });
  kept = '';
  await expect(http.send(listing, call)).rejects.toMatchObject({ name: 'TargetMisconfigured' });
});

test('another address of the target has its own credential', async () => {
  const own = { baseUrl: standIn.baseUrl, auth: { token: secretOf(standIn.tokens.issue()) } };
  const http = openHttp(targetOf({ baseUrl: 'https://elsewhere.test' }), {}, own);
  const { call, exchanges } = callOf();
  expect(await http.send(listing, call)).toMatchObject({ status: 200 });
  expect(exchanges.map(({ operation, path }) => `${operation} ${path}`)).toEqual([
    'list accounts /api/public/v3/users',
  ]);
});

test('what cannot work fails when it is opened', () => {
  const open = (changes: Partial<Target>) => () => openHttp(targetOf(changes));
  expect(open({ baseUrl: 'vendor.test' })).toThrow('baseUrl is not an http(s) address');
  expect(open({ tls: { caFile: '/nowhere/ca.pem' } })).toThrow(/caFile .*ENOENT/);
  expect(open({ tls: { caFile: __filename } })).toThrow('holds no PEM certificate');
  expect(open({ tls: { pinSha256: 'abc' } })).toThrow('64 hex digits');
  expect(open({ tls: { pinSha256: Buffer.alloc(32).toString('base64') } })).not.toThrow();
});

test('a link to another host is not followed', async () => {
  const http = openHttp(targetOf());
  for (const path of ['http://evil.test/users', 'users?page=2'])
    await expect(http.send({ ...listing, path }, callOf().call)).rejects.toBeInstanceOf(VendorAnswerInvalid);
  expect(standIn.requests.filter(({ path }) => path !== '/oauth2/token')).toEqual([]);
});
