import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Progress, StepProgress } from '../../domain/flow';
import type { TokenDesk } from '../../sandbox/core';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const vault = 'cyberark-pam-self-hosted';
const realm = 'beyond-identity';
const healthy = 'beyondtrust-rest';
const bulk = Array.from({ length: 14 }, (_none, index) => seedPerson(`b${index + 1}`));
const urgent = seedPerson('u1');
const people = [...bulk, urgent];
const by = 'ann@acme.test';
/** A realm that refuses everything is asked three things by each step: what it wants, the realm, an identity. */
const requestsPerRefusal = 3;
/** As many steps of one target run at a time; those that were on their way do not know of the refusal yet. */
const concurrency = 10;

describe('fifteen leavers while a credential is refused', () => {
  let rig: Rig;
  let session: Readonly<Record<string, string>>;
  beforeAll(async () => {
    rig = await Rig.start({
      types: [vault, realm, healthy],
      people,
      targets: { [realm]: { auth: { token: '${file:console.token}' } } },
    });
    session = await logOnElsewhere();
    await keepSecret('console.token', 'play-console-token');
    consoleOf().expireAll({ statics: true });
    await keepSecret(`${vault}-password.secret`, 'changed at the vault');
    for (const person of bulk)
      await rig.send(hrEvent(person, 'tenure.leaver', { effectiveAt: new Date(Date.now() - 1000).toISOString() }));
    await rig.send(hrEvent(urgent, 'tenure.leaver', { urgent: true }));
  }, 180_000);
  afterAll(async () => rig.stop(), 120_000);

  const keepSecret = async (file: string, value: string) => writeFile(path.join(rig.folder, file), value);
  const consoleOf = () => (rig.standIn(realm) as unknown as { readonly tokens: TokenDesk }).tokens;
  const account = (target: string, id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const logOns = () => rig.standIn(vault).requests.filter(({ path: asked }) => asked.endsWith('/Logon'));
  const refusedLogOns = () => logOns().filter(({ status }) => status === 403).length;
  const asked = (target: string) => rig.standIn(target).requests.length;
  const disabling = (seen: Progress, target: string): StepProgress | undefined =>
    seen.targets.find((one) => one.id === target)?.steps.find((one) => one.name === 'disableAccounts');
  const all = () => Promise.all(people.map(async ({ id }) => rig.progress(id)));
  /** The step as Temporal sees it: which activity, at which attempt. */
  const pendingOn = async (id: string, target: string) =>
    ((await rig.leaver(id).describe()).raw.pendingActivities ?? [])
      .filter((one) => one.activityOptions?.taskQueue?.name === `tenure-target-${target}`)
      .map(({ activityId, attempt }) => ({ activityId, attempt: attempt ?? 0 }));
  /** Says retry, and waits until what that began has been turned away and has come back. */
  async function retry(id: string, target: string): Promise<void> {
    const before = (await pendingOn(id, target)).map(({ activityId }) => activityId);
    await rig.leaver(id).executeUpdate('resolve', { args: [{ target, action: 'retry', reason: 'try again', by }] });
    await rig.until(
      () => pendingOn(id, target),
      (pending) => pending.some(({ activityId, attempt }) => !before.includes(activityId) && attempt >= 3),
      `a new step of ${id} on ${target} at its third attempt`,
      120_000,
    );
  }
  /** Somebody else works with the same service account: another worker, say. */
  async function logOnElsewhere(): Promise<Readonly<Record<string, string>>> {
    const { baseUrl, auth } = rig.standIn(vault);
    const answer = await fetch(`${baseUrl}/auth/CyberArk/Logon`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: auth['username'], password: auth['password'], concurrentSession: true }),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    return { authorization: (await answer.json()) as string, cookie };
  }

  test('all tracks there show that they wait and why, others go on, and the vendor is asked next to nothing', async () => {
    const isWaiting = (seen: Progress, target: string) => disabling(seen, target)?.outcome === 'waiting';
    const seen = await rig.until(
      all,
      (flows) => flows.every((flow) => isWaiting(flow, vault) && isWaiting(flow, realm)),
      'every leaver to wait at both',
      240_000,
    );
    for (const flow of seen) {
      expect(flow.state).toBe('blocked');
      expect(disabling(flow, vault)?.detail).toContain('refused');
      expect(disabling(flow, realm)?.detail).toContain('refused');
    }
    for (const { id } of people) {
      expect(account(healthy, id)?.enabled).toBe(false);
      expect(account(vault, id)?.enabled).toBe(true);
      expect(account(realm, id)?.enabled).toBe(true);
    }
    // They waited two minutes and more, and came back every few seconds: without a breaker the vault would be locked by now.
    expect(refusedLogOns()).toBeGreaterThan(0);
    expect(refusedLogOns()).toBeLessThanOrEqual(2);
    expect(asked(realm)).toBeLessThanOrEqual(concurrency * requestsPerRefusal);
  }, 300_000);

  test('a person who says retry gets one probe, not one after the other', async () => {
    const before = { logOns: refusedLogOns(), realm: asked(realm) };
    await Promise.all([retry('b1', vault), retry('b1', realm)]);
    expect(refusedLogOns()).toBe(before.logOns + 1);
    expect(asked(realm)).toBe(before.realm + requestsPerRefusal);
  }, 180_000);

  test('when the secrets are mended all go on by themselves, the urgent one first', async () => {
    const before = logOns().length;
    await keepSecret(`${vault}-password.secret`, rig.standIn(vault).auth['password'] ?? '');
    await keepSecret('console.token', consoleOf().issue());
    const reports = await Promise.all(people.map(async ({ id }) => rig.ended(id)));
    expect(reports.map(({ outcome }) => outcome).filter((outcome) => !outcome.startsWith('complete'))).toEqual([]);
    for (const target of [vault, realm]) {
      for (const { id } of people) expect([target, id, account(target, id)?.enabled]).toEqual([target, id, false]);
      const firstWrite = rig
        .standIn(target)
        .requests.find((one) => one.write)
        ?.path.split('/');
      expect(firstWrite).toContain(account(target, urgent.id)?.id);
    }
    expect(logOns().length).toBeLessThanOrEqual(before + 2);
  }, 240_000);

  test('a log-on to the vault ends nobody else’s session', async () => {
    const answer = await fetch(`${rig.standIn(vault).baseUrl}/Users?limit=1`, { headers: session });
    expect(answer.status).toBe(200);
  });
});
