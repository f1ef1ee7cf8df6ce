import { flowWorkflowId, personWorkflowId } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-rest';
const anna = seedPerson('c1');
const ben = seedPerson('c2');
const dayAt = (index: number) => `2099-${String(index + 1).padStart(2, '0')}-15T12:00:00Z`;

describe('a person whose history grows while a leaver is in flight', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      types: [target],
      people: [anna, ben],
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '60' },
    });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const door = () => rig.client.workflow.getHandle(personWorkflowId('c1'));

  test('continues as new; later events still reach the flow, and its end is heard', async () => {
    await rig.send(hrEvent(anna, 'tenure.leaver', { effectiveAt: dayAt(0) }));
    await rig.untilProgress('c1', (seen) => seen.state === 'scheduled');
    const first = await door().describe();
    const { runId: flowRun } = await rig.leaver('c1').describe();
    for (let index = 1; index < 12; index += 1)
      await rig.send(hrEvent(anna, 'tenure.leaver', { effectiveAt: dayAt(index) }));
    await rig.untilProgress('c1', (seen) => seen.dueAt === '2099-12-15T12:00:00.000Z', 'the last of the moved dates');
    await rig.until(
      async () => (await door().describe()).runId,
      (runId) => runId !== first.runId,
      'another run of person',
    );
    expect((await rig.client.workflow.getHandle(personWorkflowId('c1'), first.runId).describe()).status.name).toBe(
      'CONTINUED_AS_NEW',
    );
    expect((await rig.leaver('c1').describe()).runId).toBe(flowRun);

    await rig.send(hrEvent(anna, 'tenure.leaver', { effectiveAt: dayAt(3) }));
    await rig.untilProgress(
      'c1',
      (seen) => seen.dueAt === '2099-04-15T12:00:00.000Z',
      'an event after the continue-as-new',
    );
    await rig.send(hrEvent(anna, 'tenure.leaver', { effectiveAt: dayAt(3), urgent: true }));
    expect((await rig.ended('c1')).outcome).toMatch(/^complete/);
    expect(rig.standIn(target).account('c1@acme.test')?.enabled).toBe(false);
    await rig.until(
      async () => (await door().describe()).status.name,
      (status) => status === 'COMPLETED',
      'person to hear the end',
    );

    const events = (await rig.store.evidence.list({ personId: 'c1' })).filter((one) => one.kind === 'event');
    // Each is taken once by `person`, over both of its runs; all but the first, which started it, were applied by the flow.
    expect(events.filter((one) => one.outcome === 'accepted')).toHaveLength(14);
    expect(events.filter((one) => one.outcome === 'applied')).toHaveLength(13);
    expect(events).toHaveLength(27);
    const flows = rig.client.workflow.list({ query: `WorkflowId = '${flowWorkflowId('leaver', 'c1')}'` });
    let runs = 0;
    for await (const _run of flows) runs += 1;
    expect(runs).toBe(1);
  }, 120_000);

  test('a flow that was ended from outside meanwhile goes on as it stood, with the next event', async () => {
    const person = rig.client.workflow.getHandle(personWorkflowId('c2'));
    await rig.send(hrEvent(ben, 'tenure.leaver', { effectiveAt: dayAt(0) }));
    await rig.untilProgress('c2', (seen) => seen.state === 'scheduled');
    const { runId } = await person.describe();
    for (let index = 1; index < 12; index += 1)
      await rig.send(hrEvent(ben, 'tenure.leaver', { effectiveAt: dayAt(index) }));
    await rig.untilProgress('c2', (seen) => seen.dueAt === '2099-12-15T12:00:00.000Z', 'the last of the moved dates');
    await rig.until(
      async () => (await person.describe()).runId,
      (seen) => seen !== runId,
      'another run of person',
    );
    await rig.leaver('c2').terminate('a wrong click');
    const hold = hrEvent(ben, 'tenure.hold', { reason: 'litigation' });
    await rig.send(hold);
    await rig.until(
      () => rig.answersTo(hold),
      (seen) => seen.includes('applied'),
      'the hold to be heard by the next run',
    );
    expect((await rig.progress('c2')).dueAt).toBe('2099-12-15T12:00:00.000Z');
    await rig.leaver('c2').cancel();
    expect((await rig.ended('c2')).outcome).toBe('cancelled');
    await rig.until(
      async () => (await person.describe()).status.name,
      (status) => status === 'COMPLETED',
      'person to hear the end',
    );
  }, 120_000);
});
