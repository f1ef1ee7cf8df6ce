import type { TargetDesk } from '../../activities';
import { Unobservable } from '../../connectors/errors';
import { startStandIn, type StandInType } from '../../sandbox';
import type { SeedPerson, StandIn } from '../../sandbox/core';
import { deskOn, knownAt, runStep, stepFor } from './desk';

const admins = 'Vault Admins';
const seed = (id: string, more: Partial<SeedPerson> = {}): SeedPerson => ({
  ...{ id, username: `${id}@acme.test`, email: `${id}@acme.test`, displayName: id },
  ...{ groups: [admins, 'Operators'], sessions: 0, ...more },
});
const ann = seed('ann');
const ben = seed('ben');
const outsider = seed('zoe', { groups: ['Operators'] });

/** The vendors differ most in how they tell members: with the group, by their own record, through a call of its own. */
const types: readonly StandInType[] = [
  'beyond-identity',
  'beyondtrust-rest',
  'cyberark-privilege-cloud',
  'delinea-scim',
];

describe.each(types)('the last administrator on %s', (type) => {
  const running: StandIn[] = [];
  afterEach(async () => {
    for (const standIn of running.splice(0)) await standIn.stop();
  });

  async function open(
    people: readonly SeedPerson[],
    extra: Readonly<Record<string, unknown>> = { adminGroups: [admins] },
  ) {
    const standIn = await startStandIn(type, {});
    running.push(standIn);
    standIn.seed(people);
    return { standIn, desk: deskOn(standIn, extra) };
  }
  const isEnabled = (standIn: StandIn, { username }: SeedPerson) => standIn.account(username)?.enabled;

  test('goes when another one stays enabled', async () => {
    const { standIn, desk } = await open([ann, ben, outsider]);
    const report = await runStep(desk, 'disableAccounts', stepFor(ann));
    expect(report).toMatchObject({ outcome: 'done', accounts: [{ username: ann.username }] });
    expect(report.parked).toBeUndefined();
    expect(report.spared).toBeUndefined();
    expect(isEnabled(standIn, ann)).toBe(false);
  });

  test('stays enabled when nobody would be left, and the step says who must act and how', async () => {
    const { standIn, desk } = await open([ann, seed('ben', { enabled: false }), outsider]);
    const report = await runStep(desk, 'disableAccounts', stepFor(ann));
    expect(report.parked).toMatchObject({ reason: 'last-administrator' });
    expect(report.parked?.detail).toContain(admins);
    expect(report.parked?.advice).toContain('Two people');
    expect(report.spared).toMatchObject([{ username: ann.username }]);
    expect(report.accounts).toEqual([]);
    expect(report.evidence).toMatchObject([{ outcome: 'last-administrator', account: { username: ann.username } }]);
    expect(standIn.requests.filter(({ write }) => write)).toEqual([]);
    expect(isEnabled(standIn, ann)).toBe(true);
  });

  test('a mover does not lose what makes them the last one; the rest goes, and two people may let it go', async () => {
    const { standIn, desk } = await open([ann, outsider]);
    const known = await knownAt(desk, ann.username);
    const lose = (name: string) => ({ kind: 'group', name, privileged: false, because: [] });
    const input = {
      ...{ ...stepFor(ann), kept: {}, lost: { ann: [lose(admins), lose('Operators')] } },
      accounts: [{ ...known, serves: 'ann', how: 'already' as const, enabledHere: false }],
    };
    const report = await runStep(desk, 'revokeEntitlements', input);
    expect(report.parked).toMatchObject({ reason: 'last-administrator' });
    expect(standIn.account(ann.username)?.groups).toEqual([admins]);
    const released = await runStep(desk, 'revokeEntitlements', { ...input, lastAdministratorReleased: true });
    expect(released.parked).toBeUndefined();
    expect(standIn.account(ann.username)?.groups).toEqual([]);
  });

  test('minAdmins counts the others', async () => {
    const two = { adminGroups: [admins], minAdmins: 2 };
    const { desk } = await open([ann, ben], two);
    const report = await runStep(desk, 'disableAccounts', stepFor(ann));
    expect(report.parked?.detail).toMatch(new RegExp(`only ${ben.username} is left in .*${admins}, which must keep 2`));
    const more = await open([ann, ben, seed('cy')], two);
    expect((await runStep(more.desk, 'disableAccounts', stepFor(ann))).parked).toBeUndefined();
  });

  test('two accounts of one person are one who leaves; those without such a group are disabled all the same', async () => {
    const both = seed('ann', { extraUsernames: ['ann-adm'] });
    const extra = { adminGroups: [admins], correlation: { extraUsernames: ['ann-adm'] } };
    const { standIn, desk } = await open([both], extra);
    const report = await runStep(desk, 'disableAccounts', stepFor(both));
    expect(report.spared?.map(({ username }) => username).sort()).toEqual(['ann-adm', both.username]);
    expect(isEnabled(standIn, both)).toBe(true);
  });

  test('a state that the vendor does not show counts as not enabled', async () => {
    const { standIn, desk } = await open([ann, ben]);
    const field = {
      'beyond-identity': 'status',
      'beyondtrust-rest': 'enabled',
      'cyberark-privilege-cloud': 'enableUser',
    };
    standIn.faults.add({ kind: 'missing-field', field: field[type as keyof typeof field] ?? 'active', times: 200 });
    const report = await runStep(desk, 'disableAccounts', stepFor(ann));
    expect(report.parked?.reason).toBe('last-administrator');
  });

  test('somebody without such a group costs no request more than without the rule', async () => {
    const counts = [];
    for (const extra of [{}, { adminGroups: [admins] }]) {
      const { standIn, desk } = await open([ann, outsider], extra);
      await runStep(desk, 'disableAccounts', stepFor(outsider));
      const accounts = [await knownAt(desk, outsider.username)];
      await runStep(desk, 'stripEntitlements', { ...stepFor(outsider), accounts, before: {} });
      counts.push(standIn.requests.length);
    }
    expect(counts[1]).toBe(counts[0]);
  });

  test('an account that is disabled already was no administrator any more', async () => {
    const { desk } = await open([seed('ann', { enabled: false })]);
    const report = await runStep(desk, 'disableAccounts', stepFor(ann));
    expect(report).toMatchObject({ outcome: 'already' });
    expect(report.parked).toBeUndefined();
  });

  test('a strip leaves the last administrator of the group in it, and takes the rest', async () => {
    const { standIn, desk } = await open([ann]);
    const accounts = [await knownAt(desk, ann.username)];
    const report = await runStep(desk, 'stripEntitlements', { ...stepFor(ann), accounts, before: {} });
    expect(report.parked).toMatchObject({ reason: 'last-administrator' });
    expect(standIn.account(ann.username)?.groups).toEqual([admins]);
    const ended = { ...stepFor(ann), accounts, before: {}, lastAdministratorReleased: true };
    const released = await runStep(desk, 'stripEntitlements', ended);
    expect(released.parked).toBeUndefined();
    expect(released.evidence[0]?.data).toMatchObject({ released: [expect.stringContaining(admins)] });
    expect(standIn.account(ann.username)?.groups).toEqual([]);
  });

  test('two people let it go, and the evidence says so', async () => {
    const { standIn, desk } = await open([ann]);
    const input = { ...stepFor(ann), lastAdministratorReleased: true };
    const report = await runStep(desk, 'disableAccounts', input);
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report.evidence).toMatchObject([{ outcome: 'done' }, { outcome: 'released' }]);
    expect(isEnabled(standIn, ann)).toBe(false);
  });

  test('two who leave together do not take each other for the one who stays', async () => {
    const { standIn, desk } = await open([ann, ben]);
    // Every answer is late, so that both would have looked before either wrote.
    standIn.faults.add({ kind: 'slow', method: 'GET', milliseconds: 100, times: 50 });
    const reports = await Promise.all([ann, ben].map((one) => runStep(desk, 'disableAccounts', stepFor(one))));
    expect(reports.map(({ parked }) => parked?.reason).sort()).toEqual(['last-administrator', undefined]);
    expect([ann, ben].filter((one) => isEnabled(standIn, one) === true)).toHaveLength(1);
  });

  test('a target that does not tell members says so, and holds nobody up', async () => {
    const { standIn, desk } = await open([ann]);
    const { members: _none, ...connector } = desk.connector;
    const report = await runStep({ ...desk, connector: connector }, 'disableAccounts', stepFor(ann));
    expect(report.parked).toBeUndefined();
    expect(report.handOver).toEqual([expect.stringMatching(/^administrators: .* A? ?person|person makes sure/)]);
    expect(report.evidence).toMatchObject([{ outcome: 'done' }, { outcome: 'unsupported' }]);
    expect(isEnabled(standIn, ann)).toBe(false);
    const findings = await administratorFindings({ ...desk, connector: connector });
    expect(findings).toMatchObject([{ state: 'failed', detail: expect.stringContaining('does not tell') }]);
  });

  test('what the account holds is asked of the groups when it does not show it', async () => {
    const { desk } = await open([ann]);
    const blind = { ...desk, connector: { ...desk.connector, listGrants: hidden } };
    expect((await runStep(blind, 'disableAccounts', stepFor(ann))).parked?.reason).toBe('last-administrator');
    const other = await open([ann, outsider]);
    const alsoBlind = { ...other.desk, connector: { ...other.desk.connector, listGrants: hidden } };
    expect((await runStep(alsoBlind, 'disableAccounts', stepFor(outsider))).parked).toBeUndefined();
  });

  test('the dry run and the check tell it beforehand', async () => {
    const { desk } = await open([ann]);
    const plan = await runStep(desk, 'planTarget', stepFor(ann));
    expect(plan).toMatchObject({ outcome: 'needs-person', parked: { reason: 'last-administrator' } });
    expect(await administratorFindings(desk)).toMatchObject([
      { name: `administrators ${admins}`, state: 'proven', detail: expect.stringContaining(ann.username) },
    ]);
    const { desk: misspelt } = await open([ann], { adminGroups: ['Vault Admin'] });
    expect(await administratorFindings(misspelt)).toMatchObject([{ state: 'failed' }]);
  });
});

async function hidden(): Promise<never> {
  throw new Unobservable('not shown', { target: 'under-test', operation: 'list grants' });
}

async function administratorFindings(desk: TargetDesk) {
  const { findings } = await runStep(desk, 'checkTarget', { target: desk.id });
  return findings.filter(({ name }) => name.startsWith('administrators'));
}
