import type { NewAccount } from '../../connectors/connector';
import { anna, failureOf, keysFor, neighbour, type Bench, type Suite } from './conformance';

/** A new account as a joiner asks for it, with the password that the vendor wants. */
function newAccount({ connector }: Bench, more: Partial<NewAccount> = {}): NewAccount {
  const wanted: NewAccount = {
    ...{ username: 'grace.hopper@acme.test', email: 'grace.hopper@acme.test', externalId: 'e7001' },
    ...{ displayName: 'Grace Hopper', givenName: 'Grace', familyName: 'Hopper' },
    ...more,
  };
  const { password } = connector.firstSignIn(wanted);
  return { ...wanted, ...(password !== undefined && { initialPassword: password() }) };
}

/** What joiners and movers rely on: creation, renaming, attributes, grants. */
export function describeCreation({ bench, expects }: Suite): void {
  test('creates an account that can be found, is enabled, and holds what was asked for', async () => {
    const at = await bench();
    const { connector, call, standIn } = at;
    const wanted = newAccount(at);
    const made = await connector.createAccount(wanted, call);
    expect(made).toMatchObject({ username: wanted.username, enabled: true });
    if (connector.abilities.keeps.includes('externalId')) expect(made.externalId).toBe('e7001');
    expect(standIn.account(wanted.username)).toMatchObject({ id: made.id, enabled: true, deleted: false, groups: [] });
    const { found } = await connector.findAccounts(keysFor(wanted.username), call);
    expect(found.map(({ account }) => account.id)).toEqual([made.id]);
    const { keeps } = connector.abilities;
    const told = Object.fromEntries(
      Object.entries(wanted).filter(([name]) => (keeps as readonly string[]).includes(name)),
    );
    expect(await connector.compareAccount(made, told, call)).toEqual([]);
  });

  test('a user name that is taken is a conflict, whoever has it, and nothing changes', async () => {
    const at = await bench();
    const { connector, call, standIn, truth } = at;
    const before = standIn.accounts().length;
    const error = await failureOf(
      connector.createAccount(newAccount(at, { username: anna.username, email: 'x@acme.test' }), call),
    );
    expect(error.name).toBe('VendorConflict');
    expect(standIn.accounts()).toHaveLength(before);
    expect(truth()).toMatchObject({ enabled: true });
  });

  test.each(['reply-lost', 'error-after-commit'] as const)(
    '%s after a creation: found afterwards, and not made twice',
    async (kind) => {
      const at = await bench();
      const { connector, call, standIn, fail } = at;
      const before = standIn.accounts().length;
      fail(kind, { method: 'POST' });
      expect((await failureOf(connector.createAccount(newAccount(at), call))).name).toBe('VendorUnavailable');
      const { found } = await connector.findAccounts(keysFor('grace.hopper@acme.test'), call);
      expect(found).toHaveLength(1);
      expect((await failureOf(connector.createAccount(newAccount(at), call))).name).toBe('VendorConflict');
      expect(standIn.accounts()).toHaveLength(before + 1);
    },
  );

  test('a creation that is accepted and not made is no success', async () => {
    const at = await bench();
    const { connector, call, standIn, fail } = at;
    const before = standIn.accounts().length;
    fail('no-effect', { method: 'POST' });
    const { name } = await failureOf(connector.createAccount(newAccount(at), call));
    expect(['VendorIgnoredWrite', 'VendorConflict']).toContain(name);
    expect(standIn.accounts()).toHaveLength(before);
  });

  test('renames, and everything else stays', async () => {
    const { connector, call, account, truth, standIn } = await bench();
    const before = truth();
    const target = await account();
    const username = 'anna.hansen@acme.test';
    expect(await connector.compareAccount(target, { username }, call)).toEqual([
      expect.objectContaining({ from: anna.username, to: username }),
    ]);
    const { change, after } = await connector.updateAccount(target, { username }, call);
    expect([change, after.id, after.username]).toEqual(['done', target.id, username]);
    expect(standIn.account(username)).toMatchObject({ ...before, username });
    expect((await connector.findAccounts(keysFor(anna.username), call)).found).toEqual([]);
    expect(await connector.updateAccount(after, { username }, call)).toMatchObject({ change: 'already' });
    expect(await connector.compareAccount(await account(username), { username }, call)).toEqual([]);
  });

  test('a name that somebody else has is refused, and nothing changes', async () => {
    const { connector, call, account, truth } = await bench();
    const before = [truth(), truth(neighbour.username)];
    const error = await failureOf(connector.updateAccount(await account(), { username: neighbour.username }, call));
    expect(['VendorConflict', 'VendorRejected']).toContain(error.name);
    expect([truth(), truth(neighbour.username)]).toEqual(before);
  });

  test('changes what differs, once, and nothing else: memberships, state and the other fields stay', async () => {
    const { connector, call, account, truth } = await bench();
    const before = truth();
    const target = await account();
    const changes = { email: 'anna.hansen@acme.test' };
    expect(await connector.compareAccount(target, changes, call)).toHaveLength(1);
    const written = await connector.updateAccount(target, changes, call);
    expect(written).toMatchObject({ change: 'done', after: { ...changes, id: target.id, enabled: true } });
    expect(written.after.displayName).toBe(target.displayName);
    expect(truth()).toEqual(before);
    const fresh = await account();
    expect(await connector.compareAccount(fresh, changes, call)).toEqual([]);
    expect(await connector.updateAccount(fresh, changes, call)).toMatchObject({ change: 'already' });
  });

  test.each(['reply-lost', 'error-after-commit'] as const)('%s while a grant is given heals', async (kind) => {
    const { connector, call, account, revocable, fail, standIn } = await bench();
    const held = await revocable(await account());
    const kinds = expects.grants.filter((one) => connector.abilities.notGranted?.[one] === undefined);
    for (const what of kinds.filter((one) => one !== 'group' || expects.groupsBeside !== true)) {
      const first = held.find(({ entitlement }) => entitlement.kind === what);
      if (first === undefined) throw new Error(`Anna holds no ${what}`);
      await connector.revoke(await account(), [first], call);
      const hits = () => standIn.requests.filter(({ fault }) => fault === kind).length;
      const before = hits();
      fail(kind);
      await connector.grant(await account(), first.entitlement, call).catch(() => undefined);
      expect(hits()).toBe(before + 1);
      expect(['done', 'already']).toContain(await connector.grant(await account(), first.entitlement, call));
      const after = await revocable(await account());
      expect(new Set(after.map(({ entitlement }) => entitlement.id))).toEqual(
        new Set(held.map(({ entitlement }) => entitlement.id)),
      );
    }
  });

  test('a group that does not exist is refused, and nothing changes', async () => {
    if (!expects.grants.includes('group')) return;
    const { connector, call, account, truth } = await bench();
    const before = truth();
    const unknown = { kind: 'group', id: expects.unknownId, name: 'Nowhere' };
    const { name } = await failureOf(connector.grant(await account(), unknown, call));
    expect(['VendorRejected', 'VendorConflict']).toContain(name);
    expect(truth()).toEqual(before);
  });

  test('says what the person needs to sign in, and makes passwords that the vendor takes', async () => {
    const at = await bench();
    const { connector } = at;
    const { password, handOver } = connector.firstSignIn(newAccount(at));
    if (password === undefined) return;
    expect(handOver).toMatch(/initial password/);
    const made = Array.from({ length: 200 }, () => password());
    expect(new Set(made).size).toBe(200);
    for (const one of made) {
      expect(one.length).toBeGreaterThanOrEqual(12);
      expect(one.length).toBeLessThanOrEqual(39);
      for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[!#*\-_.]/]) expect(one).toMatch(kind);
      expect(one).toMatch(/^[\w!#*.-]+$/);
    }
  });
}
