import type { Connector } from '../../../connectors/connector';
import type { Account, Grant } from '../../../domain/account';
import type { StandIn } from '../../../sandbox/core';
import { startDelineaRest, type DelineaRestOptions } from '../../../sandbox/delinea-rest';
import { startDelineaScim } from '../../../sandbox/delinea-scim';
import { aCall, anna, asked, connect, keysFor, secret } from './rig';

type Rest = Awaited<ReturnType<typeof startDelineaRest>>;
const running: StandIn[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function start(options: DelineaRestOptions = {}): Promise<{ readonly rest: Rest; readonly scim: StandIn }> {
  const rest = await startDelineaRest({ people: [anna], ...options });
  const scim = await startDelineaScim({ tenant: rest.tenant });
  running.push(rest, scim);
  return { rest, scim };
}

function connectBoth({ rest, scim }: { readonly rest: Rest; readonly scim: StandIn }): Connector {
  return connect(rest, { scim: { baseUrl: scim.baseUrl, auth: { token: secret(scim.auth['token'] ?? '') } } });
}

async function annaIn(delinea: Connector, call = aCall()): Promise<Account> {
  return (await delinea.findAccounts(keysFor(anna.username), call)).found[0]!.account;
}
const names = (grants: readonly Grant[]) =>
  grants.map(({ entitlement }) => `${entitlement.kind} ${entitlement.name}`).sort();

test('strips roles over REST and groups over SCIM, and reads both back', async () => {
  const both = await start();
  const delinea = connectBoth(both);
  expect(delinea.abilities).toMatchObject({ grants: ['role', 'group'] });
  expect(delinea.abilities.unsupported).not.toHaveProperty('group');
  const call = aCall();
  const account = await delinea.getAccount((await annaIn(delinea)).id, call);
  const held = await delinea.listGrants(account!, call);
  expect(names(held)).toEqual(['group Unix Admins', 'group Vault Users', 'role User', 'role Vault Admin']);
  const results = await delinea.revoke(account!, held, call);
  expect(results).toEqual(held.map((grant) => ({ grant, change: 'done' })));
  expect(both.rest.account(anna.username)).toMatchObject({ roles: [], groups: [], enabled: true });
  expect(await delinea.listGrants(account!, call)).toEqual([]);
  expect(await delinea.revoke(account!, held, aCall())).toEqual(held.map((grant) => ({ grant, change: 'already' })));
});

test('makes no more requests for a strip than its reads, its writes and its proofs', async () => {
  const both = await start({ filterIgnoredEvery: 0 });
  const delinea = connectBoth(both);
  const { id } = await annaIn(delinea);
  const before = [both.rest.requests.length, both.scim.requests.length];
  const call = aCall();
  const account = await delinea.getAccount(id, call);
  await delinea.revoke(account!, await delinea.listGrants(account!, call), call);
  const user = `/users/${id}`;
  expect(asked(both.rest).slice(-3)).toEqual([`GET ${user}`, `PATCH ${user}`, `GET ${user}`]);
  expect(both.scim.requests.slice(before[1]).map(({ method, path }) => `${method} ${path.split('/')[1]}`)).toEqual([
    ...['GET Users', 'PATCH Groups', 'PATCH Groups', 'GET Users'],
  ]);
});

test('takes away only what it was given', async () => {
  const both = await start();
  const delinea = connectBoth(both);
  const account = await annaIn(delinea);
  const some = (await delinea.listGrants(account, aCall())).filter(({ entitlement }) =>
    /Admin/.test(entitlement.name ?? ''),
  );
  await delinea.revoke(account, some, aCall());
  expect(both.rest.account(anna.username)).toMatchObject({ roles: ['User'], groups: ['Vault Users'] });
});

test('without SCIM groups are unsupported, said with what a person must do, and roles still go', async () => {
  const { rest } = await start();
  const delinea = connect(rest);
  expect(delinea.abilities).toMatchObject({
    grants: ['role'],
    unsupported: { group: expect.stringMatching(/a person takes the user out/) },
  });
  const account = await annaIn(delinea);
  // The record shows the groups all the same; only what can be taken away counts as a grant.
  expect(names(account.grants ?? [])).toEqual([
    'group Unix Admins',
    'group Vault Users',
    'role User',
    'role Vault Admin',
  ]);
  const held = await delinea.listGrants(account, aCall());
  expect(names(held)).toEqual(['role User', 'role Vault Admin']);
  await delinea.revoke(account, held, aCall());
  expect(rest.account(anna.username)).toMatchObject({ roles: [], groups: anna.groups });
  const group = { entitlement: { kind: 'group', id: 'g1' } };
  expect(await delinea.revoke(account, [group], aCall())).toEqual([
    { grant: group, change: 'refused', reason: expect.any(String) },
  ]);
  await expect(delinea.grant(account, group.entitlement, aCall())).rejects.toMatchObject({ name: 'VendorRejected' });
  await expect(delinea.listEntitlements(undefined, aCall())).rejects.toMatchObject({ name: 'Unobservable' });
});

test.each(['forbidden', 'not-found'] as const)(
  'a client without the right to roles (%s): refused with the reason, groups go all the same',
  async (roleWrites) => {
    const both = await start({ roleWrites });
    const delinea = connectBoth(both);
    const account = await annaIn(delinea);
    const results = await delinea.revoke(account, await delinea.listGrants(account, aCall()), aCall());
    const roles = results.filter(({ grant }) => grant.entitlement.kind === 'role');
    expect(roles).toHaveLength(2);
    for (const result of roles)
      expect(result).toMatchObject({ change: 'refused', reason: expect.stringContaining('delinea:api:admin') });
    expect(both.rest.account(anna.username)).toMatchObject({ roles: anna.roles, groups: [] });
  },
);

test('a group that Active Directory owns is named and left; the others go', async () => {
  const both = await start({ ownedByDirectory: ['Unix Admins'] });
  const delinea = connectBoth(both);
  const account = await annaIn(delinea);
  const results = await delinea.revoke(account, await delinea.listGrants(account, aCall()), aCall());
  const kept = results.filter(({ change }) => change !== 'done');
  expect(kept).toMatchObject([
    { grant: { entitlement: { name: 'Unix Admins' } }, reason: expect.stringContaining('Active Directory') },
  ]);
  expect(both.rest.account(anna.username)).toMatchObject({ roles: [], groups: ['Unix Admins'] });
});

test('roles that are not shown are unobservable, and groups go all the same', async () => {
  const both = await start({ hiddenFields: ['roles'] });
  const delinea = connectBoth(both);
  const account = await annaIn(delinea);
  await expect(delinea.listGrants(account, aCall())).rejects.toMatchObject({ name: 'Unobservable' });
  const groups = both.rest.tenant.directory
    .groupsOf(account.id)
    .map(({ id, displayName }) => ({ entitlement: { kind: 'group', id, name: displayName } }));
  const role = { entitlement: { kind: 'role', id: 'User' } };
  await expect(delinea.revoke(account, [role, ...groups], aCall())).rejects.toMatchObject({ name: 'Unobservable' });
  expect(both.rest.account(anna.username)?.groups).toEqual([]);
});

test('SCIM is down: the roles are gone already when the step fails', async () => {
  const both = await start();
  const delinea = connectBoth(both);
  const account = await annaIn(delinea);
  const held = await delinea.listGrants(account, aCall());
  both.scim.faults.down();
  await expect(delinea.revoke(account, held, aCall())).rejects.toMatchObject({ name: 'VendorUnavailable' });
  expect(both.rest.account(anna.username)).toMatchObject({ roles: [], groups: anna.groups });
  both.scim.faults.up();
});

test('a removal without effect is not believed, on either surface', async () => {
  const both = await start();
  const delinea = connectBoth(both);
  const account = await annaIn(delinea);
  const held = await delinea.listGrants(account, aCall());
  both.rest.faults.add({ kind: 'no-effect', method: 'PATCH' });
  await expect(delinea.revoke(account, held, aCall())).rejects.toMatchObject({ name: 'VendorIgnoredWrite' });
  expect(both.rest.account(anna.username)).toMatchObject({ roles: anna.roles, groups: [] });
  const again = await delinea.listGrants(account, aCall());
  both.rest.faults.clear();
  await delinea.revoke(account, again, aCall());
  expect(both.rest.account(anna.username)?.roles).toEqual([]);
});

test('a person whom SCIM does not know: the memberships that REST shows are refused, not forgotten', async () => {
  const other = await startDelineaScim({ people: [] });
  running.push(other);
  const { rest } = await start();
  const delinea = connectBoth({ rest, scim: other });
  const account = await annaIn(delinea);
  const held = await delinea.listGrants(account, aCall());
  expect(names(held).filter((one) => one.startsWith('group'))).toHaveLength(2);
  const results = await delinea.revoke(account, held, aCall());
  expect(results.map(({ change }) => change).sort()).toEqual(['done', 'done', 'refused', 'refused']);
});

test('the SCIM target takes the groups away after this one has read the record: gone, not refused', async () => {
  const both = await start();
  const delinea = connectBoth(both);
  const call = aCall();
  const account = await delinea.getAccount((await annaIn(delinea)).id, call);
  const held = await delinea.listGrants(account!, aCall());
  await delinea.revoke(await annaIn(delinea), held, aCall());
  const groups = held.filter(({ entitlement }) => entitlement.kind === 'group');
  expect(await delinea.revoke(account!, groups, call)).toEqual(groups.map((grant) => ({ grant, change: 'already' })));
});

test('they go between the reading of both surfaces and the removal: success either way', async () => {
  const both = await start();
  const delinea = connectBoth(both);
  const call = aCall();
  const account = await delinea.getAccount((await annaIn(delinea)).id, call);
  const held = await delinea.listGrants(account!, call);
  await delinea.revoke(await annaIn(delinea), held, aCall());
  const groups = held.filter(({ entitlement }) => entitlement.kind === 'group');
  // Removing a member who is none is accepted, and afterwards is none: who did it cannot be told.
  for (const { change } of await delinea.revoke(account!, groups, call)) expect(['done', 'already']).toContain(change);
  expect(both.rest.account(anna.username)?.groups).toEqual([]);
});

test('neither surface shows the groups: unobservable', async () => {
  const other = await startDelineaScim({ people: [] });
  running.push(other);
  const { rest } = await start({ hiddenFields: ['groups'] });
  const delinea = connectBoth({ rest, scim: other });
  await expect(delinea.listGrants(await annaIn(delinea), aCall())).rejects.toMatchObject({ name: 'Unobservable' });
});

test('grants a role and a group, once', async () => {
  const both = await start({
    people: [
      { ...anna, roles: [], groups: [] },
      { ...anna, id: 'e2', username: 'ben@acme.test', email: 'ben@acme.test' },
    ],
  });
  const delinea = connectBoth(both);
  const account = await annaIn(delinea);
  const { items } = await delinea.listEntitlements(undefined, aCall());
  const group = items.find(({ name }) => name === 'Unix Admins')!;
  const role = { kind: 'role', id: 'Vault Admin' };
  expect([await delinea.grant(account, role, aCall()), await delinea.grant(account, group, aCall())]).toEqual([
    'done',
    'done',
  ]);
  expect([await delinea.grant(account, role, aCall()), await delinea.grant(account, group, aCall())]).toEqual([
    'already',
    'already',
  ]);
  expect(both.rest.account(anna.username)).toMatchObject({ roles: ['Vault Admin'], groups: ['Unix Admins'] });
});

test('check shows a broken SCIM surface as a finding', async () => {
  const { rest, scim } = await start();
  const delinea = connect(rest, { scim: { baseUrl: scim.baseUrl, auth: { token: secret('wrong') } } });
  const { findings } = await delinea.check(aCall());
  expect(findings.find(({ name }) => name === 'change groups')).toMatchObject({ state: 'failed' });
  expect(JSON.stringify(findings)).not.toContain('wrong');
});
