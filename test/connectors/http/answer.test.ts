import { z } from 'zod';
import { bodyOf, noBody, refuseHtml } from '../../../connectors/http/answer';
import { refusalOf, retryAfterOf } from '../../../connectors/http/classify';
import { pathOf } from '../../../connectors/http';
import { problemOf } from '../../../connectors/http/problem';
import { scrub, scrubPath, secretsIn } from '../../../connectors/http/scrub';

const at = { target: 'one', operation: 'read' };
const raw = (text: string, type?: string) => ({
  ...{ status: 200, text, secrets: [] },
  headers: type === undefined ? {} : { 'content-type': type },
});

test.each([
  ['{"ErrorCode":"ITATS003E","ErrorMessage":"User does not exist"}', 'ITATS003E', 'User does not exist'],
  ['{"error":"invalid_client","error_description":"bad secret"}', 'invalid_client', 'bad secret'],
  ['{"code":"conflict","message":"taken","details":[]}', 'conflict', 'taken'],
  ['{"schemas":[],"status":"409","scimType":"uniqueness","detail":"exists"}', 'uniqueness', 'exists'],
  ['{"message":"Not Found","errorCode":"API_NotFound"}', 'API_NotFound', 'Not Found'],
  ['{"message":"invalid","errors":{"username":["taken"],"email":["bad"]}}', undefined, 'invalid (username, email)'],
  ['{"error":{"code":42,"message":"inner"}}', '42', 'inner'],
  ['[{"code":"A1","message":"first"}]', 'A1', 'first'],
  ['"a bare text"', undefined, 'a bare text'],
  ['plain text', undefined, 'plain text'],
  [
    '<!DOCTYPE html><html><title>Down for maintenance</title></html>',
    undefined,
    'an HTML page titled "Down for maintenance"',
  ],
  ['', undefined, undefined],
  ['null', undefined, undefined],
])('problemOf %s', (text, code, message) => {
  expect(problemOf(text)).toEqual({ ...(code !== undefined && { code }), ...(message !== undefined && { message }) });
});

