import type { TargetDesk } from '../../activities';
import type { DesiredAccount } from '../../domain/access';
import type { ProvisionedAccount, ProvisionInput, WithdrawInput } from '../../domain/provisioning';
import { startStandIn, type SeedPerson, type StandIn, type StandInType } from '../../sandbox';
import { recordedCall } from '../connectors/stand-in-target';
import { deskOn, knownAt, runStep, stepFor } from './desk';

const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', givenName: 'Ann', familyName: 'Old' },
  ...{ displayName: 'Ann Old', groups: ['Operators'], sessions: 0 },
};
const named = { givenName: 'Anna', familyName: 'Eriksen', displayName: 'Anna Eriksen' };
const admins = 'Vault Admins';

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});
async function open(type: StandInType, people: readonly SeedPerson[], extra: Readonly<Record<string, unknown>> = {}) {
  const standIn = await startStandIn(type, {});
  running.push(standIn);
  standIn.seed(people);
  return { standIn, desk: deskOn(standIn, extra) };
}
const accountOf = async ({ connector }: TargetDesk, id: string) => {
  const account = await connector.getAccount(id, recordedCall());
  if (account === undefined) throw new Error(`there is no ${id}`);
  return account;
};

const types: readonly StandInType[] = [
  'beyondtrust-rest',
  'beyond-identity',
  'cyberark-privilege-cloud',
  'cyberark-identity-scim',
  'delinea-rest',
];

describe.each(types)('attributes that a joiner changed on an adopted account of %s', (type) => {
  /** Anna is there under an older name; the joiner adopts her account and writes the new one. */
  async function adopted() {
    const { standIn, desk } = await open(type, [anna]);
    const step = { ...stepFor(anna), person: { ...stepFor(anna).person, ...named } };
    const desired: DesiredAccount = {
      ...{ target: 'under-test', username: 'aeriksen', attributes: {}, grants: [], because: ['everybody'] },
    };
    const wanted: ProvisionInput = { ...step, desired: [desired], renames: false, purpose: 'joiner' };
    const { id } = await knownAt(desk, 'aeriksen');
    const was = await accountOf(desk, id);
    const { accounts, before } = await runStep(desk, 'provisionAccounts', wanted);
    expect(await accountOf(desk, id)).not.toEqual(was);
    const input: WithdrawInput = { ...step, intended: ['aeriksen'], accounts, granted: {}, before };
    return { standIn, desk, id, was, input };
  }

  test('are put back, the account stays enabled, and the evidence has both values', async () => {
    const { desk, id, was, input } = await adopted();
    const report = await runStep(desk, 'withdrawAccounts', input);
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report.parked).toBeUndefined();
    expect(await accountOf(desk, id)).toEqual(was);
    expect(report.evidence).toMatchObject([{ outcome: 'done' }]);
    const { putBack } = report.evidence[0]?.data as { putBack: readonly { from: unknown; to: unknown }[] };
    expect(JSON.stringify(putBack.map(({ from }) => from))).toMatch(/Anna/);
    expect(JSON.stringify(putBack.map(({ to }) => to))).toMatch(/Ann\b/);
    expect(await runStep(desk, 'withdrawAccounts', input)).toMatchObject({ outcome: 'already' });
  });

  test('stay where somebody has changed them since, and the evidence says so', async () => {
    const { desk, id, input } = await adopted();
    const by = { givenName: 'Annika', familyName: 'Berg', displayName: 'Annika Berg' };
    await desk.connector.updateAccount(await accountOf(desk, id), by, recordedCall());
    const since = await accountOf(desk, id);
    const report = await runStep(desk, 'withdrawAccounts', input);
    expect(report).toMatchObject({ outcome: 'already' });
    expect(await accountOf(desk, id)).toEqual(since);
    const { notPutBack } = report.evidence[0]?.data as { notPutBack: readonly string[] };
    expect(notPutBack).toContainEqual(expect.stringContaining('somebody has changed it since'));
  });

  test('mode observe says it and writes nothing', async () => {
    const { standIn, desk, input } = await adopted();
    const written = standIn.requests.filter(({ write }) => write).length;
    const report = await runStep(desk, 'withdrawAccounts', { ...input, mode: 'observe' });
    expect(report.detail).toMatch(/would set .* of aeriksen back to/);
    expect(standIn.requests.filter(({ write }) => write)).toHaveLength(written);
  });
});

