import { anna, crowd, failureOf, neighbour } from '../conformance';
import type { SeedPerson } from '../../../sandbox/core';
import { bareServer } from './bare-server';
import { groupsOf, rig } from './rig';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
const started = async (given: Parameters<typeof rig>[0] = {}) => {
  const made = await rig({ ...given, dialect: { usersShowGroups: false, emptyMembers: 'omitted', ...given.dialect } });
  running.push(made.standIn);
  return made;
};
const silent = { kind: 'missing-field', field: 'members', path: '^/Groups', times: 9 } as const;
/** In a group of their own, which is empty when they have left it. */
const alone: SeedPerson = { ...anna, extraUsernames: [], groups: ['Solo'] };

describe('groups that show no members, on a server whose users show no groups', () => {
  test('are empty where another group shows some', async () => {
    const { connector, call, account, standIn } = await started({ people: [neighbour, alone] });
    const target = await account();
    const held = await connector.listGrants(target, call);
    expect(groupsOf(held)).toEqual(['Solo']);
    expect((await connector.revoke(target, held, call)).map(({ change }) => change)).toEqual(['done']);
    expect(standIn.account(alone.username)?.groups).toEqual([]);
    expect(await connector.listGrants(await account(), call)).toEqual([]);
    expect((await connector.revoke(await account(), held, call)).map(({ change }) => change)).toEqual(['already']);
  });

  test('are empty when the last member of all has left, and stay so', async () => {
    const { connector, call, account } = await started({ people: [...crowd(2), alone] });
    const target = await account();
    const held = await connector.listGrants(target, call);
    expect((await connector.revoke(target, held, call)).map(({ change }) => change)).toEqual(['done']);
    expect(await connector.listGrants(await account(), call)).toEqual([]);
  });

  test('are nothing to report to whoever checks, where others show members', async () => {
    const { connector, call, account, standIn } = await started({ people: [neighbour, alone] });
    const target = await account();
    await connector.revoke(target, await connector.listGrants(target, call), call);
    const found = async () => (await connector.check(call)).findings.find(({ name }) => name === 'memberships visible');
    expect(await found()).toBeUndefined();
    standIn.faults.add(silent);
    expect(await found()).toMatchObject({ state: 'unknown' });
  });

  test('are unknown where no group ever showed any', async () => {
    const { connector, call, account, standIn } = await started();
    standIn.faults.add(silent);
    const { name, message } = await failureOf(connector.listGrants(await account(), call));
    expect([name, message]).toEqual(['Unobservable', expect.stringContaining('omittedMembers')]);
  });

  test('are unknown where all of them fall silent at once: the token may have lost the right', async () => {
    const { connector, call, account, standIn } = await started({ people: [alone] });
    expect(groupsOf(await connector.listGrants(await account(), call))).toEqual(['Solo']);
    standIn.faults.add(silent);
    expect((await failureOf(connector.listGrants(await account(), call))).name).toBe('Unobservable');
  });
});

test('a row without groups: the record is asked before memberships count as unknown, and first of all from then on', async () => {
  const user = { id: 'u1', userName: anna.username, active: true };
  const groups = [{ value: 'g1', display: 'Ops' }];
  const { connector, call, stop, asked } = await bareServer(({ path }) => {
    if (path === '/Users') return [200, { totalResults: 1, Resources: [user] }];
    if (path === '/Groups') return [200, { totalResults: 1, Resources: [{ id: 'g1', displayName: 'Ops' }] }];
    return [200, { ...user, groups }];
  });
  running.push({ stop });
  const grants = async () => {
    const { found } = await connector.findAccounts({ username: [anna.username], externalId: [], email: [] }, call);
    const [match] = found;
    if (match === undefined) throw new Error('Anna is there');
    return groupsOf(await connector.listGrants(match.account, call));
  };
  expect(await grants()).toEqual(['Ops']);
  const search = `GET /Users userName eq "${anna.username}"`;
  expect(asked()).toEqual([search, 'GET /Groups', 'GET /Users/u1']);
  expect(await grants()).toEqual(['Ops']);
  expect(asked()).toEqual([search, 'GET /Users/u1']);
});
