import { startBeyondIdentity, type BeyondIdentityOptions } from '../../sandbox/beyond-identity';
import type { SeedPerson, StandIn } from '../../sandbox/core';
import { deskOn, runStep, stepFor } from './desk';

const ann: SeedPerson = {
  ...{ id: 'ann', username: 'ann', email: 'ann@acme.test', displayName: 'Ann' },
  ...{ groups: ['Operators'], roles: ['Auditor'], sessions: 1 },
};

describe('grants of which only some kinds can be seen', () => {
  let standIn: StandIn;
  const strip = async (options: BeyondIdentityOptions) => {
    standIn = await startBeyondIdentity({ people: [ann], ...options });
    const desk = deskOn(standIn);
    const { before, accounts } = await runStep(desk, 'disableAccounts', stepFor(ann));
    return { desk, accounts, report: await runStep(desk, 'stripEntitlements', { ...stepFor(ann), accounts, before }) };
  };
  afterEach(async () => standIn.stop());

  test('what can be seen is taken away, and the step parks for the others', async () => {
    const { report } = await strip({ withheld: ['resource-servers'] });
    expect(standIn.account(ann.username)).toMatchObject({ groups: [], roles: ['Auditor'] });
    expect(report.parked).toMatchObject({ reason: 'unobservable' });
    expect(report.evidence[0]).toMatchObject({ outcome: 'refused' });
    const [removed] = Object.values(report.removed);
    expect(removed?.map(({ entitlement: { name } }) => name)).toEqual(['Operators']);
  });

  test('a realm without roles does not park; that is handed over', async () => {
    const { report } = await strip({ lacks: { 'resource-servers': 404 } });
    expect(report.parked).toBeUndefined();
    expect(report.outcome).toBe('done');
    expect(report.handOver).toEqual(expect.arrayContaining([expect.stringMatching(/^role: .*no roles/)]));
  });

  test('enrolment links that are not listed are handed over by the drain that found it out', async () => {
    const { desk, accounts } = await strip({ lacks: { 'credential-binding-jobs': 404 } });
    const sessions = { poll: 'PT0.01S', quiet: 'PT0S', deadline: 'PT1M' };
    const drain = (on = desk) => runStep(on, 'drainSessions', { ...stepFor(ann), accounts, sessions });
    await expect(drain()).rejects.toMatchObject({ type: 'StillDraining' });
    // A worker that has only just opened the target says so all the same.
    const report = await drain(deskOn(standIn));
    expect(report.outcome).toBe('clean');
    expect(report.handOver).toEqual(expect.arrayContaining([expect.stringMatching(/^credentials: .*unproved/)]));
  });
});
