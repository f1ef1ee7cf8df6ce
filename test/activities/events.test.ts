import { MockActivityEnvironment } from '@temporalio/testing';
import { createCoreActivities, type CoreDesk } from '../../activities';
import type { HrEvent } from '../../domain/event';
import { Secret } from '../../domain/secret';
import { startNotices, type NoticeReceiver } from '../../sandbox/notices';
import { openChannels } from '../../workers/channels';
import { eachWithStore, sqlite } from '../store/suite/dialect';
import { sampleEvent } from '../client/sample-event';

describe('an event that nobody may overlook', () => {
  const now = eachWithStore(sqlite);
  let boxes: NoticeReceiver;
  beforeEach(async () => {
    boxes = await startNotices();
  });
  afterEach(async () => boxes.stop());

  const secret = (value: string) => new Secret('${env:SOME}', () => value);
  const desk = () => {
    const channel = { id: 'ops', type: 'webhook', url: secret(boxes.webhookUrl('ops')), kinds: ['blocked'] };
    const channels = [{ ...channel, secret: [secret(boxes.secrets[0] ?? '')], include: [], timeout: 500, tls: {} }];
    const notifications = { channels, approvers: [], webUi: undefined };
    return {
      store: now.store,
      policy: { joiner: { lead: 'PT0S' } },
      settings: {
        ...{ version: '1', configHash: 'c', defaultTimeZone: 'UTC' },
        notices: { kinds: ['blocked'], remindBeforeMs: 1, wantsReason: false },
      },
      channels: openChannels({ notifications } as unknown as Parameters<typeof openChannels>[0]),
    } as unknown as CoreDesk;
  };
  let batch = 0;
  /** As the worker calls it; the same `batch` is the same call again. */
  const record = async (event: HrEvent, number = (batch += 1), attempt = 1) => {
    const workflowExecution = { workflowId: `person:${event.subject}`, runId: 'run-1' };
    const { recordEvent } = createCoreActivities(desk());
    const input = { event, receivedAt: new Date().toISOString(), key: `run-1/${number}`, batch: number };
    return await new MockActivityEnvironment({ attempt, workflowExecution }).run(recordEvent, input);
  };
  const evidenceOf = async (personId = 'e1042') =>
    (await now.store.evidence.list({ personId })).map(({ kind, outcome, detail }) => `${kind} ${outcome} ${detail}`);
  const told = () => boxes.taken('ops').map(({ body }) => (body['data'] as { text: string }).text);
  const ahead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  test('an urgent leaver after a mover that was dated ahead: a person is asked, in the evidence and by a notice', async () => {
    await record(sampleEvent({ id: 'moves', type: 'tenure.mover', time: ahead(8) }));
    const leaves = sampleEvent({ id: 'leaves', time: ahead(0), data: { urgent: true } });
    expect(await record(leaves)).toMatchObject({ verdict: 'superseded' });
    expect(await evidenceOf()).toEqual([
      expect.stringContaining('event accepted'),
      expect.stringMatching(/^event needs-person not acted on, .*moves.*dated.*under a new id/),
      'notice delivered reached ops',
    ]);
    expect(told()).toEqual([expect.stringMatching(/^HR event leaves \(tenure.leaver\) about e1042 needs a person: /)]);
  });

  test('a leaver that comes after a later mover is asked about; after a later leaver or rehire it is not', async () => {
    const before = '2026-01-20T08:00:00Z';
    for (const [index, type] of (['tenure.mover', 'tenure.leaver', 'tenure.rehire'] as const).entries()) {
      const personId = `e${index}`;
      await record(sampleEvent({ id: `${type}-later`, type, personId }));
      await record(sampleEvent({ id: `${type}-before`, personId, time: before }));
      const [, second] = await evidenceOf(personId);
      expect([type, second?.split(' ')[1]]).toEqual([type, index === 0 ? 'needs-person' : 'superseded']);
    }
    expect(told()).toHaveLength(1);
  });

  test('an urgent leaver is not overtaken by one that is not urgent without a question', async () => {
    await record(sampleEvent({ id: 'later' }));
    await record(sampleEvent({ id: 'urgent', time: '2026-01-20T08:00:00Z', data: { urgent: true } }));
    expect((await evidenceOf())[1]).toMatch(/^event needs-person .*urgent/);
  });

  test('an id that is used again for something else, also for somebody else, is a question; a redelivery is none', async () => {
    const first = sampleEvent({ id: 'hr-1', type: 'tenure.mover' });
    await record(first);
    await record(first);
    await record(sampleEvent({ id: 'hr-1', data: { urgent: true } }));
    await record(sampleEvent({ id: 'hr-1', personId: 'e2' }));
    const outcomes = (await evidenceOf()).map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(outcomes).toEqual(['event accepted', 'event duplicate', 'event needs-person', 'notice delivered']);
    const [other] = await evidenceOf('e2');
    expect(other).toMatch(/^event needs-person not acted on, .*hr-1.*tenure.mover about e1042.*under an id of its own/);
    expect(told()).toHaveLength(2);
  });

  test('a question is open until an event of its type is accepted', async () => {
    const open = async () => (await now.store.evidence.openQuestions({ personId: 'e1042' })).map(({ step }) => step);
    await record(sampleEvent({ id: 'hr-1', type: 'tenure.mover' }));
    await record(sampleEvent({ id: 'hr-1' }));
    expect(await open()).toEqual(['tenure.leaver']);
    await record(sampleEvent({ id: 'hr-2', type: 'tenure.hold' }));
    expect(await open()).toEqual(['tenure.leaver']);
    await record(sampleEvent({ id: 'hr-3', time: ahead(0) }));
    expect(await open()).toEqual([]);
  });

  test('a channel that fails holds up nothing for long, and is evidenced; a repeat tells and writes once', async () => {
    boxes.fail('ops', 'throttled');
    await record(sampleEvent({ id: 'moves', type: 'tenure.mover' }));
    const leaves = sampleEvent({ id: 'leaves', time: '2026-01-20T08:00:00Z' });
    await expect(record(leaves, 77)).rejects.toMatchObject({ type: 'NoticeUndelivered', nextRetryDelay: undefined });
    for (const attempt of [3, 4]) expect(await record(leaves, 77, attempt)).toMatchObject({ verdict: 'superseded' });
    expect(await evidenceOf()).toEqual([
      expect.stringContaining('event accepted'),
      expect.stringContaining('event needs-person'),
      expect.stringContaining('notice undelivered nobody was reached; not reached: ops'),
    ]);
  });
});
