import { VendorUnauthorized } from '../../../connectors/errors';
import { cyberArkPamSelfHosted } from '../../../connectors/cyberark-pam-self-hosted';
import { Secret } from '../../../domain/secret';
import { call, found, hostedRig, targetOf } from '../cyberark-pvwa/rig';

type Rig = Awaited<ReturnType<typeof hostedRig>>;
let rig: Rig;
afterEach(() => rig.vendor.stop());
const open = async (...[options]: Parameters<typeof hostedRig>) => (rig = await hostedRig(options));

test('a raw token, sticky cookies and a private CA: one log-on serves all', async () => {
  const { connector, vendor } = await open({ standIn: { tls: true } });
  await Promise.all(Array.from({ length: 10 }, () => found(connector, 'anna')));
  expect(vendor.tokensIssued).toBe(1);
  expect(vendor.requests.filter(({ status }) => status === 401)).toEqual([]);
});

test('two workers do not end each other’s session', async () => {
  const { connector, vendor, target } = await open({ standIn: { sticky: false } });
  const other = cyberArkPamSelfHosted.open(target);
  for (const one of [connector, other, connector, other]) await found(one, 'anna');
  expect(vendor.tokensIssued).toBe(2);
});

test('a session that has ended is followed by one new log-on', async () => {
  const { connector, vendor } = await open();
  await found(connector, 'anna');
  vendor.logons.endAll();
  await found(connector, 'anna');
  expect(vendor.tokensIssued).toBe(2);
});

test('a refused log-on is not repeated: it would suspend the service account', async () => {
  const { vendor } = await open({ standIn: { badLogonsUntilSuspended: 2 } });
  const { username = '', method = '' } = vendor.auth;
  const auth = { username, method, password: new Secret('${env:OLD}', () => 'an-old-password') };
  const connector = cyberArkPamSelfHosted.open(
    targetOf(vendor, { auth, options: cyberArkPamSelfHosted.options.parse({}) }),
  );
  const attempt = connector.findAccounts({ externalId: [], username: ['anna'], email: [] }, call);
  await expect(attempt).rejects.toThrow(VendorUnauthorized);
  await expect(attempt).rejects.not.toThrow('an-old-password');
  expect(vendor.requests.filter(({ path }) => path.endsWith('/Logon'))).toHaveLength(1);
  expect(vendor.vault.byName(username)?.suspended).toBe(false);
});

test.each(['json', 'plain', { field: 'CyberArkLogonResult' }, { field: 'sessionToken' }] as const)(
  'a token given as %j serves all the same',
  async (tokenAs) => {
    const { connector, vendor } = await open({ standIn: { tokenAs } });
    await found(connector, 'anna');
    expect(vendor.tokensIssued).toBe(1);
    expect(vendor.requests.filter(({ status }) => status === 401)).toEqual([]);
  },
);

test('an answer without a token is no valid answer, and one step asks for it once', async () => {
  const { connector, vendor } = await open({ standIn: { tokenAs: { field: 'nonce' } } });
  await expect(found(connector, 'anna')).rejects.toMatchObject({ name: 'VendorAnswerInvalid' });
  expect(vendor.requests.map(({ path }) => path)).toEqual([expect.stringMatching(/Logon$/)]);
});

test('a suspended service account is told as such', async () => {
  const { connector, vendor } = await open();
  const own = vendor.vault.byName('svc-tenure');
  if (own !== undefined) vendor.vault.setSuspended(own, true);
  await expect(found(connector, 'anna')).rejects.toMatchObject({
    name: 'VendorUnauthorized',
    context: { code: 'ITATS002E' },
  });
});

test('check proves the log-on, what is seen, and which rights the own record declares', async () => {
  const { connector } = await open({
    standIn: { profile: 'vendor' },
    options: { userShape: 'nested', paging: 'pageOffset' },
  });
  const { findings, ownAccount } = await connector.check(call);
  expect(ownAccount).toMatchObject({ username: 'svc-tenure', id: expect.stringMatching(/^\d+$/) });
  const states = Object.fromEntries(findings.map(({ name, state }) => [name, state]));
  expect(states).toMatchObject({
    authentication: 'proven',
    'read users': 'proven',
    'read groups': 'proven',
    'read live sessions': 'proven',
    AddUpdateUsers: 'declared',
    ResetUsersPasswords: 'declared',
  });
});

test('check says which right is missing without failing as a whole', async () => {
  const { connector } = await open({ standIn: { sessions: false } });
  const { findings } = await connector.check(call);
  expect(findings).toContainEqual(expect.objectContaining({ name: 'read live sessions', state: 'failed' }));
  expect(findings).toContainEqual(expect.objectContaining({ name: 'AddUpdateUsers', state: 'unknown' }));
});

test('check finds out that a full replace would be refused, before the first leaver does', async () => {
  const { connector, vendor } = await open();
  expect((await connector.check(call)).findings).toContainEqual(
    expect.objectContaining({ name: 'whole user visible', state: 'proven' }),
  );
  vendor.faults.add({ kind: 'missing-field', field: 'location', path: '/Users/\\d+$' });
  expect((await connector.check(call)).findings).toContainEqual(
    expect.objectContaining({
      name: 'whole user visible',
      state: 'failed',
      detail: expect.stringContaining('location'),
    }),
  );
});
