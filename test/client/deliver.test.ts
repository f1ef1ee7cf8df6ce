import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import { deliverEvents, temporalReady } from '../../client/deliver';
import { TemporalAway } from '../../client/errors';
import { startGateway, type RunningGateway } from '../../client/gateway';
import type { HrMessage } from '../../workflows/messages';
import { testEngine } from '../rig/engine';
import { Cable, engineClient } from './engine-client';
import { post, readableLog, secrets } from './gateway-rig';
import { sampleEvent } from './sample-event';

// No worker polls this queue: what arrives is there because Temporal keeps it.
const taskQueue = `no-worker-${randomUUID()}`;
let client: Client;
beforeAll(async () => {
  client = await engineClient();
});
afterAll(() => client.connection.close());

const newPerson = () => `p-${randomUUID().slice(0, 8)}`;

/** The `hr` signals that the person's only run has received, in order. */
async function signalsOf(personId: string, from = client): Promise<HrMessage[]> {
  const { events } = await from.workflow.getHandle(`person:${personId}`).fetchHistory();
  return (events ?? [])
    .map((event) => event.workflowExecutionSignaledEventAttributes)
    .filter((signal) => signal?.signalName === 'hr')
    .map((signal) => {
      expect(signal?.input?.payloads).toHaveLength(1);
      return defaultPayloadConverter.fromPayload<HrMessage>(signal!.input!.payloads![0]!);
    });
}

