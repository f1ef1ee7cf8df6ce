import { personWorkflowId } from '../../../workflows/messages';
import { appliance, cast, vault, type Stage } from './stage';

const dayAt = (index: number) => `2099-${String(index + 1).padStart(2, '0')}-15T12:00:00Z`;

/** What happens at the only door, and the small workflows of the command. */
export const persons: readonly ((stage: Stage) => Promise<void>)[] = [
  async (stage) => {
    const event = await stage.send('twice', 'tenure.leaver', { effectiveAt: dayAt(0) });
    await stage.until('twice', ({ state }) => state === 'scheduled', 'the wait for the day');
    await stage.rig.send(event);
    await stage.rig.send({ ...event, id: `${event.id}-older`, time: '2025-12-31T00:00:00Z' });
    await stage.send('twice', 'tenure.leaver.cancelled');
    await stage.rig.ended('twice');
    await stage.keepPerson('duplicate-and-superseded', 'twice');
  },

  async (stage) => {
    const door = stage.rig.client.workflow.getHandle(personWorkflowId('longlived'));
    await stage.send('longlived', 'tenure.leaver', { effectiveAt: dayAt(0) });
    await stage.until('longlived', ({ state }) => state === 'scheduled', 'the wait for the day');
    const { runId } = await door.describe();
    for (let index = 1; index < 12; index += 1)
      await stage.send('longlived', 'tenure.leaver', { effectiveAt: dayAt(index) });
    await stage.rig.until(
      async () => (await door.describe()).runId,
      (seen) => seen !== runId,
      'another run of person',
    );
    await stage.leaveNow('longlived');
    await stage.rig.ended('longlived');
    await stage.keepPerson('continued-as-new', 'longlived', runId);
    await stage.keepPerson('carried-on', 'longlived');
  },

  async (stage) => {
    await stage.send('terminated', 'tenure.leaver', { effectiveAt: dayAt(0) });
    await stage.until('terminated', ({ state }) => state === 'scheduled', 'the wait for the day');
    const { runId } = await stage.rig.leaver('terminated').describe();
    await stage.rig.leaver('terminated').terminate('a wrong click');
    await stage.rig.until(
      async () => (await stage.rig.leaver('terminated').describe()).runId,
      (seen) => seen !== runId,
      'another run of the leaver',
    );
    await stage.send('terminated', 'tenure.leaver.cancelled');
    await stage.rig.ended('terminated');
    await stage.keepPerson('flow-terminated-from-outside', 'terminated');
  },

  async (stage) => {
    await stage.ask('check', 'two-targets', { targets: [appliance, vault] });
    const person = cast.find(({ id }) => id === 'asked');
    const { id = '', username = '', email = '', displayName = '' } = person ?? {};
    await stage.ask('plan', 'would-change', {
      cause: {
        event: {
          specversion: '1.0',
          id: 'hr-plan',
          source: '/hr/test',
          type: 'tenure.leaver',
          time: '2026-01-01T00:00:00Z',
          subject: id,
          data: { person: { id, username, email, displayName }, urgent: true },
        },
        receivedAt: '2026-01-01T00:00:00Z',
        eventHash: '0'.repeat(64),
        moments: {},
      },
    });
    const accountId = stage.rig.standIn(appliance).account(username)?.id ?? '';
    const word = { personId: id, target: appliance, accountId, username, reason: 'seen by hand', by: 'ann@acme.test' };
    await stage.ask('link', 'linked', { action: 'link', ...word });
    await stage.ask('link', 'unlinked', { action: 'unlink', ...word });
  },
];
