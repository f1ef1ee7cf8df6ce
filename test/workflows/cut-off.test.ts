import { temporal } from '@temporalio/proto';
import type { HrEvent } from '../../domain/event';
import type { FlowKind, Progress } from '../../domain/flow';
import { peopleUpdate } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const scim = 'beyondtrust-scim';
/** Knows no external id: nothing but the progress of an attempt tells who made an account. */
const rest = 'beyondtrust-rest';
const scheduled = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
const by = 'ann@acme.test';
const old = ['c1', 'c2', 'c3'].map((id) => seedPerson(id));
const policy = {
  leaver: { retention: 'P30D', sessions: { poll: 'PT0.1S', quiet: 'PT0.1S', deadline: 'PT1H' } },
  access: {
    rules: [{ id: 'all', when: 'true', target: rest, account: { username: '{email}' } }],
  },
};

describe('a step that is cut off', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [scim, rest], people: old, config: { policy } });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const at = (target: string, id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const step = (seen: Progress, target: string, name: string) =>
    seen.targets.find((one) => one.id === target)?.steps.find((one) => one.name === name);
  const until = (kind: FlowKind, id: string, isSo: (seen: Progress) => boolean, what: string) =>
    rig.until(() => rig.progress(id, kind), isSo, what);
  const word = (kind: FlowKind, id: string, name: 'resolve' | 'cancel', more: object = {}) =>
    rig.flow(kind, id).executeUpdate(peopleUpdate(name), { args: [{ reason: 'looked at', by, ...more }] });
  /** The vendor makes the change, its answer never comes, and then it is away. */
  const writeAndGoDown = async (kind: FlowKind, id: string, target: string, isWritten: () => boolean) => {
    await rig.until(
      () => Promise.resolve(isWritten()),
      (written) => written,
      `${target} to make the change`,
    );
    rig.standIn(target).faults.down();
    await rig.until(
      async () => (await rig.flow(kind, id).describe()).raw.pendingActivities ?? [],
      (pending) => pending.some(({ attempt, state }) => (attempt ?? 0) > 2 && state === scheduled),
      'the step to wait for its next attempt',
    );
  };
  const hang = (target: string, method: string, path?: string) =>
    rig.standIn(target).faults.add({
      kind: 'slow',
      method,
      milliseconds: 600_000,
      ...(path === undefined ? {} : { path }),
    });

  test('skipped in the moment in which its attempt fails, it is skipped: nobody is asked about it again', async () => {
    rig.standIn(scim).faults.add({ kind: 'slow', method: 'PATCH', milliseconds: 1_500 });
    await rig.send(hrEvent(seedPerson('c1'), 'tenure.leaver', { urgent: true }));
    await rig.until(
      async () => (await rig.leaver('c1').describe()).raw.pendingActivities ?? [],
      (pending) => pending.some(({ heartbeatDetails }) => heartbeatDetails != null),
      'the disable to have begun',
    );
    // The attempt hears of its end no sooner than with its next heartbeat: it fails before that.
    rig.standIn(scim).faults.add({ kind: 'server-error', method: 'GET', path: '^/Users', times: 100 });
    await word('leaver', 'c1', 'resolve', { target: scim, action: 'skip' });
    const seen = await until(
      'leaver',
      'c1',
      (seen) => ['skipped', 'parked'].includes(step(seen, scim, 'disableAccounts')?.outcome ?? ''),
      'the step to end',
    );
    rig.standIn(scim).faults.clear();
    expect(step(seen, scim, 'disableAccounts')).toMatchObject({ outcome: 'skipped' });
    const { outcome, exceptions } = await rig.ended('c1');
    expect(outcome).toBe('complete-with-exceptions');
    expect(exceptions).toContain(`${scim}: disableAccounts skipped (skipped by ${by}: looked at)`);
  }, 120_000);

  test('a leaver undone while its disable waits for another attempt gives back what the first one took', async () => {
    hang(scim, 'PATCH');
    const leaves = hrEvent(seedPerson('c2'), 'tenure.leaver', { urgent: true });
    await rig.send(leaves);
    await writeAndGoDown('leaver', 'c2', scim, () => at(scim, 'c2')?.enabled === false);
    const undo: HrEvent = { ...hrEvent(seedPerson('c2'), 'tenure.undo', { reason: 'wrong one' }), time: leaves.time };
    await rig.send(undo);
    await rig.ended('c2');
    rig.standIn(scim).faults.clear();
    rig.standIn(scim).faults.up();
    expect(await rig.changed('restore', undo)).toMatchObject({ outcome: 'undone' });
    expect(at(scim, 'c2')?.enabled).toBe(true);
    const cutOff = (await rig.store.evidence.list({ personId: 'c2' })).find(({ outcome }) => outcome === 'cut-off');
    expect(cutOff).toMatchObject({ step: 'disableAccounts', target: scim, before: { account: { enabled: true } } });
  }, 120_000);

  test('a leaver undone in the midst of its strip gives back what was taken by then', async () => {
    const before = [...(at(scim, 'c3')?.groups ?? [])].sort();
    hang(scim, 'PATCH', '^/Groups');
    const leaves = hrEvent(seedPerson('c3'), 'tenure.leaver', { urgent: true });
    await rig.send(leaves);
    await rig.until(
      () => Promise.resolve(at(scim, 'c3')?.groups.length ?? 0),
      (held) => held < before.length,
      'a group to be taken away',
    );
    const undo: HrEvent = { ...hrEvent(seedPerson('c3'), 'tenure.undo', { reason: 'wrong one' }), time: leaves.time };
    await rig.send(undo);
    await rig.ended('c3');
    rig.standIn(scim).faults.clear();
    expect(await rig.changed('restore', undo)).toMatchObject({ outcome: 'undone' });
    expect([...(at(scim, 'c3')?.groups ?? [])].sort()).toEqual(before);
  }, 120_000);

  test('a joiner called off while its creation waits for another attempt disables what the first one made', async () => {
    hang(rest, 'POST');
    const joins = hrEvent(seedPerson('new1'), 'tenure.joiner');
    await rig.send(joins);
    await writeAndGoDown('joiner', 'new1', rest, () => at(rest, 'new1') !== undefined);
    await word('joiner', 'new1', 'cancel');
    rig.standIn(rest).faults.clear();
    rig.standIn(rest).faults.up();
    expect(await rig.changed('joiner', joins)).toMatchObject({ outcome: 'undone' });
    expect(at(rest, 'new1')).toMatchObject({ enabled: false, deleted: false });
  }, 120_000);
});
