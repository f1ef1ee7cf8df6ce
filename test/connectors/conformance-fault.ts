import { anna, crowd, everyPage, failureOf, keysFor, neighbour, type Bench, type Suite } from './conformance';

const readFaults = [
  ['throttled', 'VendorThrottled'],
  ['server-error', 'VendorUnavailable'],
  ['malformed-json', 'VendorAnswerInvalid'],
  ['html', 'VendorAnswerInvalid'],
] as const;
const lostReplies = ['reply-lost', 'error-after-commit', 'slow', 'malformed-json', 'html'] as const;
const slow = { milliseconds: 6_000 };
const impatient = () => ({ limits: { requestsPerSecond: 1000, concurrency: 50, timeout: 'PT2S' } });

/** What a vendor's failure becomes, and that the next attempt is right whatever the first one did. */
export function describeFaults({ bench, expects }: Suite): void {
  test.each(readFaults)('%s on a read is %s', async (kind, name) => {
    const { connector, call, fail } = await bench();
    // Twice: where the filter is refused anyway, its answer is not missed, and the next question is the one that counts.
    fail(kind, { method: 'GET', times: 2 });
    const error = await failureOf(connector.findAccounts(keysFor(anna.username), call));
    expect(error.name).toBe(name);
    expect(error.message).toContain('under-test');
    expect(error.message.length).toBeLessThan(500);
  });

  test('a vendor that is down is unavailable, and the next attempt works', async () => {
    const { connector, call, standIn, account } = await bench();
    standIn.faults.down();
    expect((await failureOf(connector.findAccounts(keysFor(anna.username), call))).name).toBe('VendorUnavailable');
    standIn.faults.up();
    expect((await account()).enabled).toBe(true);
  });

  test.each(lostReplies)('%s after the disable: the next attempt finds it done', async (kind) => {
    const { connector, call, account, truth, fail, standIn } = await bench(
      kind === 'slow' ? { target: impatient } : {},
    );
    const target = await account();
    failWrite(fail, kind);
    const error = await failureOf(connector.setAccountEnabled(target, false, call));
    expect(['VendorUnavailable', 'VendorAnswerInvalid']).toContain(error.name);
    expect(truth().enabled).toBe(false);
    standIn.faults.clear();
    const again = await connector.setAccountEnabled(await account(), false, call);
    expect(again.after.enabled).toBe(false);
    expect(truth().enabled).toBe(false);
  });

  test.each(['reply-lost', 'error-after-commit'] as const)('%s while groups are taken away heals', async (kind) => {
    const { connector, call, account, truth, revocable, fail } = await bench();
    const target = await account();
    const held = await revocable(target);
    fail(kind);
    await connector.revoke(target, held, call).catch(() => undefined);
    const left = await revocable(await account());
    const results = await connector.revoke(await account(), held, call);
    for (const { change } of results) expect(['done', 'already']).toContain(change);
    expect(left.length).toBeLessThanOrEqual(held.length);
    if (expects.grants.includes('group')) expect(truth().groups).toEqual([]);
    expect(truth(neighbour.username).groups).toEqual(expect.arrayContaining(neighbour.groups as string[]));
  });

  test.each(['reply-lost', 'error-after-commit'] as const)('%s after the delete heals', async (kind) => {
    const { connector, call, account, truth, fail } = await bench();
    const target = await account();
    fail(kind, { method: 'DELETE' });
    expect((await failureOf(connector.deleteAccount(target, call))).name).toBe('VendorUnavailable');
    const proof = expects.deletion === 'permanent' ? 'gone' : 'only-disabled';
    expect(await connector.deleteAccount(target, call)).toEqual({ change: 'already', proof });
    expect(truth()).toMatchObject(expects.deletion === 'permanent' ? { deleted: true } : { enabled: false });
  });

  test('a yes without effect is no success', async () => {
    const { connector, call, account, truth, revocable, fail, standIn } = await bench();
    const target = await account();
    fail('no-effect');
    expect((await failureOf(connector.setAccountEnabled(target, false, call))).name).toBe('VendorIgnoredWrite');
    expect(truth().enabled).toBe(true);
    const held = await revocable(await account());
    fail('no-effect', { times: 20 });
    expect((await failureOf(connector.revoke(await account(), held, call))).name).toBe('VendorIgnoredWrite');
    expect((await failureOf(connector.deleteAccount(await account(), call))).name).toBe('VendorIgnoredWrite');
    standIn.faults.clear();
    expect(truth()).toMatchObject({ enabled: true, deleted: false });
  });

  test('a missing state is unknown, never disabled, and a disable that cannot be seen is not claimed', async () => {
    const { connector, call, account, fail } = await bench();
    const { id } = await account();
    fail('missing-field', { field: expects.enabledField, times: 50 });
    const seen = await connector.getAccount(id, call);
    expect(seen).toMatchObject({ id });
    expect(seen?.enabled).toBeUndefined();
    if (seen !== undefined)
      expect((await failureOf(connector.setAccountEnabled(seen, false, call))).name).toBe('Unobservable');
  });

  test('missing memberships are unknown, never none', async () => {
    const { connector, call, account, fail } = await bench();
    const { id } = await account();
    for (const fault of expects.membershipFields) fail('missing-field', { ...fault, times: 50 });
    const seen = await connector.getAccount(id, call);
    if (seen === undefined) throw new Error('the account is there');
    expect(seen.grants).toBeUndefined();
    // Where the list itself is what the answer lacks, it is no valid answer.
    const { name } = await failureOf(connector.listGrants(seen, call));
    expect(['Unobservable', 'VendorAnswerInvalid']).toContain(name);
  });

  test('a filter that is ignored finds nobody else, and still the person', async () => {
    if (expects.filter === 'none') return;
    const { connector, call, fail } = await bench({ people: [...crowd(130), neighbour, anna] });
    for (const username of [anna.username, 'nobody@acme.test']) {
      fail('filter-ignored', { times: 50 });
      const { found } = await connector.findAccounts(keysFor(username), call);
      expect(found.map(({ account }) => account.username)).toEqual(username === anna.username ? [username] : []);
    }
  });

  test.each(['clamped-page', 'empty-page', 'duplicate-page'] as const)('%s: whole, or an error', async (kind) => {
    if (expects.paging === 'none') return;
    const { connector, call, fail, standIn } = await bench({ people: [...crowd(230), neighbour, anna] });
    fail(kind);
    const listing = everyPage((after) => connector.listAccounts(after, call));
    const listed = await listing.catch((error: unknown) => error as Error);
    expect(standIn.requests.map(({ fault }) => fault)).toContain(kind);
    if (listed instanceof Error) expect([kind, listed.name]).not.toEqual(['clamped-page', listed.name]);
    if (listed instanceof Error) expect(listed.name).toBe('VendorAnswerInvalid');
    else expect(new Set(listed.map(({ id }) => id)).size).toBe(standIn.accounts().length);
  });

  test('a group that cannot be left is named; the others are left all the same', async () => {
    if (expects.unleavable === undefined) return;
    const { start, group, change } = expects.unleavable;
    const people = [neighbour, { ...anna, groups: [...anna.groups, group] }];
    const { connector, call, account, truth } = await bench({ start, people });
    const target = await account();
    const held = (await connector.listGrants(target, call)).filter(({ entitlement }) => entitlement.kind === 'group');
    const results = await connector.revoke(target, held, call);
    const kept = results.filter((result) => result.change !== 'done');
    expect(kept).toEqual([expect.objectContaining({ change, reason: expect.stringMatching(/\w{4}/) })]);
    expect(kept[0]?.grant.entitlement.name).toBe(group);
    expect(truth().groups).toEqual([group]);
  });
}

/** These two kinds would hit the next read; the first write of whatever method is meant. */
function failWrite(fail: Bench['fail'], kind: (typeof lostReplies)[number]): void {
  if (kind !== 'html' && kind !== 'malformed-json') return fail(kind, slow);
  for (const method of ['PUT', 'PATCH', 'POST']) fail(kind, { method });
}
