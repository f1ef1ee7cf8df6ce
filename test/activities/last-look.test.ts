import type { TargetDesk } from '../../activities';
import type { DrainInput } from '../../domain/containment';
import { startStandIn, type SeedPerson, type StandIn, type StandInType } from '../../sandbox';
import { deskOn, knownAt, runStep, stepFor } from './desk';

const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', displayName: 'Anna Eriksen' },
  ...{ groups: ['Operators'], sessions: 0 },
};
const contained: SeedPerson = { ...anna, enabled: false, groups: [] };
/** Found by her e-mail address as a user name, and its own address is somebody else's. */
const doubtful: SeedPerson = {
  ...{ id: 'zz', username: anna.email, email: 'other@acme.test', displayName: 'Other', groups: [], sessions: 0 },
};

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});
async function open(
  people: readonly SeedPerson[],
  type: StandInType = 'cyberark-privilege-cloud',
  extra: Readonly<Record<string, unknown>> = {},
) {
  const standIn = await startStandIn(type, {});
  running.push(standIn);
  standIn.seed(people);
  return { standIn, desk: deskOn(standIn, extra) };
}
async function drain(desk: TargetDesk, more: Partial<DrainInput> = {}) {
  const accounts = more.accounts ?? [await knownAt(desk, 'aeriksen')];
  const sessions = { poll: 'PT0.05S', quiet: 'PT0S', deadline: 'PT1H' };
  return await runStep(desk, 'drainSessions', { ...stepFor(anna), accounts, sessions, ...more });
}

describe('the last look of a drain that ends in doubt', () => {
  test('is not clean: a person decides on the doubtful account', async () => {
    const { desk } = await open([contained, doubtful]);
    const report = await drain(desk);
    expect(report).toMatchObject({ outcome: 'running', evidence: [{ outcome: 'reopened' }] });
    expect(report.reopened).toEqual([expect.stringMatching(/anna\.eriksen@acme\.test .* a person decides$/)]);
  });

  test('sees what came back on the accounts that are known', async () => {
    const { desk } = await open([anna, doubtful]);
    const report = await drain(desk);
    expect(report.reopened).toEqual(['aeriksen is enabled again', expect.stringContaining('a person decides')]);
  });

  test('begins nothing again that a person has skipped or has yet to resolve, and names the doubt', async () => {
    const { desk } = await open([contained, doubtful]);
    const report = await drain(desk, { undone: ['disable'] });
    expect(report.reopened).toBeUndefined();
    expect(report.handOver).toContainEqual(expect.stringContaining('anna.eriksen@acme.test'));
  });

  test('a target that offers no sessions is looked at as well', async () => {
    const { desk } = await open([contained, doubtful], 'delinea-scim');
    expect((await drain(desk)).outcome).toBe('running');
  });
});

test('an account that a person linked and the mover keeps is no doubt', async () => {
  const admin: SeedPerson = { ...doubtful, username: 'aeriksen-adm' };
  const correlation = { by: ['externalId', 'username', 'email'], extraUsernames: ['{username}-adm'] };
  const { desk } = await open([contained, admin], 'cyberark-privilege-cloud', { correlation });
  const [dropped, kept] = [await knownAt(desk, 'aeriksen'), await knownAt(desk, 'aeriksen-adm')];
  const moved = { accounts: [dropped], onlyUsernames: ['aeriksen'] };
  expect(await drain(desk, moved)).toMatchObject({ outcome: 'running' });
  expect(await drain(desk, { ...moved, links: [dropped, kept] })).toMatchObject({ outcome: 'clean' });
});
