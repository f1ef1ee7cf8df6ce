import { startStandIn, type SeedPerson, type StandIn } from '../../sandbox';
import { deskOn, knownAt, runStep, stepFor } from './desk';

const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', groups: ['Operators'] },
  ...{ displayName: 'Anna Eriksen', sessions: 1 },
};

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});

test.each(['observe', 'contain'] as const)(
  'what a flow planned in mode %s, no step oversteps, whatever the worker may',
  async (mode) => {
    const standIn = await startStandIn('cyberark-privilege-cloud', {});
    running.push(standIn);
    standIn.seed([anna]);
    const desk = deskOn(standIn);
    const known = await knownAt(desk, 'aeriksen');
    const input = { ...stepFor(anna), mode, accounts: [known] };
    const steps = [
      () => runStep(desk, 'stripEntitlements', { ...input, before: {} }),
      () => runStep(desk, 'drainSessions', { ...input, sessions: { poll: 'PT1S', quiet: 'PT0S', deadline: 'PT1H' } }),
    ];
    const ended = await Promise.all(steps.map(async (step) => await step().catch((failure: unknown) => failure)));
    const writes = standIn.requests.filter(({ write }) => write).length;
    if (mode === 'contain') return expect(writes).toBeGreaterThan(0);
    expect(ended).toEqual(Array(2).fill(expect.objectContaining({ type: 'ModeForbids', nonRetryable: true })));
    expect(writes).toBe(0);
    expect(standIn.account('aeriksen')?.groups).toEqual(['Operators']);
  },
);
