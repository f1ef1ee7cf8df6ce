import type { Account } from '../../../domain/account';
import type { Live } from '../../../connectors/connector';
import { Unobservable, VendorAnswerInvalid } from '../../../connectors/errors';
import { call, found, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
const start = async (...given: Parameters<typeof rig>) => (bench = await rig(...given));
afterEach(() => bench.vendor.stop());

const drain = () => {
  const { credentials } = bench.connector;
  if (credentials === undefined) throw new Error('no credentials drain');
  return credentials;
};
const list = (account: Account) => drain().list(account, call);
const kinds = (live: readonly Live[]) => live.map(({ kind }) => kind).sort();

test('passkeys and open enrolment links are live, also after the suspension, until each is revoked', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  await connector.setAccountEnabled(account, false, call);
  const live = await list(account);
  expect(kinds(live)).toEqual(['passkey', 'passkey', 'pending-enrolment']);
  for (const one of live) expect(await drain().end(one, account, call)).toEqual({ change: 'done' });
  expect(await list(account)).toEqual([]);
  expect(vendor.account('anna')?.live).toEqual({ passkey: 0, 'pending-enrolment': 0, token: 0 });
  expect(vendor.account('ben')?.live).toEqual({ passkey: 2, 'pending-enrolment': 1, token: 0 });
});

test('an enrolment that finishes late shows up as a new passkey', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  for (const one of await list(account)) await drain().end(one, account, call);
  vendor.realm.addJob(account.id, { completesAfter: 1 });
  const delivered = await list(account);
  expect(delivered).toMatchObject([{ kind: 'pending-enrolment', detail: 'REQUEST_DELIVERED' }]);
  await list(account);
  const late = await list(account);
  expect(kinds(late)).toEqual(['passkey']);
  const [link] = delivered;
  if (link === undefined) throw new Error('no link');
  // The link was used meanwhile: revoking it is refused by the vendor and is no failure of ours.
  expect(await drain().end(link, account, call)).toEqual({ change: 'already' });
  for (const one of late) await drain().end(one, account, call);
  expect(await list(account)).toEqual([]);
});

test('a list that is cut short is not a clean one', async () => {
  const { connector, vendor } = await start({ options: { pageSize: 1 } });
  const account = await found(connector, 'anna');
  expect((await list(account)).length).toBe(3);
  vendor.faults.add({ kind: 'duplicate-page', path: 'credentials$' });
  await expect(list(account)).rejects.toThrow(VendorAnswerInvalid);
  vendor.faults.add({ kind: 'empty-page', path: 'credentials$' });
  expect((await list(account)).length).toBe(3);
});

test('a state that is not shown does not look like an end', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  for (const one of await list(account)) await drain().end(one, account, call);
  vendor.faults.add({ kind: 'missing-field', field: 'state', path: 'credentials$' });
  expect(kinds(await list(account))).toEqual(['passkey', 'passkey']);
});

test('what is gone was ended already', async () => {
  const { connector } = await start();
  const account = await found(connector, 'anna');
  for (const kind of ['passkey', 'pending-enrolment'])
    expect(await drain().end({ id: '00', kind }, account, call)).toEqual({ change: 'already' });
});

test('tokens are ended where the target names the application; otherwise that is said', async () => {
  const { connector, vendor } = await start({
    vendor: { application: 'app1' },
    options: { applications: ['app1'] },
  });
  expect(connector.abilities.unsupported).not.toHaveProperty('tokens');
  const account = await found(connector, 'anna');
  const live = await list(account);
  expect(kinds(live)).toContain('token');
  for (const one of live) expect(await drain().end(one, account, call)).toEqual({ change: 'done' });
  expect(await list(account)).toEqual([]);
  expect(vendor.account('ben')?.live['token']).toBe(1);
  await vendor.stop();
  await start();
  expect(bench.connector.abilities.unsupported).toHaveProperty('tokens');
});

test("an ignored owner filter never ends other people's tokens", async () => {
  const { connector, vendor } = await start({
    vendor: { application: 'app1' },
    options: { applications: ['app1'] },
  });
  const account = await found(connector, 'anna');
  vendor.faults.add({ kind: 'filter-ignored', times: 2 });
  await expect(list(account)).rejects.toThrow(Unobservable);
  vendor.faults.add({ kind: 'filter-ignored', times: 1 });
  expect(kinds(await list(account)).filter((kind) => kind === 'token').length).toBe(1);
  expect(vendor.realm.tokens.size).toBe(2);
});

test('sessions are unsupported in words, since an identity provider has none', async () => {
  const { connector } = await start();
  expect(connector.sessions).toBeUndefined();
  expect(connector.abilities.unsupported['sessions']).toContain('passkeys');
});
