import { peopleSignal } from '../../../workflows/messages';
import { appliance, vault, type Stage } from './stage';

const farAway = '2099-11-30T17:00:00';
const ann = 'ann@acme.test';
const ben = 'ben@acme.test';

/** Leavers under a policy that keeps the accounts; each story stands alone. */
export const kept: readonly ((stage: Stage) => Promise<void>)[] = [
  async (stage) => {
    await stage.leaveNow('contained');
    await stage.keepLeaver('contained-only', 'contained');
    await stage.keepPerson('one-event', 'contained');
  },

  async (stage) => {
    await stage.send('cancelled', 'tenure.leaver', { effectiveAt: farAway });
    await stage.until('cancelled', ({ state }) => state === 'scheduled', 'the wait for the day');
    await stage.send('cancelled', 'tenure.leaver.cancelled');
    await stage.keepLeaver('cancelled-before-day', 'cancelled');
  },

  async (stage) => {
    await stage.send('moved', 'tenure.leaver', { effectiveAt: farAway });
    await stage.send('moved', 'tenure.leaver', { effectiveAt: '2099-06-30' });
    await stage.until('moved', ({ dueAt }) => dueAt === '2099-06-30T22:00:00.000Z', 'the earlier day');
    await stage.say('moved', 'reschedule', { effectiveAt: '2099-07-31', reason: 'hands over', by: ann });
    await stage.until('moved', ({ dueAt }) => dueAt === '2099-07-31T22:00:00.000Z', 'the later day');
    await stage.send('moved', 'tenure.leaver', { effectiveAt: farAway });
    await stage.until('moved', ({ notes }) => (notes ?? []).join().includes('reschedule'), 'the contradiction');
    await stage.leaveNow('moved');
    await stage.keepLeaver('moved-then-urgent', 'moved');
  },

  async (stage) => {
    await stage.send('late', 'tenure.leaver', { effectiveAt: '2020-01-01' });
    await stage.until('late', ({ state }) => state === 'held', 'the hold');
    await stage.say('late', 'release', { reason: 'checked with HR', by: ann });
    await stage.keepLeaver('held-and-released', 'late');
  },
];

/** A vendor that leaves a field out would park the others too: these are told one after the other. */
export const parked: readonly ((stage: Stage) => Promise<void>)[] = [
  async (stage) => {
    const { faults } = stage.rig.standIn(appliance);
    faults.add({ kind: 'missing-field', field: 'enabled', times: 1000 });
    await stage.leaveNow('parked');
    await stage.until('parked', ({ state }) => state === 'blocked', 'the parked step');
    faults.clear();
    await stage.say('parked', 'resolve', { target: appliance, action: 'retry', reason: 'mended', by: ann });
    await stage.keepLeaver('parked-and-resolved', 'parked');
  },

  async (stage) => {
    const { faults } = stage.rig.standIn(appliance);
    faults.add({ kind: 'missing-field', field: 'enabled', times: 1000 });
    stage.rig.standIn(vault).faults.down();
    await stage.leaveNow('skipped');
    await stage.until('skipped', ({ state }) => state === 'blocked', 'the parked step');
    await stage.say('skipped', 'resolve', { target: appliance, action: 'skip', reason: 'done by hand', by: ann });
    await stage.say('skipped', 'resolve', { target: vault, action: 'skip', reason: 'gone for good', by: ann });
    await stage.keepLeaver('parked-and-waiting-skipped', 'skipped');
    faults.clear();
    stage.rig.standIn(vault).faults.up();
  },
];

/** Leavers whose deletion is asked for. */
export const asked: readonly ((stage: Stage) => Promise<void>)[] = [
  async (stage) => {
    await stage.leaveNow('approved');
    const planHash = await stage.asked('approved');
    await stage.rig.leaver('approved').signal(peopleSignal('decide'), 'yes');
    await stage.rig
      .leaver('approved')
      .signal(peopleSignal('decide'), { approved: true, reason: 'left', planHash, approver: ann });
    await stage.say('approved', 'decide', { approved: true, reason: 'left', planHash, approver: ben });
    await stage.keepLeaver('approved-and-deleted', 'approved');
  },

  async (stage) => {
    await stage.leaveNow('rejected');
    const planHash = await stage.asked('rejected');
    await stage.say('rejected', 'decide', { approved: false, reason: 'auditors need it', planHash, approver: ben });
    await stage.keepLeaver('rejected', 'rejected');
  },

  async (stage) => {
    await stage.leaveNow('withdrawn');
    await stage.asked('withdrawn');
    await stage.rig.leaver('withdrawn').cancel();
    await stage.keepLeaver('cancelled-in-temporal-later', 'withdrawn');
  },

  async (stage) => {
    await stage.send('lawheld', 'tenure.hold', { reason: 'litigation' });
    await stage.leaveNow('lawheld');
    await stage.until('lawheld', ({ state }) => state === 'held', 'the legal hold');
    await stage.send('lawheld', 'tenure.hold.released');
    const planHash = await stage.asked('lawheld');
    await stage.say('lawheld', 'decide', { approved: false, reason: 'not yet', planHash, approver: ann });
    await stage.keepLeaver('legal-hold-lifted', 'lawheld');
  },
];

/** Nobody answers within the window. */
export async function expired(stage: Stage): Promise<void> {
  await stage.leaveNow('expired');
  await stage.keepLeaver('deletion-expired', 'expired');
}
