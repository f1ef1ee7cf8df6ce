import { temporal } from '@temporalio/proto';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';
import { personWorkflowId } from '../../workflows/messages';

const target = 'beyondtrust-rest';
const people = ['o1', 'o2', 'o3', 'o4', 'o5'].map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const policy = {
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', window: 'P7D', approvers: { count: 1, minStrength: 'asserted' } },
  },
};

describe('what is done to a leaver from outside', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy } });
  });
  afterAll(async () => rig.stop());

  const account = (id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const outcomes = async (id: string) => (await rig.store.evidence.list({ personId: id })).map((one) => one.outcome);
  const awaiting = async (id: string) => {
    await rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
    return await rig.untilProgress(id, (seen) => seen.approval !== undefined, 'the plan');
  };
  const approve = (id: string, planHash: string) =>
    rig
      .leaver(id)
      .executeUpdate('decide', { args: [{ approved: true, reason: 'left', planHash, approver: 'ann@acme.test' }] });

  test('Cancel before the day: nothing happened', async () => {
    await rig.send(hrEvent(person('o1'), 'tenure.leaver', { effectiveAt: '2099-01-01' }));
    await rig.untilProgress('o1', (seen) => seen.state === 'scheduled');
    await rig.leaver('o1').cancel();
    expect(await rig.ended('o1')).toMatchObject({ outcome: 'cancelled' });
    expect(account('o1')?.enabled).toBe(true);
  });

  test('Cancel later stops the deletion only', async () => {
    await awaiting('o2');
    await rig.leaver('o2').cancel();
    expect(await rig.ended('o2')).toMatchObject({ outcome: 'kept-disabled' });
    expect(account('o2')).toMatchObject({ enabled: false, deleted: false });
  });

  test('Terminate is noticed, evidenced, and the leaver starts again', async () => {
    await awaiting('o3');
    const { runId } = await rig.leaver('o3').describe();
    await rig.leaver('o3').terminate('a wrong click');
    const again = await rig.until(
      async () => (await rig.leaver('o3').describe()).runId,
      (seen) => seen !== runId,
      'another run',
    );
    expect(again).not.toBe(runId);
    await rig.untilProgress('o3', (seen) => seen.approval !== undefined, 'the plan of the new run');
    expect(await outcomes('o3')).toContain('ended-from-outside');
    await rig.leaver('o3').cancel();
    await rig.ended('o3');
  });

  test('Reset never re-uses a decision', async () => {
    const first = await awaiting('o4');
    const { runId } = await rig.leaver('o4').describe();
    const history = await rig.leaver('o4').fetchHistory();
    const finish = Number(
      history.events?.filter((event) => event.workflowTaskCompletedEventAttributes).at(-1)?.eventId,
    );
    await rig.client.workflowService.resetWorkflowExecution({
      namespace: rig.engine.namespace,
      workflowExecution: { workflowId: 'leaver:o4', runId },
      reason: 'reset in the Web UI',
      requestId: 'reset-o4',
      workflowTaskFinishEventId: finish as unknown as never,
      resetReapplyType: temporal.api.enums.v1.ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
    });
    await rig.until(
      async () => (await rig.leaver('o4').describe()).runId,
      (seen) => seen !== runId,
      'the reset run',
    );
    await rig.untilProgress('o4', (seen) => seen.approval !== undefined, 'the plan as the reset run replays it');
    await approve('o4', first.approval?.planHash ?? '');
    const again = await rig.untilProgress(
      'o4',
      (seen) => seen.approval !== undefined && seen.approval.planHash !== first.approval?.planHash,
      'a new plan for the new run',
    );
    expect(account('o4')?.deleted).toBe(false);
    await approve('o4', again.approval?.planHash ?? '');
    await rig.ended('o4');
    expect(account('o4')?.deleted ?? true).toBe(true);
    await rig.until(
      async () => (await rig.client.workflow.getHandle(personWorkflowId('o4')).describe()).status.name,
      (status) => status === 'COMPLETED',
      'person to be idle',
    );
    expect(await outcomes('o4')).toContain('reset-from-outside');
  });

  test('a worker that restarts loses nothing: approval and inspection go on', async () => {
    const { approval } = await awaiting('o5');
    await rig.stopWorkers();
    await rig.startWorkers();
    await approve('o5', approval?.planHash ?? '');
    await rig.ended('o5');
    expect(account('o5')?.deleted ?? true).toBe(true);
  });
});
