import type { DesiredAccount } from '../../domain/access';
import type { ProvisionInput } from '../../domain/provisioning';
import type { SeedPerson } from '../../sandbox';
import { StepBench, type BenchOptions } from './step-bench';
import type { StandInType } from '../../sandbox';

const neighbour: SeedPerson = {
  ...{ id: 'e10420', username: 'joanna', email: 'joanna@acme.test', displayName: 'Joanna', groups: ['Operators'] },
  sessions: 0,
};
const annaThere: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', givenName: 'Anna', familyName: 'Eriksen' },
  ...{ displayName: 'Anna Eriksen', groups: ['Operators'], sessions: 0 },
};

function desired(username: string, attributes: Readonly<Record<string, unknown>> = {}): DesiredAccount {
  return { target: 'under-test', username, attributes, grants: [], because: ['everybody'] };
}

const families: readonly {
  readonly type: StandInType;
  readonly options?: Partial<BenchOptions<StandInType>>;
  readonly password: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}[] = [
  { type: 'beyondtrust-rest', password: true, attributes: { account_type: 'local' } },
  {
    type: 'cyberark-privilege-cloud',
    password: true,
    attributes: {
      userType: 'EPVUser',
      location: '\\Users',
      authenticationMethod: ['AuthTypePass'],
      changePassOnNextLogon: true,
    },
  },
  { type: 'cyberark-identity-scim', password: true, attributes: {} },
  { type: 'delinea-rest', password: false, attributes: {} },
  { type: 'beyond-identity', password: false, attributes: {} },
];

let bench: StepBench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function start(type: StandInType, people: readonly SeedPerson[], more: Partial<BenchOptions<StandInType>> = {}) {
  bench = await StepBench.start({ type, ...more, standIn: { people, ...more.standIn } });
  return bench;
}
function provision(
  of: StepBench,
  wanted: readonly DesiredAccount[],
  more: Partial<ProvisionInput> = {},
): ProvisionInput {
  return { ...of.input(), desired: wanted, renames: false, purpose: 'joiner', ...more };
}

describe.each(families)('$type', ({ type, password, attributes }) => {
  test('creates, proves, and needs nothing the second time', async () => {
    const bench = await start(type, [neighbour]);
    const input = provision(bench, [desired('aeriksen', attributes)]);
    const first = await bench.run('provisionAccounts', input);
    expect(first).toMatchObject({ outcome: 'done', absentBefore: ['aeriksen'], before: {} });
    expect(first.parked).toBeUndefined();
    expect(first.accounts).toEqual([
      expect.objectContaining({ username: 'aeriksen', serves: 'aeriksen', how: 'created', enabledHere: true }),
    ]);
    expect(first.evidence).toEqual([
      expect.objectContaining({ step: 'provisionAccounts', outcome: 'done', before: 'absent' }),
    ]);
    expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: true, deleted: false });
    const needsPerson = password || type === 'beyond-identity';
    expect((first.handOver ?? []).join()).toMatch(needsPerson ? /aeriksen.*(initial password|passkey)/ : /^$/);
    const written = bench.writes.length;
    const again = await bench.run('provisionAccounts', { ...input, known: first.accounts });
    expect(again).toMatchObject({ outcome: 'already', accounts: first.accounts });
    expect(bench.writes).toHaveLength(written);
  });

  test.each(['reply-lost', 'error-after-commit'] as const)(
    '%s at the creation makes no second account',
    async (kind) => {
      const bench = await start(type, [neighbour]);
      bench.standIn.faults.add({ kind, method: 'POST', path: '^/([Uu]sers|identities)' });
      const before = bench.standIn.accounts().length;
      const report = await bench.run('provisionAccounts', provision(bench, [desired('aeriksen', attributes)]));
      expect(bench.standIn.requests.map(({ fault }) => fault)).toContain(kind);
      expect(report).toMatchObject({ outcome: 'done-on-retry', absentBefore: ['aeriksen'] });
      expect(report.accounts).toEqual([expect.objectContaining({ how: 'created', enabledHere: true })]);
      expect(bench.standIn.accounts()).toHaveLength(before + 1);
    },
  );

  test('adopts, mends what differs, enables, and keeps how it was', async () => {
    const bench = await start(type, [
      neighbour,
      { ...annaThere, enabled: false, displayName: 'Ann Old', givenName: 'Ann', familyName: 'Old' },
    ]);
    const report = await bench.run('provisionAccounts', provision(bench, [desired('aeriksen')]));
    expect(report).toMatchObject({ outcome: 'done' });
    const [account] = report.accounts;
    expect(account).toMatchObject({ how: 'adopted', enabledHere: true });
    expect(report.before[account?.id ?? '']).toMatchObject({ account: { enabled: false } });
    expect(Object.values(report.before[account?.id ?? '']?.attributes ?? {}).length).toBeGreaterThan(0);
    expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: true, groups: ['Operators'] });
    expect(report.evidence[0]?.data).toMatchObject({
      how: 'adopted',
      changed: expect.arrayContaining([expect.objectContaining({ to: expect.anything() })]),
    });
  });

  test('mode observe says what it would do and writes nothing', async () => {
    const bench = await start(type, [neighbour]);
    const report = await bench.run(
      'provisionAccounts',
      provision(bench, [desired('aeriksen', attributes)], { mode: 'observe' }),
    );
    expect(report).toMatchObject({ outcome: 'observed', detail: 'mode observe: would create aeriksen', accounts: [] });
    expect(bench.writes).toEqual([]);
  });
});