describe('to the flow of the person', () => {
  test('starts it with what is known, and keeps the event word for word', async () => {
    const personId = newPerson();
    const event = sampleEvent({ personId, data: { costCentre: { old: 1 } } });
    expect(await deliverEvents({ client, taskQueue })(event)).toEqual({ workflowId: `person:${personId}` });

    const handle = client.workflow.getHandle(`person:${personId}`);
    const started = (await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes;
    expect(started?.workflowType?.name).toBe('person');
    expect(started?.taskQueue?.name).toBe(taskQueue);
    expect(started?.input?.payloads?.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([
      { personId, clock: 'told' },
    ]);
    expect(started?.priority?.priorityKey).toBe(3);
    expect(await signalsOf(personId)).toEqual([{ event, receivedAt: expect.stringMatching(/Z$/) }]);
  });

  test('shows opaque ids only', async () => {
    const personId = newPerson();
    await deliverEvents({ client, taskQueue })(sampleEvent({ personId }));
    const description = await client.workflow.getHandle(`person:${personId}`).describe();
    const shown = JSON.stringify([description.searchAttributes, await description.staticSummary(), description.memo]);
    expect(description.searchAttributes).toMatchObject({ TenurePerson: [personId], TenureFlow: ['person'] });
    expect(await description.staticSummary()).toContain(personId);
    for (const personal of ['Anna', 'Eriksen', 'acme.test', 'resignation']) expect(shown).not.toContain(personal);
  });

  test.each([
    ['an urgent leaver first', { type: 'tenure.leaver', data: { urgent: true } }, 1],
    ['an urgent event of another kind as usual', { type: 'tenure.mover', data: { urgent: true } }, 3],
  ] as const)('%s', async (_name, change, priority) => {
    const personId = newPerson();
    await deliverEvents({ client, taskQueue })(sampleEvent({ personId, ...change }));
    const { events } = await client.workflow.getHandle(`person:${personId}`).fetchHistory();
    expect(events?.[0]?.workflowExecutionStartedEventAttributes?.priority?.priorityKey).toBe(priority);
  });

  test('200 at once reach one run of one flow, each once', async () => {
    const personId = newPerson();
    const deliver = deliverEvents({ client, taskQueue, deadlineMs: 30_000 });
    const ids = Array.from({ length: 200 }, (_, n) => `hr-${n}`);
    await Promise.all(ids.map((id) => deliver(sampleEvent({ id, personId }))));
    const received = (await signalsOf(personId)).map(({ event }) => event.id);
    expect([...received].sort()).toEqual([...ids].sort());
  });

  test('a person whose flow has ended gets a new one', async () => {
    const personId = newPerson();
    const deliver = deliverEvents({ client, taskQueue });
    await deliver(sampleEvent({ personId }));
    const handle = client.workflow.getHandle(`person:${personId}`);
    const first = (await handle.describe()).runId;
    await handle.terminate('ended for the test');
    await deliver(sampleEvent({ personId, id: 'hr-2' }));
    expect((await handle.describe()).runId).not.toBe(first);
    expect((await signalsOf(personId)).map(({ event }) => event.id)).toEqual(['hr-2']);
  });
});

describe('with Temporal away', () => {
  const cable = new Cable();
  let distant: Client;
  let gateway: RunningGateway;
  beforeAll(async () => {
    await cable.mend();
    const connection = await Connection.connect({ address: cable.address });
    distant = new Client({ connection, namespace: testEngine().namespace });
    const deliver = deliverEvents({ client: distant, taskQueue });
    const ready = temporalReady({ client: distant });
    gateway = await startGateway({ host: '127.0.0.1', port: 0, secrets, deliver, ready, log: readableLog().log });
  });
  beforeEach(() => cable.mend());
  afterEach(() => cable.cut());
  beforeAll(() => cable.cut());
  afterAll(async () => {
    await gateway.close();
    await distant.connection.close();
  });

  /** Sends until it is accepted, as an HR system does on a 503. */
  async function sendUntilAccepted(body: unknown): Promise<number[]> {
    const statuses: number[] = [];
    for (let tries = 0; tries < 30 && statuses.at(-1) !== 202; tries += 1) {
      if (tries > 0) await wait(200);
      statuses.push((await post({ gateway, body })).status);
    }
    return statuses;
  }

  test('says TemporalAway, in words and without waiting for ever', async () => {
    await cable.cut();
    const deliver = deliverEvents({ client: distant, taskQueue, deadlineMs: 500 });
    const failed = deliver(sampleEvent({ personId: newPerson() }));
    await expect(failed).rejects.toBeInstanceOf(TemporalAway);
    await expect(failed).rejects.toThrow(/^Handing event hr-4711 to person:.* (cannot be reached|in time)/);
  });

  test('answers 503 and is not ready; loses nothing that is sent again once it is back', async () => {
    const personId = newPerson();
    const body = ['hr-1', 'hr-2', 'hr-3'].map((id) => sampleEvent({ personId, id }));
    await cable.cut();
    const refused = await post({ gateway, body });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);

    await cable.mend();
    expect((await sendUntilAccepted(body)).at(-1)).toBe(202);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    expect((await signalsOf(personId)).map(({ event }) => event.id)).toEqual(
      expect.arrayContaining(['hr-1', 'hr-2', 'hr-3']),
    );
  });

  test('the line may break at any time: whatever was accepted is there', async () => {
    const people = Array.from({ length: 12 }, newPerson);
    const sending = people.map((personId) =>
      sendUntilAccepted([sampleEvent({ personId }), sampleEvent({ personId, id: 'hr-2' })]),
    );
    for (let breaks = 0; breaks < 3; breaks += 1) {
      await wait(50);
      await cable.cut();
      await wait(100);
      await cable.mend();
    }
    for (const statuses of await Promise.all(sending)) expect(statuses.at(-1)).toBe(202);
    for (const personId of people) {
      const received = (await signalsOf(personId)).map(({ event }) => event.id);
      expect(new Set(received)).toEqual(new Set(['hr-4711', 'hr-2']));
      expect(received.lastIndexOf('hr-2')).toBeGreaterThan(received.indexOf('hr-4711'));
    }
  });
});

test('ready when Temporal is there and knows the namespace, not otherwise', async () => {
  expect(await temporalReady({ client })()).toEqual({ ready: true });
  const elsewhere = new Client({ connection: client.connection, namespace: 'no-such-namespace' });
  expect(await temporalReady({ client: elsewhere })()).toMatchObject({
    ready: false,
    reason: expect.stringContaining('no-such-namespace'),
  });
});
