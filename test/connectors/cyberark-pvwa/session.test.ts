import type { Drain } from '../../../connectors/connector';
import { Unobservable, VendorAnswerInvalid, VendorRejected } from '../../../connectors/errors';
import { asked, call, cloudRig, found, person } from './rig';

type Rig = Awaited<ReturnType<typeof cloudRig>>;
let rig: Rig;
afterEach(() => rig.vendor.stop());
const open = async (...[options]: Parameters<typeof cloudRig>) => (rig = await cloudRig(options));

function sessions(): Drain {
  const { sessions: drain } = rig.connector;
  if (drain === undefined) throw new Error('no sessions');
  return drain;
}

test('all pages are read, and only this user’s sessions are taken', async () => {
  const people = [person('anna', { sessions: 30 }), person('annaliese', { sessions: 30 })];
  const { connector, vendor } = await open({ standIn: { people } });
  const account = await found(connector, 'anna');
  const live = await sessions().list(account, call);
  expect(live).toHaveLength(30);
  expect(live[0]).toMatchObject({ kind: 'psm-session', endable: true, since: expect.stringMatching(/Z$/) });
  expect(asked(vendor).filter((line) => line === 'GET /LiveSessions')).toHaveLength(3);
});

test('sessions are ended, one by one, until the list is empty', async () => {
  const { connector, vendor } = await open({ standIn: { terminateDelayMs: 150 } });
  const account = await found(connector, 'anna');
  const live = await sessions().list(account, call);
  for (const one of live) expect(await sessions().end(one, account, call)).toEqual({ change: 'done' });
  expect(await sessions().list(account, call)).toHaveLength(2);
  while ((await sessions().list(account, call)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(vendor.account('anna')?.live['psm-session']).toBe(0);
  expect(vendor.account('annaliese')?.live['psm-session']).toBe(2);
  for (const one of live) expect(await sessions().end(one, account, call)).toEqual({ change: 'already' });
});

test('a session that is listed as ended is none', async () => {
  const { connector } = await open({ standIn: { endedStay: true } });
  const account = await found(connector, 'anna');
  for (const one of await sessions().list(account, call)) await sessions().end(one, account, call);
  expect(await sessions().list(account, call)).toEqual([]);
});

test('CanTerminate=false is not even tried, and a refusal is told', async () => {
  const { connector, vendor } = await open({ standIn: { unterminatable: ['anna'] } });
  const account = await found(connector, 'anna');
  const [live] = await sessions().list(account, call);
  if (live === undefined) throw new Error('no session');
  expect(live.endable).toBe(false);
  expect(await sessions().end(live, account, call)).toMatchObject({
    change: 'refused',
    reason: expect.stringContaining('PSMLiveSessionTerminators'),
  });
  expect(vendor.requests.some(({ write }) => write)).toBe(false);
  const { endable: _unsaid, ...unsaid } = live;
  expect(await sessions().end(unsaid, account, call)).toMatchObject({
    change: 'refused',
    reason: expect.stringContaining('403'),
  });
});

test('a session can start after the disable', async () => {
  const { connector } = await open({ standIn: { lateSessionMs: 100, people: [person('anna', { sessions: 0 })] } });
  const account = await found(connector, 'anna');
  await connector.setAccountEnabled(account, false, call);
  expect(await sessions().list(account, call)).toEqual([]);
  let live = await sessions().list(account, call);
  while (live.length === 0) live = await sessions().list(account, call);
  expect(live).toHaveLength(1);
});

test.each(['empty-page', 'duplicate-page'] as const)('%s never passes for "no sessions"', async (kind) => {
  const people = [person('anna', { sessions: 60 })];
  const { connector, vendor } = await open({ standIn: { people } });
  const account = await found(connector, 'anna');
  vendor.faults.add({ kind, path: '/LiveSessions' });
  await expect(sessions().list(account, call)).rejects.toThrow(VendorAnswerInvalid);
});

test('a session whose user is not shown could be anybody’s', async () => {
  const { connector, vendor } = await open();
  const account = await found(connector, 'anna');
  vendor.faults.add({ kind: 'missing-field', field: 'User', path: '/LiveSessions' });
  await expect(sessions().list(account, call)).rejects.toThrow(Unobservable);
});

test('where the version has no live sessions the step is refused, or the options say so and a person is told', async () => {
  const { connector, vendor } = await open({ standIn: { sessions: false } });
  await expect(sessions().list(await found(connector, 'anna'), call)).rejects.toThrow(VendorRejected);
  await vendor.stop();
  const without = await open({ standIn: { sessions: false }, options: { sessions: false } });
  expect(without.connector.sessions).toBeUndefined();
  expect(without.connector.abilities.unsupported['sessions']).toContain('person');
});

test('checkouts and cached keys are handed to a person', async () => {
  const { connector } = await open();
  expect(connector.checkouts).toBeUndefined();
  expect(connector.credentials).toBeUndefined();
  expect(connector.abilities.unsupported).toMatchObject({
    checkouts: expect.stringContaining('person'),
    credentials: expect.stringContaining('person'),
  });
});

test('sessions that come all at once and without a total are whole', async () => {
  const people = [person('anna', { sessions: 3 })];
  const { connector, vendor } = await open({ standIn: { people, totals: false, sessionPages: false } });
  expect(await sessions().list(await found(connector, 'anna'), call)).toHaveLength(3);
  expect(asked(vendor).filter((line) => line === 'GET /LiveSessions')).toHaveLength(2);
});
