import { openConnector } from '../../../connectors/registry';
import { startBeyondTrustScim } from '../../../sandbox/beyondtrust-scim';
import { anna, crowd, failureOf, neighbour } from '../conformance';
import type { SeedPerson } from '../../../sandbox/core';
import { bareServer } from './bare-server';
import { recordedCall, targetAt } from '../stand-in-target';
import { accountOf, groupsOf, rig } from './rig';

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

describe('users that show an empty list of groups', () => {
  const beyondTrust = async (dialect: object, options = {}) => {
    const standIn = await startBeyondTrustScim({ people: [neighbour, alone], dialect });
    running.push(standIn);
    const connector = openConnector(targetAt(standIn, { options }));
    const listings = () => standIn.requests.filter(({ path }) => path === '/Groups').length;
    return { standIn, connector, call: recordedCall(), account: () => accountOf(connector), listings };
  };
  const always = { staticEmptyGroups: true };

  test.each(['shown', 'omitted'])(
    'BeyondTrust: what they hold is seen and taken away, empty groups %s',
    async (emptyMembers) => {
      const { connector, call, account, standIn } = await beyondTrust({ ...always, emptyMembers });
      const target = await account();
      expect(target.grants).toBeUndefined();
      const held = await connector.listGrants(target, call);
      expect(groupsOf(held)).toEqual(['Solo']);
      expect((await connector.revoke(target, held, call)).map(({ change }) => change)).toEqual(['done']);
      expect(standIn.account(alone.username)?.groups).toEqual([]);
      expect(await connector.listGrants(await account(), call)).toEqual([]);
    },
  );

  test('BeyondTrust: are believed where no group ever showed members', async () => {
    const { connector, call, account, standIn } = await beyondTrust({ usersShowGroups: true });
    standIn.faults.add(silent);
    const target = await account();
    expect(groupsOf(await connector.listGrants(target, call))).toEqual(['Solo']);
    await connector.revoke(target, await connector.listGrants(target, call), call);
    expect(await connector.listGrants(await account(), call)).toEqual([]);
    expect(standIn.requests.at(-1)).toMatchObject({ method: 'GET', path: '/Groups', fault: 'missing-field' });
  });

  test('BeyondTrust: are not where groups have shown members, and all fall silent', async () => {
    const { connector, call, account, standIn } = await beyondTrust(always);
    expect(groupsOf(await connector.listGrants(await account(), call))).toEqual(['Solo']);
    standIn.faults.add({ ...silent, field: 'Members' });
    expect((await failureOf(connector.listGrants(await account(), call))).name).toBe('Unobservable');
  });

  test('BeyondTrust: a list that is not empty is not asked about', async () => {
    const { connector, call, account, listings } = await beyondTrust({ usersShowGroups: true });
    expect(groupsOf(await connector.listGrants(await account(), call))).toEqual(['Solo']);
    expect(listings()).toBe(0);
  });

  test('are believed where options say so, and on the types whose users show their groups (vendor-apis 1)', async () => {
    const told = await beyondTrust(always, { emptyGroups: 'none' });
    expect((await told.account()).grants).toEqual([]);
    expect(await told.connector.listGrants(await told.account(), told.call)).toEqual([]);
    expect(told.listings()).toBe(0);
    const delinea = await rig({ people: [{ ...alone, groups: [] }] });
    running.push(delinea.standIn);
    expect(await delinea.connector.listGrants(await delinea.account(), delinea.call)).toEqual([]);
    expect(delinea.standIn.requests.map(({ path }) => path)).not.toContain('/Groups');
  });
});
