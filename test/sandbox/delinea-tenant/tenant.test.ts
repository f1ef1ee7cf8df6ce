import { DelineaTenant } from '../../../sandbox/delinea-tenant';

const anna = {
  id: 'e1',
  username: 'anna@acme.test',
  email: 'anna@acme.test',
  displayName: 'Anna',
  extraUsernames: ['anna-adm@acme.test'],
  groups: ['Vault Users', 'Linux Admins'],
  roles: ['User'],
  sessions: 2,
};

const later = (milliseconds: number) => jest.setSystemTime(Date.now() + milliseconds);

beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
afterEach(() => jest.useRealTimers());

function seeded(options = {}) {
  const tenant = new DelineaTenant({ cleanUpMs: 60_000, terminateMs: 500, ...options });
  tenant.seed([anna]);
  const user = tenant.directory.usersNamed(anna.username)[0];
  if (user === undefined) throw new Error('not seeded');
  return { tenant, user };
}

test('sessions outlive the disable and are cleaned up one after the other', () => {
  const { tenant, user } = seeded();
  tenant.directory.changeUser(user, { active: false });
  expect(tenant.account(anna.username)).toMatchObject({ enabled: false, live: { session: 2 } });
  later(30_001);
  expect(tenant.liveSessions(user.id)).toHaveLength(1);
  later(30_001);
  expect(tenant.liveSessions(user.id)).toHaveLength(0);
  expect(tenant.sessions).toHaveLength(2);
});

test('an order to end a session takes its time', () => {
  const { tenant, user } = seeded();
  for (const session of tenant.liveSessions(user.id)) tenant.terminate(session);
  expect(tenant.liveSessions(user.id)).toHaveLength(2);
  later(501);
  expect(tenant.accounts().map((one) => one.live)).toEqual([{ session: 0 }, { session: 0 }]);
});

test('a live token opens one more session after the disable, and only an order ends that one', () => {
  const { tenant, user } = seeded({ lateSessionMs: 90_000 });
  tenant.directory.changeUser(user, { active: false });
  later(60_001);
  expect(tenant.liveSessions(user.id)).toHaveLength(0);
  later(30_000);
  const [late] = tenant.liveSessions(user.id);
  later(86_400_000);
  expect(tenant.liveSessions(user.id)).toEqual([late]);
  if (late) tenant.terminate(late);
  later(501);
  expect(tenant.liveSessions(user.id)).toHaveLength(0);
});

test('everything comes back from what was saved, due times included', () => {
  const { tenant, user } = seeded({ lateSessionMs: 90_000 });
  tenant.directory.changeUser(user, { active: false });
  const copy = new DelineaTenant();
  copy.restore(JSON.parse(JSON.stringify(tenant.save())));
  expect(copy.accounts()).toEqual(tenant.accounts());
  later(90_001);
  expect(copy.liveSessions(user.id)).toHaveLength(1);
});

test('a removed user leaves the groups and stays visible as deleted', () => {
  const { tenant, user } = seeded();
  tenant.directory.removeUser(user);
  expect(tenant.account(anna.username)).toMatchObject({ enabled: false, deleted: true, groups: anna.groups });
  const group = tenant.directory.groups.find((one) => one.displayName === 'Linux Admins');
  expect(tenant.directory.membersOf(group?.id ?? '').map((one) => one.userName)).toEqual(['anna-adm@acme.test']);
});

test('the members of a group that a directory owns stay as they are', () => {
  const { tenant } = seeded({ ownedByDirectory: ['Linux Admins'] });
  const owned = tenant.directory.groups.find((one) => one.displayName === 'Linux Admins');
  expect(() => owned && tenant.directory.setMembers(owned, [])).toThrow('Active Directory');
});