test.each(['beyondtrust-scim', 'delinea-rest', 'cyberark-privilege-cloud', 'beyond-identity'] as const)(
  'an e-mail address goes back to what it was on %s',
  async (type) => {
    const { desk } = await open(type, [anna]);
    const email = 'anna.eriksen-berg@acme.test';
    const person = { ...stepFor(anna).person, email, aliases: [anna.email] };
    const desired = { target: 'under-test', username: 'aeriksen', attributes: {}, grants: [], because: ['everybody'] };
    const step = { ...stepFor(anna), person };
    const wanted = { ...step, desired: [desired], renames: false, purpose: 'joiner' as const };
    const { accounts, before } = await runStep(desk, 'provisionAccounts', wanted);
    const id = accounts[0]?.id ?? '';
    expect((await accountOf(desk, id)).email).toBe(email);
    const input = { ...step, intended: ['aeriksen'], accounts, granted: {}, before };
    expect((await runStep(desk, 'withdrawAccounts', input)).outcome).toBe('done');
    expect((await accountOf(desk, id)).email).toBe(anna.email);
  },
);

test('what the vendor refuses to put back parks, and all else has been taken back before', async () => {
  const { standIn, desk } = await open('delinea-rest', [{ ...anna, enabled: false }]);
  const step = { ...stepFor(anna), person: { ...stepFor(anna).person, ...named } };
  const desired = { target: 'under-test', username: 'aeriksen', attributes: {}, grants: [], because: ['everybody'] };
  const wanted = { ...step, desired: [desired], renames: false, purpose: 'joiner' as const };
  const { accounts, before } = await runStep(desk, 'provisionAccounts', wanted);
  expect(standIn.account('aeriksen')?.enabled).toBe(true);
  const refusing: TargetDesk = {
    ...desk,
    connector: {
      ...desk.connector,
      updateAccount: async (account, changes, call) =>
        await desk.connector.updateAccount(account, { attributes: { ...changes.attributes, id: 'x' } }, call),
    },
  };
  const input = { ...step, intended: ['aeriksen'], accounts, granted: {}, before };
  const report = await runStep(refusing, 'withdrawAccounts', input);
  expect(report.parked).toMatchObject({ reason: 'rejected', detail: expect.stringContaining('as changed') });
  expect(standIn.account('aeriksen')?.enabled).toBe(false);
});

describe.each(['beyondtrust-rest', 'beyond-identity', 'cyberark-privilege-cloud', 'delinea-scim'] as const)(
  'a joiner taken back whose account is the last administrator on %s',
  (type) => {
    const alone: SeedPerson = { ...anna, groups: [admins] };
    const other: SeedPerson = { ...anna, id: 'b', username: 'ben', email: 'ben@acme.test', groups: [admins] };
    const rule = { adminGroups: [admins] };
    async function withdrawal(desk: TargetDesk, how: Pick<ProvisionedAccount, 'how' | 'enabledHere'>) {
      const accounts = [{ ...(await knownAt(desk, 'aeriksen')), serves: 'aeriksen', ...how }];
      return { ...stepFor(anna), intended: ['aeriksen'], accounts, granted: {} };
    }

    test.each([
      { how: 'created', enabledHere: true },
      { how: 'adopted', enabledHere: true },
    ] as const)('$how: stays enabled and parks; two people let it go', async (how) => {
      const { standIn, desk } = await open(type, [alone], rule);
      const input = await withdrawal(desk, how);
      const report = await runStep(desk, 'withdrawAccounts', input);
      expect(report.parked).toMatchObject({
        ...{ reason: 'last-administrator', detail: expect.stringContaining(admins) },
        advice: expect.stringContaining('Two people'),
      });
      expect(standIn.requests.filter(({ write }) => write)).toEqual([]);
      expect(standIn.account('aeriksen')).toMatchObject({ enabled: true, groups: [admins] });

      const released = await runStep(desk, 'withdrawAccounts', { ...input, lastAdministratorReleased: true });
      expect(released.parked).toBeUndefined();
      expect(released.evidence[0]?.data).toMatchObject({ released: [expect.stringContaining(admins)] });
      expect(standIn.account('aeriksen')?.enabled).toBe(false);
    });

    test('is disabled as ever while another one stays', async () => {
      const { standIn, desk } = await open(type, [alone, other], rule);
      const report = await runStep(
        desk,
        'withdrawAccounts',
        await withdrawal(desk, { how: 'created', enabledHere: true }),
      );
      expect(report).toMatchObject({ outcome: 'done' });
      expect(report.parked).toBeUndefined();
      expect(standIn.account('aeriksen')?.enabled).toBe(false);
    });

    test('keeps the group where the joiner gave only that, and loses the others', async () => {
      const { standIn, desk } = await open(type, [{ ...alone, groups: [admins, 'Operators'] }], rule);
      const input = await withdrawal(desk, { how: 'already', enabledHere: false });
      const [known] = input.accounts;
      const account = await accountOf(desk, known?.id ?? '');
      const held = await desk.connector.listGrants(account, recordedCall());
      const granted = { [account.id]: held.map(({ entitlement }) => entitlement) };
      const report = await runStep(desk, 'withdrawAccounts', { ...input, granted });
      expect(report.parked?.reason).toBe('last-administrator');
      expect(standIn.account('aeriksen')).toMatchObject({ enabled: true, groups: [admins] });
    });
  },
);