test('texts are cut and lose what looks like a secret, whatever its form', () => {
  const known = 's3cret"with\\signs';
  const text = [
    ...['Authorization: Bearer abcdef.123', 'password=hunter22 next', '{"client_secret":"x y","user":"anna"}'],
    ...['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'A'.repeat(64), known, JSON.stringify(known)],
  ].join(' ; ');
  const clean = scrub(text, [known]);
  for (const secret of ['abcdef.123', 'hunter22', 'x y', 'eyJ', 'AAAA', 's3cret']) expect(clean).not.toContain(secret);
  expect(clean).toContain('"user":"anna"');
  expect(scrub('word '.repeat(200))).toHaveLength(200);
  expect(scrub('id 0b9f2c52-68f1-4a6f-9d0e-1f2a3b4c5d6e')).toContain('0b9f2c52');
  expect(scrubPath('/users?token=abc&filter=a eq "b"&x=plant/ed', ['plant/ed'])).toBe(
    '/users?token=[hidden]&filter=a eq "b"&x=[hidden]',
  );
  expect(secretsIn({ userName: 'a', initialPassword: 'p1', inner: [{ accessToken: 't1', n: 3 }] })).toEqual([
    'p1',
    't1',
  ]);
});

test('retryAfterOf reads seconds, dates against the vendor’s own clock, and the reset headers', () => {
  const now = Date.parse('2026-11-20T09:00:00Z');
  const date = 'Fri, 20 Nov 2026 10:00:00 GMT';
  expect(retryAfterOf({ 'retry-after': '7' }, now)).toBe(7_000);
  expect(retryAfterOf({ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT', date }, now)).toBe(30_000);
  expect(retryAfterOf({ 'retry-after': 'Fri, 20 Nov 2026 08:00:00 GMT' }, now)).toBe(0);
  expect(retryAfterOf({ 'ratelimit-reset': '12' }, now)).toBe(12_000);
  expect(retryAfterOf({ 'x-ratelimit-reset': String(now / 1000 + 5) }, now)).toBe(5_000);
  expect(retryAfterOf({ 'x-ratelimit-reset': String(now + 5) }, now)).toBe(5);
  expect(retryAfterOf({ 'retry-after': 'soon', 'ratelimit-reset': '' }, now)).toBeUndefined();
});

test.each([
  [301, 'VendorAnswerInvalid'],
  [400, 'VendorRejected'],
  [401, 'VendorUnauthorized'],
  [403, 'VendorRejected'],
  [404, 'VendorRejected'],
  [405, 'VendorRejected'],
  [408, 'VendorUnavailable'],
  [409, 'VendorConflict'],
  [410, 'VendorRejected'],
  [412, 'VendorConflict'],
  [422, 'VendorRejected'],
  [425, 'VendorThrottled'],
  [429, 'VendorThrottled'],
  [500, 'VendorUnavailable'],
  [501, 'VendorRejected'],
  [503, 'VendorUnavailable'],
  [504, 'VendorUnavailable'],
])('status %i is %s', (status, name) => {
  const headers = { 'retry-after': '9', location: 'https://login.test/x?secret=1' };
  const error = refusalOf({ ...at, status, headers, problem: { code: 'X1', message: 'no' } });
  expect(error.name).toBe(name);
  expect(error.context).toMatchObject({ ...at, status, code: 'X1' });
  expect(error.context.retryAfterMs).toBe([408, 425, 429].includes(status) || status >= 500 ? 9_000 : undefined);
  expect(error.message).not.toContain('secret=1');
});

test('a body code can mean "try again" whatever the status says', () => {
  const refusal = { ...at, status: 400, headers: {}, problem: { code: 'ITADM111E' } };
  expect(refusalOf({ ...refusal, retryableCodes: ['ITADM111E'] }).name).toBe('VendorUnavailable');
  expect(refusalOf(refusal).name).toBe('VendorRejected');
});

test('a proxy’s page never passes for the vendor’s word', () => {
  const page = '<html><head><title>404</title></head></html>';
  const asked = { ...at, answer: noBody };
  expect(() => refuseHtml({ ...raw(page, 'text/html'), status: 404 }, at)).toThrow('HTML page');
  expect(() => bodyOf(raw(page), asked)).toThrow('HTML page');
  expect(bodyOf(raw(''), asked)).toBeUndefined();
  expect(bodyOf(raw('OK', 'text/plain'), asked)).toBeUndefined();
  expect(() => bodyOf(raw('{"a":', 'application/json; charset=utf-8'), asked)).toThrow('application/json');
  for (const text of ['<?xml version="1.0"?><html/>', ' \n<!-- portal --><HTML>', '<table>'])
    for (const type of ['application/json', 'text/plain', undefined])
      expect(() => bodyOf(raw(text, type), asked)).toThrow('HTML page');
  // No page, and no JSON either: whoever wrote it, it is not the API.
  expect(() => bodyOf(raw('Please sign in', 'text/html'), asked)).toThrow('HTML page');
  expect(() => refuseHtml({ ...raw('Not found', 'text/html; charset=utf-8'), status: 404 }, at)).toThrow('HTML page');
});

test('JSON is read whatever its header says', () => {
  const answer = z.object({ users: z.array(z.unknown()) });
  expect(bodyOf(raw('{"users":[]}', 'text/html; charset=utf-8'), { ...at, answer })).toEqual({ users: [] });
  expect(bodyOf(raw('"t0ken"', 'text/html'), { ...at, answer: z.string() })).toBe('t0ken');
  expect(() => refuseHtml({ ...raw('{"message":"no such user"}', 'text/html'), status: 404 }, at)).not.toThrow();
});

test('a token without the quotes of JSON is read where one word is wanted, and nowhere else', () => {
  const asked = { ...at, answer: z.string().min(1) };
  for (const type of ['application/json', 'text/plain', 'text/html', undefined])
    expect(bodyOf(raw(' AAEAAAD/////==\r\n', type), { ...asked, bareWord: true })).toBe('AAEAAAD/////==');
  expect(() => bodyOf(raw('AAEAAAD/////==', 'application/json'), asked)).toThrow('not valid JSON');
  for (const text of ['please sign in', '{"a":', '["a"', '"half', 'null', '', '<html>'])
    expect(() => bodyOf(raw(text, 'application/json'), { ...asked, bareWord: true })).toThrow();
});

test('a schema’s complaint names the field and quotes nothing', () => {
  const answer = z.object({ users: z.array(z.object({ id: z.number() })) });
  const read = (): unknown => bodyOf(raw('{"users":[{"id":"planted-value"}]}'), { ...at, answer });
  expect(read).toThrow(/users\.0\.id/);
  expect(read).not.toThrow('planted-value');
  expect(bodyOf(raw('\uFEFF{"users":[]}'), { ...at, answer })).toEqual({ users: [] });
});

test('pathOf keeps every value in its own segment', () => {
  expect(pathOf`/Users/${'a/b?c=d'}/x/${7}`).toBe('/Users/a%2Fb%3Fc%3Dd/x/7');
  for (const value of ['', '.', '..']) expect(() => pathOf`/Users/${value}`).toThrow('cannot be an id');
});
