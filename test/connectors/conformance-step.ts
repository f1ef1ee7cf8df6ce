import { setTimeout as wait } from 'node:timers/promises';
import type { Drain } from '../../connectors/connector';
import { anna, crowd, everyPage, keysFor, neighbour, type Suite } from './conformance';

/** What each step does when nothing goes wrong, and when it is done twice. */
export function describeSteps({ bench, expects, type }: Suite): void {
  test('finds exactly the accounts that the keys name, case aside', async () => {
    const { connector, call, asked } = await bench();
    expect(asked).toBe(0);
    const search = await connector.findAccounts(keysFor(anna.username, 'anna-adm', 'nobody@acme.test'), call);
    const names = search.found.map(({ account }) => account.username.toLowerCase()).sort();
    expect(names).toEqual(['anna-adm', anna.username]);
    expect(search.tried).toContain('username=nobody@acme.test');
    const shouted = await connector.findAccounts(keysFor(anna.username.toUpperCase()), call);
    expect(shouted.found).toHaveLength(1);
    const { found } = await connector.findAccounts(keysFor('nobody@acme.test'), call);
    expect(found).toEqual([]);
  });

  test('names every key that it cannot search by', async () => {
    const { connector, call } = await bench();
    const keys = { externalId: ['e1042'], username: [anna.username], email: [anna.email] };
    const { notSearchable } = await connector.findAccounts(keys, call);
    const { searchableBy } = connector.abilities;
    expect([...notSearchable].sort()).toEqual(
      ['email', 'externalId', 'username'].filter((name) => !searchableBy.some((one) => one === name)),
    );
  });

  test('an id that nobody has is no account, and no error', async () => {
    const { connector, call } = await bench();
    expect(await connector.getAccount(expects.unknownId, call)).toBeUndefined();
  });

  test('disables once, and finds it done the second time without a write', async () => {
    const { connector, call, account, truth } = await bench();
    const before = await account();
    expect(before.enabled).toBe(true);
    const first = await connector.setAccountEnabled(before, false, call);
    expect(first).toMatchObject({ change: 'done', after: { id: before.id, enabled: false } });
    expect(truth().enabled).toBe(false);
    expect(truth(neighbour.username).enabled).toBe(true);
    const writes = call.writes.length;
    expect(writes).toBeGreaterThan(0);
    expect(await connector.setAccountEnabled(await account(), false, call)).toMatchObject({ change: 'already' });
    expect(call.writes).toHaveLength(writes);
    expect(truth().groups).toEqual(expect.arrayContaining(anna.groups as string[]));
    expect(await connector.setAccountEnabled(first.after, true, call)).toMatchObject({
      ...{ change: 'done', after: { enabled: true } },
    });
    expect(truth().enabled).toBe(true);
  });

  test('takes every grant away, from this account only', async () => {
    const { connector, call, account, truth, revocable } = await bench();
    const held = await revocable(await account());
    expect(new Set(held.map(({ entitlement }) => entitlement.kind))).toEqual(new Set(expects.grants));
    if (expects.grants.includes('group'))
      expect(held.map(({ entitlement }) => entitlement.name)).toEqual(expect.arrayContaining(anna.groups as string[]));
    const results = await connector.revoke(await account(), held, call);
    expect(results.map(({ grant, change }) => [grant, change])).toEqual(held.map((grant) => [grant, 'done']));
    expect(await revocable(await account())).toEqual([]);
    const others = truth(neighbour.username);
    if (expects.grants.includes('group')) expect(truth().groups).toEqual([]);
    expect(others.groups).toEqual(expect.arrayContaining(neighbour.groups as string[]));
    const again = await connector.revoke(await account(), held, call);
    expect(again.map(({ change }) => change)).toEqual(held.map(() => (expects.blindRemoval ? 'done' : 'already')));
  });

  test('gives a group, once', async () => {
    if (!expects.grants.includes('group')) return;
    const { connector, call, account, truth, revocable } = await bench();
    const [first, ...others] = (await revocable(await account())).filter(
      ({ entitlement }) => entitlement.kind === 'group',
    );
    if (first === undefined) throw new Error(`${type}: Anna holds no group`);
    await connector.revoke(await account(), [first], call);
    expect(truth().groups).not.toContain(first.entitlement.name);
    expect(truth().groups).toEqual(expect.arrayContaining(others.flatMap(({ entitlement }) => entitlement.name ?? [])));
    expect(await connector.grant(await account(), first.entitlement, call)).toBe('done');
    expect(truth().groups).toContain(first.entitlement.name);
    expect(await connector.grant(await account(), first.entitlement, call)).toBe('already');
  });

  test('deletes, proves it, and finds it done the second time', async () => {
    const { connector, call, account, truth } = await bench();
    const target = await account();
    await connector.setAccountEnabled(target, false, call);
    const gone = expects.deletion === 'permanent';
    const proof = gone ? 'gone' : 'only-disabled';
    expect(connector.abilities.deletion).toBe(expects.deletion);
    expect(await connector.deleteAccount(target, call)).toMatchObject({ proof, ...(gone && { change: 'done' }) });
    expect(truth().deleted).toBe(gone);
    expect(truth().enabled).toBe(false);
    expect(truth(neighbour.username)).toMatchObject({ deleted: false, enabled: true });
    expect(await connector.deleteAccount(target, call)).toEqual({ change: 'already', proof });
    if (gone) expect(await connector.getAccount(target.id, call)).toBeUndefined();
  });

  test('drains what lives on, and names what it cannot reach', async () => {
    const { connector, call, account } = await bench();
    const target = await account();
    for (const kind of ['sessions', 'checkouts', 'credentials'] as const) {
      const drain = connector[kind];
      expect([kind, drain !== undefined]).toEqual([kind, expects.drains.includes(kind)]);
      if (drain !== undefined) await drainAll(drain);
      else if (kind === 'sessions') expect(connector.abilities.unsupported[kind]).toMatch(/person/i);
    }

    async function drainAll(drain: Drain): Promise<void> {
      const live = await drain.list(target, call);
      expect(live.length).toBeGreaterThan(0);
      for (const one of live) expect((await drain.end(one, target, call)).change).not.toBe('refused');
      for (let left = live.length; left > 0; left = (await drain.list(target, call)).length) await wait(50);
      for (const one of live) expect((await drain.end(one, target, call)).change).not.toBe('refused');
    }
  });

  test('lists everybody once, over all pages', async () => {
    const people = [...crowd(230), neighbour, anna];
    const { connector, call, standIn } = await bench({ people });
    const listed = await everyPage((after) => connector.listAccounts(after, call));
    const ids = listed.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(
      standIn
        .accounts()
        .map(({ id }) => id)
        .sort(),
    );
  });

  test('stays within its requests', async () => {
    const { connector, call, standIn, revocable, account } = await bench();
    await connector.getAccount(expects.unknownId, call);
    const counted = async (work: () => Promise<unknown>): Promise<number> => {
      const before = standIn.requests.length;
      await work();
      return standIn.requests.length - before;
    };
    const find = await counted(() => account());
    const target = await account();
    const disable = await counted(() => connector.setAccountEnabled(target, false, call));
    const fresh = await account();
    const strip = await counted(async () => connector.revoke(fresh, await revocable(fresh), call));
    const within = (name: 'find' | 'disable' | 'strip', seen: number) => [name, Math.max(seen, expects.requests[name])];
    expect([within('find', find), within('disable', disable), within('strip', strip)]).toEqual(
      (['find', 'disable', 'strip'] as const).map((name) => [name, expects.requests[name]]),
    );
  });

  test('check proves what it says and changes nothing', async () => {
    const { connector, call, standIn } = await bench({ clockSkewSeconds: 120 });
    const { findings, clockSkewMs } = await connector.check(call);
    expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(findings.find(({ name }) => name === 'authentication')).toMatchObject({ state: 'proven' });
    expect(Math.round((clockSkewMs ?? 0) / 10_000)).toBe(12);
    expect(standIn.requests.filter(({ write }) => write)).toEqual([]);
  });
}
