import type { Progress, StepName, StepProgress } from '../../domain/flow';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const vault = 'cyberark-privilege-cloud';
const platform = 'delinea-rest';
const appliance = 'beyondtrust-rest';
const people = [
  seedPerson('d1'),
  seedPerson('d2'),
  seedPerson('d3', { groups: ['Operators', 'AD Admins'] }),
  seedPerson('d4'),
];
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const correlation = { by: ['externalId', 'username', 'email'], extraUsernames: ['{username}-adm'] };
const targets = { [vault]: { correlation } };
const config = (deadline: string) => ({
  policy: { leaver: { retention: 'PT0S', sessions: { poll: 'PT0.1S', quiet: 'PT2S', deadline } } },
});
/** The late session opens within the quiet period, however slow the machine is: both begin with the disable. */
const lateSessionMs = 1000;

function step(seen: Progress, target: string, name: StepName): StepProgress | undefined {
  return seen.targets.find((one) => one.id === target)?.steps.find((one) => one.name === name);
}

describe('draining sessions', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      types: [vault, platform, appliance],
      people,
      standIns: {
        [vault]: { lateSessionMs, directoryGroups: ['AD Admins'], unterminatable: ['d4@acme.test'] },
        [platform]: { lateSessionMs },
      },
      targets,
      config: config('PT1H'),
    });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const account = (target: string, username: string) => rig.standIn(target).account(username);
  const live = (target: string, username: string) =>
    Object.values(account(target, username)?.live ?? {}).reduce((sum, count) => sum + count, 0);
  const leave = (id: string) => rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
  const drained = async (id: string, target: string) =>
    (await rig.store.evidence.list({ personId: id })).filter(
      (one) => one.step === 'drainSessions' && one.target === target,
    );

  test('a session that opens after the disable is caught; what a target does not offer is never called clean', async () => {
    await leave('d1');
    const report = await rig.ended('d1');
    for (const target of [vault, platform]) {
      expect(live(target, 'd1@acme.test')).toBe(0);
      const [last] = (await drained('d1', target)).slice(-1);
      expect(last).toMatchObject({ outcome: 'clean', detail: '2 ended, none came back' });
    }
    const [unproved] = await drained('d1', appliance);
    expect(unproved).toMatchObject({ outcome: 'unsupported', detail: 'not offered by this target, unproved' });
    expect(JSON.stringify(unproved?.data)).toContain('does not offer live sessions');
    expect(report.exceptions.join()).toContain(`${appliance}: drainSessions unsupported`);
  });

  test('an account that is made meanwhile enters the track', async () => {
    await leave('d2');
    await rig.untilProgress(
      'd2',
      (seen) => step(seen, vault, 'drainSessions')?.outcome === 'running',
      'the vault to drain',
    );
    rig.standIn(vault).seed([seedPerson('d2', { username: 'd2@acme.test-adm' })]);
    await rig.ended('d2');
    expect(account(vault, 'd2@acme.test-adm')).toMatchObject({ enabled: false, groups: [] });
    expect(live(vault, 'd2@acme.test-adm')).toBe(0);
    const outcomes = (await drained('d2', vault)).map((one) => one.outcome);
    expect(outcomes).toEqual(['reopened', 'clean']);
  });

  test('a group that a directory owns is a named exception: asked once, not again and again', async () => {
    await leave('d3');
    const report = await rig.ended('d3');
    expect(report.exceptions.join()).toContain(`${vault}: stripEntitlements owned-by-directory`);
    expect(account(vault, 'd3@acme.test')?.groups).toEqual(['AD Admins']);
    const strips = (await rig.store.evidence.list({ personId: 'd3' })).filter(
      (one) => one.step === 'stripEntitlements' && one.target === vault,
    );
    expect(strips).toHaveLength(1);
  });

  test('past the deadline a session that only a person can end is shown, and clears by itself once it is ended', async () => {
    await rig.stopWorkers();
    await rig.configure({ targets, config: config('PT0.5S') });
    await rig.startWorkers();
    await leave('d4');
    const seen = await rig.untilProgress(
      'd4',
      (one) => step(one, vault, 'drainSessions')?.outcome === 'residual-sessions',
      'residual',
    );
    expect(seen.state).toBe('blocked');
    expect(step(seen, vault, 'drainSessions')?.detail).toContain('a person must end it');
    expect(live(vault, 'd4@acme.test')).toBeGreaterThan(0);
    // Somebody ends both in the vendor's console.
    await rig.until(
      async () => live(vault, 'd4@acme.test'),
      (count) => count === 2,
      'the late session too',
    );
    endAll();
    const report = await rig.ended('d4');
    expect((await drained('d4', vault)).map((one) => one.outcome)).toEqual(['residual-sessions', 'clean']);
    expect(report.exceptions.join()).not.toContain('residual');
  });

  function endAll(): void {
    const standIn = rig.standIn(vault);
    const saved = standIn.save() as { readonly sessions: { readonly sessions: readonly object[] } };
    const sessions = saved.sessions.sessions.map((one) => ({ ...one, endsAt: 1 }));
    standIn.restore({ ...saved, sessions: { ...saved.sessions, sessions } });
  }
});
