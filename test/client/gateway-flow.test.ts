import { deliverEvents, temporalReady } from '../../client/deliver';
import { startGateway, type RunningGateway } from '../../client/gateway';
import { listFlows, progressOf } from '../../client/watch';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';
import { post, readableLog, secrets } from './gateway-rig';

const anna = seedPerson('e1042');
let rig: Rig;
let gateway: RunningGateway;
beforeAll(async () => {
  rig = await Rig.start({ types: ['beyond-identity'], people: [anna, seedPerson('e77')] });
  const { client } = rig;
  const deliver = deliverEvents({ client });
  const ready = temporalReady({ client });
  gateway = await startGateway({ host: '127.0.0.1', port: 0, secrets, deliver, ready, log: readableLog().log });
});
afterAll(async () => {
  await gateway?.close();
  await rig?.stop();
});

test('an HR event over HTTP takes a leaver’s access; the same event again changes nothing', async () => {
  const { client } = rig;
  const workflowId = 'leaver:e1042';
  const event = hrEvent(anna, 'tenure.leaver', { urgent: true, reason: 'dismissal' });
  const answer = await post({ gateway, body: event });
  expect(await answer.json()).toEqual({ accepted: [{ id: event.id, workflowId: 'person:e1042' }] });

  const disabled = await rig.until(
    () => progressOf({ client, workflowId }),
    ({ targets }) => targets[0]?.steps.find(({ name }) => name === 'disableAccounts')?.outcome === 'done',
    'the account to be disabled',
  );
  expect(disabled.targets.map(({ id }) => id)).toEqual(['beyond-identity']);
  const { runId } = await client.workflow.getHandle(workflowId).describe();

  expect((await post({ gateway, body: [event, event] })).status).toBe(202);
  await rig.until(
    () => rig.answersTo(event),
    (answers) => answers.filter((one) => one === 'duplicate').length === 2,
    'the repeated event to be taken twice',
  );
  expect((await client.workflow.getHandle(workflowId).describe()).runId).toBe(runId);
  const leavers = await rig.until(
    () => listFlows({ client, filter: { personId: 'e1042', flow: 'leaver' } }),
    (seen) => seen.length > 0,
  );
  expect(leavers).toHaveLength(1);
});
