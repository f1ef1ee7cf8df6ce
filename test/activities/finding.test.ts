import { startStandIn, type SeedPerson, type StandIn } from '../../sandbox';
import { openCore, target } from './core';
import { deskOn, knownAt, runStep, stepFor } from './desk';

const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', displayName: 'Anna Eriksen' },
  ...{ groups: ['Operators'], sessions: 0 },
};
const gone = { id: '99999', username: 'aeriksen-adm' };

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});
async function open() {
  const standIn = await startStandIn('cyberark-privilege-cloud', {});
  running.push(standIn);
  standIn.seed([anna]);
  const desk = deskOn(standIn);
  return { standIn, desk, known: await knownAt(desk, 'aeriksen') };
}

describe('a linked account that is out of sight while another one is found', () => {
  const outOfSight = { reason: 'no-account-found', detail: expect.stringContaining('aeriksen-adm (99999)') };

  test('parks, and the other one is contained all the same', async () => {
    const { standIn, desk, known } = await open();
    const report = await runStep(desk, 'disableAccounts', { ...stepFor(anna), links: [known, gone] });
    expect(report).toMatchObject({ outcome: 'done', accounts: [known], parked: outOfSight });
    expect(report.evidence.map(({ outcome }) => outcome)).toEqual(['done', 'no-account-found']);
    expect(standIn.account('aeriksen')?.enabled).toBe(false);
  });

  test('shows in what is observed and in a dry run', async () => {
    const { desk, known } = await open();
    const input = { ...stepFor(anna), links: [known, gone] };
    const observed = await runStep(desk, 'disableAccounts', { ...input, mode: 'observe' });
    expect(observed).toMatchObject({ outcome: 'observed', parked: outOfSight });
    expect(await runStep(desk, 'planTarget', input)).toMatchObject({ outcome: 'needs-person', parked: outOfSight });
  });

  test('is nothing to a mover that means other accounts, nor to the last look', async () => {
    const { desk, known } = await open();
    const input = { ...stepFor(anna), links: [known, gone] };
    const moved = await runStep(desk, 'disableAccounts', { ...input, onlyUsernames: ['aeriksen'] });
    expect(moved).toMatchObject({ outcome: 'done' });
    expect(moved.parked).toBeUndefined();
    const left = { ...input, accounts: [known], undone: ['strip'] as const };
    const sessions = { poll: 'PT0.05S', quiet: 'PT0S', deadline: 'PT1H' };
    expect(await runStep(desk, 'drainSessions', { ...left, sessions })).toMatchObject({ outcome: 'clean' });
  });
});

test('an account that policy gives no more and that nobody ever had is not asked for by the name of another', async () => {
  const { desk, known } = await open();
  const input = { ...stepFor(anna), links: [known], onlyUsernames: ['aeriksen-adm'] };
  const report = await runStep(desk, 'disableAccounts', input);
  expect(report).toMatchObject({ outcome: 'no-account-found', accounts: [] });
  expect(report.parked).toBeUndefined();
});

test.each(['delinea-scim', 'cyberark-identity-scim'] as const)(
  'what an operator gave to another person is touched by nobody, whatever key leads there: %s',
  async (type) => {
    const standIn = await startStandIn(type, {});
    running.push(standIn);
    standIn.seed([{ ...anna, username: 'pam-admin7' }]);
    const desk = deskOn(standIn);
    const { id = '' } = standIn.account('pam-admin7') ?? {};
    const core = await openCore({ settings: { targets: [{ ...target, correlation: desk.correlation }] } });
    const link = { personId: 'e2000', targetId: target.id, accountId: id, username: id, system: target.system };
    await core.store.links.link({ ...link, origin: 'operator', recordedAt: '2026-01-01T00:00:00Z' });
    const { person, ...step } = stepFor(anna);
    const [assigned] = await core.run('leaver:e1042', 'assignTargets', { person });
    await core.store.close();
    expect(assigned?.linkedToOthers).toEqual([id]);
    const report = await runStep(desk, 'disableAccounts', { ...step, ...assigned, person });
    expect(report.parked).toMatchObject({
      reason: 'ambiguous',
      detail: expect.stringContaining('linked to somebody else'),
    });
    expect(standIn.account('pam-admin7')).toMatchObject({ enabled: true, groups: ['Operators'] });
  },
);
