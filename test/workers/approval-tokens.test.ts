import { createSigner } from 'fast-jwt';
import { Secret } from '../../domain/secret';
import { approvalTokens } from '../../workers/approval-tokens';

const key = (name: string, value = `${name} `.repeat(10)) => new Secret(`\${env:${name}}`, () => value);
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const claims = () => ({
  ...{ subject: 'ann@acme.test', workflowId: 'leaver:e1', runId: 'r1', planHash: 'p1' },
  ...{ issuedAt: new Date(Date.now() - 7_200_000).toISOString(), expiresAt: inAnHour() },
});

test('a token says whose it is and what it is for; a repeat is the same token', () => {
  const tokens = approvalTokens({ keys: [key('first')], foreign: [] });
  const wanted = claims();
  const issued = tokens?.issue?.(wanted);
  expect(tokens?.verify(issued?.token ?? '')).toEqual({
    ...{ subject: 'ann@acme.test', workflowId: 'leaver:e1', runId: 'r1', planHash: 'p1', id: issued?.id },
  });
  expect(tokens?.issue?.(wanted)).toEqual(issued);
  expect(tokens?.issue?.({ ...wanted, subject: 'ben@acme.test' }).id).not.toBe(issued?.id);
});

test('the first key signs and all verify: rotation voids nothing until the old key goes', () => {
  const old = approvalTokens({ keys: [key('old')], foreign: [] })?.issue?.(claims()).token ?? '';
  expect(approvalTokens({ keys: [key('new'), key('old')], foreign: [] })?.verify(old)).toMatchObject({
    planHash: 'p1',
  });
  expect(approvalTokens({ keys: [key('new')], foreign: [key('old')] })?.verify(old)).toMatchObject({ planHash: 'p1' });
  expect(() => approvalTokens({ keys: [key('new')], foreign: [] })?.verify(old)).toThrow('fits no live key');
});

test('a key that cannot be read, or is short, is named and never shown', () => {
  const missing = new Secret('${file:gone}', () => {
    throw new Error('the secret file gone cannot be read');
  });
  const old = approvalTokens({ keys: [key('old')], foreign: [] })?.issue?.(claims()).token ?? '';
  expect(() => approvalTokens({ keys: [missing], foreign: [] })?.verify(old)).toThrow('the secret file gone');
  expect(approvalTokens({ keys: [missing, key('old')], foreign: [] })?.verify(old)).toMatchObject({ runId: 'r1' });
  const short = approvalTokens({ keys: [key('short', 'hunter2')], foreign: [] });
  expect(() => short?.issue?.(claims())).toThrow('${env:short} is shorter than 32');
  expect(approvalTokens({ keys: [], foreign: [] })).toBeUndefined();
  expect(approvalTokens({ keys: [], foreign: [key('other')] })?.issue).toBeUndefined();
});

test('what is no good token is refused in words that do not repeat it', () => {
  const tokens = approvalTokens({ keys: [key('first')], foreign: [] });
  const token = tokens?.issue?.(claims()).token ?? '';
  const [head = '', body = '', signature = ''] = token.split('.');
  const expired = tokens?.issue?.({ ...claims(), expiresAt: new Date(Date.now() - 60_000).toISOString() }).token ?? '';
  const unsigned = createSigner({ algorithm: 'none' })({ sub: 'ann@acme.test' });
  const lacking = createSigner({ key: key('first').reveal().trim(), algorithm: 'HS256' })({ sub: 'ann@acme.test' });
  const cases = [
    [expired, 'expired'],
    [[head, body, signature.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))].join('.'), 'fits no live key'],
    [`${head}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.${signature}`, 'fits no live key'],
    [unsigned, 'not signed|another way'],
    [lacking, 'lacks a claim'],
    ['yes', 'no token'],
    ['', 'no token'],
  ] as const;
  for (const [bad, why] of cases) {
    expect(() => tokens?.verify(bad)).toThrow(new RegExp(why));
    try {
      tokens?.verify(bad);
    } catch (error) {
      if (bad.length > 5) expect(String(error)).not.toContain(bad);
    }
  }
});
