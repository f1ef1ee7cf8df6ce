import type { Drain, Live } from '../../../connectors/connector';
import type { Account } from '../../../domain/account';
import { startDelineaRest, type DelineaRestOptions } from '../../../sandbox/delinea-rest';
import { aCall, anna, connect, crowd, keysFor } from './rig';

type Tenant = Awaited<ReturnType<typeof startDelineaRest>>;
let tenant: Tenant | undefined;
async function start(options: DelineaRestOptions = {}): Promise<Tenant> {
  tenant = await startDelineaRest({ people: [anna], terminateMs: 40, ...options });
  return tenant;
}
afterEach(async () => tenant?.stop());

async function opened(standIn: Tenant, options: object = {}) {
  const delinea = connect(standIn, { options });
  const { found } = await delinea.findAccounts(keysFor(anna.username), aCall());
  return { delinea, account: found[0]!.account };
}

/** Asks for the end of everything that is live until the list is empty; what it saw, each once. */
async function drained(sessions: Drain, account: Account): Promise<readonly Live[]> {
  const seen = new Map<string, Live>();
  for (let live = await sessions.list(account, aCall()); ; live = await sessions.list(account, aCall())) {
    if (live.length === 0) return [...seen.values()];
    for (const one of live) {
      seen.set(one.id, one);
      await sessions.end(one, account, aCall());
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('lists the live sessions; an end that was asked for is not an end', async () => {
  const standIn = await start({ terminateMs: 3_600_000 });
  const { delinea, account } = await opened(standIn);
  const live = await delinea.sessions!.list(account, aCall());
  expect(live).toHaveLength(2);
  expect(live[0]).toMatchObject({ kind: 'session', detail: 'active', since: expect.stringMatching(/^\d{4}-/) });
  for (const one of live) expect(await delinea.sessions!.end(one, account, aCall())).toEqual({ change: 'done' });
  expect(await delinea.sessions!.list(account, aCall())).toEqual(live);
});

test('sessions go some time after; what is over already is no error', async () => {
  const standIn = await start();
  const { delinea, account } = await opened(standIn);
  const seen = await drained(delinea.sessions!, account);
  expect(seen).toHaveLength(2);
  expect(standIn.account(anna.username)?.live).toEqual({ session: 0 });
  expect(await delinea.sessions!.end(seen[0]!, account, aCall())).toEqual({ change: 'already' });
  expect(await delinea.sessions!.end({ id: 'never-was', kind: 'session' }, account, aCall())).toEqual({
    change: 'already',
  });
});

test('a session that a live token opens after the disable is found by looking again', async () => {
  const standIn = await start({ lateSessionMs: 60, cleanUpMs: 3_600_000 });
  const { delinea, account } = await opened(standIn);
  const { after } = await delinea.setAccountEnabled(account, false, aCall());
  const seen = new Set<string>();
  while (seen.size < 3) for (const { id } of await drained(delinea.sessions!, after)) seen.add(id);
  expect(standIn.account(anna.username)).toMatchObject({ enabled: false, live: { session: 0 } });
});

test('an ignored filter shows nobody else’s session and none that is over', async () => {
  const others = crowd(3).map((person) => ({ ...person, sessions: 60 }));
  const standIn = await start({ people: [...others, anna] });
  const { delinea, account } = await opened(standIn);
  const over = standIn.tenant.openSession(account.id, Date.now() - 60_000);
  standIn.tenant.terminate(over);
  while (standIn.tenant.liveSessions(account.id).length > 2) await new Promise((resolve) => setTimeout(resolve, 10));
  standIn.faults.add({ kind: 'filter-ignored', path: '^/sessions$', times: 2 });
  const live = await delinea.sessions!.list(account, aCall());
  expect(live.map(({ id }) => standIn.tenant.session(id)?.userId)).toEqual([account.id, account.id]);
  expect(standIn.faults.pending).toEqual([]);
});

test('a session that does not say whose it is fails the listing: it might be anybody’s', async () => {
  const standIn = await start();
  const { delinea, account } = await opened(standIn);
  standIn.faults.add({ kind: 'missing-field', field: 'userId', path: '^/sessions$' });
  await expect(delinea.sessions!.list(account, aCall())).rejects.toMatchObject({ name: 'VendorAnswerInvalid' });
});

test('sessions that name users by another kind of id are unobservable, not somebody else’s', async () => {
  const standIn = await start({ sessionUserIds: 'vault' });
  const { delinea, account } = await opened(standIn);
  await expect(delinea.sessions!.list(account, aCall())).rejects.toMatchObject({ name: 'Unobservable' });
});

test('a state that is not shown counts as live', async () => {
  const standIn = await start();
  const { delinea, account } = await opened(standIn);
  standIn.faults.add({ kind: 'missing-field', field: 'status', path: '^/sessions$' });
  expect(await delinea.sessions!.list(account, aCall())).toHaveLength(2);
});

test('a tenant without the path never reads as "no sessions"; the option hands it over', async () => {
  const standIn = await start({ sessionsApi: false });
  const { delinea, account } = await opened(standIn);
  await expect(delinea.sessions!.list(account, aCall())).rejects.toMatchObject({
    name: 'VendorRejected',
    message: expect.stringContaining('options.sessionsPath'),
  });
  const off = connect(standIn, { options: { sessions: 'off' } });
  expect(off.sessions).toBeUndefined();
  expect(off.abilities.unsupported['sessions']).toContain('options.sessions: off');
});

test('paths can be moved, and what is filled into them is one segment', async () => {
  const standIn = await start();
  const { delinea, account } = await opened(standIn, {
    sessionsPath: '/users/{userId}/live',
    terminatePath: '/live/{sessionId}/end',
  });
  const call = aCall();
  await expect(delinea.sessions!.list(account, call)).rejects.toMatchObject({ name: 'VendorRejected' });
  expect(await delinea.sessions!.end({ id: '../../users', kind: 'session' }, account, call)).toEqual({
    change: 'already',
  });
  expect(call.exchanges.map(({ path }) => path.split('?')[0])).toEqual([
    expect.stringMatching(new RegExp(`/api/v1/users/${account.id}/live$`)),
    expect.stringMatching(/\/live\/\.\.%2F\.\.%2Fusers\/end$/),
  ]);
});
