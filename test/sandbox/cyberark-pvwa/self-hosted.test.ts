import { startCyberArkPamSelfHosted } from '../../../sandbox/cyberark-pam-self-hosted';

type Hosted = Awaited<ReturnType<typeof startCyberArkPamSelfHosted>>;

let hosted: Hosted;
afterEach(() => hosted.stop());

async function logOn(fields: Record<string, unknown> = {}, method = 'CyberArk') {
  const { username, password } = hosted.auth;
  const response = await fetch(`${hosted.baseUrl}/auth/${method}/Logon`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password, ...fields }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { status: response.status, body: (await response.json()) as string, cookie };
}

async function users(headers: Record<string, string>): Promise<number> {
  return (await fetch(`${hosted.baseUrl}/Users`, { headers })).status;
}

test('a log-on answers with a bare string, which goes into the header without Bearer', async () => {
  hosted = await startCyberArkPamSelfHosted();
  const { body: token, cookie } = await logOn({ concurrentSession: true });
  expect(typeof token).toBe('string');
  expect(await users({ authorization: token, cookie })).toBe(200);
  expect(await users({ authorization: `Bearer ${token}`, cookie })).toBe(401);
  expect(await users({ authorization: token })).toBe(401);
  expect(hosted.tokensIssued).toBe(1);
});

test('a second log-on voids the first session, unless it asks for a concurrent one', async () => {
  hosted = await startCyberArkPamSelfHosted({ sticky: false });
  const first = await logOn();
  await logOn({ concurrentSession: true });
  expect(await users({ authorization: first.body })).toBe(200);
  await logOn();
  expect(await users({ authorization: first.body })).toBe(401);
});

test('bad log-ons suspend the user', async () => {
  hosted = await startCyberArkPamSelfHosted({ badLogonsUntilSuspended: 2 });
  expect(await logOn({ password: 'wrong' })).toMatchObject({ status: 403, body: { ErrorCode: 'ITATS004E' } });
  expect(await logOn({ password: 'wrong' })).toMatchObject({ status: 403, body: { ErrorCode: 'ITATS004E' } });
  expect(await logOn()).toMatchObject({ status: 403, body: { ErrorCode: 'ITATS002E' } });
});

test('a session ends by the log-off', async () => {
  hosted = await startCyberArkPamSelfHosted({ sticky: false });
  const { body: authorization } = await logOn();
  await fetch(`${hosted.baseUrl}/auth/Logoff`, { method: 'POST', headers: { authorization } });
  expect(await users({ authorization })).toBe(401);
  expect(hosted.requests.some((request) => request.write)).toBe(false);
});

test('HTTPS comes with a private CA that nobody knows yet', async () => {
  hosted = await startCyberArkPamSelfHosted({ tls: true });
  expect(hosted.baseUrl).toMatch(/^https:/);
  expect(hosted.ca).toContain('BEGIN CERTIFICATE');
  await expect(logOn()).rejects.toThrow();
});
