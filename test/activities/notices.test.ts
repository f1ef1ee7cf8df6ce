import { MockActivityEnvironment } from '@temporalio/testing';
import { createCoreActivities, type CoreDesk } from '../../activities';
import { notify } from '../../activities/notices';
import type { NoticeInput, NoticeReport } from '../../domain/notice';
import { Secret } from '../../domain/secret';
import { startNotices, type NoticeReceiver } from '../../sandbox/notices';
import { approvalTokens } from '../../workers/approval-tokens';
import { openChannels } from '../../workers/channels';

const secret = (value: string) => new Secret('${env:SOME}', () => value);
const execution = { workflowId: 'leaver:e1', runId: 'run-1' };
const notice: NoticeInput = {
  ...{ kind: 'blocked', subject: 'blocked-1', flow: 'leaver', personId: 'e1', attempts: 5 },
  ...{ at: '2026-11-25T10:00:00.000Z', text: 'Leaver e1 is blocked', reason: 'a sensitive reason' },
};
const approval = {
  planHash: 'p1',
  askedAt: '2026-11-25T10:00:00.000Z',
  deadline: '2099-01-01T00:00:00.000Z',
  approvers: { count: 1, allowed: ['Ann@acme.test', 'ben@acme.test', 'carl@acme.test'], minStrength: 'token' as const },
  excluded: ['ben@acme.test'],
  items: ['vault: e1 (7), deleted for good'],
};

describe('telling people', () => {
  let boxes: NoticeReceiver;
  beforeEach(async () => {
    boxes = await startNotices();
  });
  afterEach(async () => boxes.stop());

  const channel = (id: string, more: Record<string, unknown> = {}) => ({
    ...{ id, type: 'webhook', url: secret(boxes.webhookUrl(id)), secret: [secret(boxes.secrets[0] ?? '')] },
    ...{ kinds: ['blocked', 'approval-needed'], include: [], timeout: 500, tls: {} },
    ...more,
  });
  const slack = (id: string, more: Record<string, unknown> = {}) =>
    channel(id, { type: 'slack', url: secret(boxes.slackUrl(id)), secret: [], ...more });
  const deskOf = (channels: unknown[], approvers: { approver: string; channel: string }[] = []): CoreDesk => {
    const tokenKey = [secret('a key for tests that is long enough for it')];
    const notifications = { channels, approvers, tokenKey, remindBefore: 'P1D', webUi: undefined };
    const open = openChannels({ notifications } as unknown as Parameters<typeof openChannels>[0]);
    const tokens = approvalTokens({ keys: tokenKey, foreign: [] });
    return {
      ...(open === undefined ? {} : { channels: open }),
      ...(tokens === undefined ? {} : { tokens }),
    } as CoreDesk;
  };
  /** One attempt; what it says when it fails is kept from the next as Temporal keeps it: heartbeats alone. */
  const attempt = async (desk: CoreDesk, input: NoticeInput, number = 1, heartbeatDetails?: unknown) => {
    const beats: unknown[] = [];
    const env = new MockActivityEnvironment({ attempt: number, workflowExecution: execution, heartbeatDetails });
    env.on('heartbeat', (details: unknown) => beats.push(details));
    const result = await env
      .run(async () => notify(desk, input))
      .then(
        (report) => ({ report: report as NoticeReport }),
        (failure: unknown) => ({ failure: failure as Error & { nextRetryDelay?: unknown } }),
      );
    return { ...result, beats };
  };

  test('each channel gets what it wants, the reason only where the configuration says so', async () => {
    const desk = deskOf([
      channel('plain'),
      channel('hr', { include: ['reason'] }),
      channel('other', { kinds: ['done'] }),
    ]);
    const { report } = (await attempt(desk, notice)) as { report: NoticeReport };
    expect(report.deliveries).toEqual([
      { channel: 'plain', delivered: true },
      { channel: 'hr', delivered: true },
    ]);
    expect(JSON.stringify(boxes.taken('plain'))).not.toContain('sensitive');
    expect(JSON.stringify(boxes.taken('hr'))).toContain('a sensitive reason');
    expect(boxes.received.filter((one) => one.box === 'other')).toEqual([]);
  });

  test('a channel that took it is left alone by the next attempt; the last attempt reports instead of failing', async () => {
    const desk = deskOf([slack('good'), channel('bad')]);
    boxes.fail('bad', 'server-error');
    const first = await attempt(desk, notice);
    expect(first).toMatchObject({
      failure: { type: 'NoticeUndelivered', message: expect.stringContaining('bad: it answered 500') },
    });
    const last = await attempt(desk, notice, 5, first.beats.at(-1));
    expect(last).toMatchObject({
      report: {
        deliveries: [
          { channel: 'good', delivered: true },
          { channel: 'bad', delivered: false, why: expect.stringContaining('500') },
        ],
      },
    });
    expect(boxes.taken('good')).toHaveLength(1);
    boxes.heal('bad');
    await attempt(desk, notice, 3, first.beats.at(-1));
    await attempt(desk, notice, 4, first.beats.at(-1));
    expect(boxes.taken('bad')).toHaveLength(1); // the same webhook-id: a repeat is known as one
    expect(boxes.received.filter((one) => one.box === 'bad' && one.repeat)).toHaveLength(1);
  });

  test('Retry-After is obeyed; a refusal is not tried again', async () => {
    boxes.fail('slow-down', 'throttled');
    const throttled = await attempt(deskOf([slack('slow-down')]), notice);
    expect(throttled).toMatchObject({ failure: { nextRetryDelay: 1000 } });
    boxes.fail('gone', 'gone');
    expect(await attempt(deskOf([slack('gone')]), notice)).toMatchObject({
      report: { deliveries: [{ channel: 'gone', delivered: false, why: expect.stringContaining('410') }] },
    });
  });

  test('a token goes to its owner alone; who cannot decide gets none, and who has no channel is named', async () => {
    const desk = deskOf(
      [slack('ann'), channel('ben'), channel('ops'), channel('eve', { kinds: [] })],
      [
        { approver: 'ann@acme.test', channel: 'ann' },
        { approver: 'ben@acme.test', channel: 'ben' },
        { approver: 'eve@acme.test', channel: 'eve' },
      ],
    );
    const { report } = (await attempt(desk, { ...notice, kind: 'approval-needed', subject: 'p1', approval })) as {
      report: NoticeReport;
    };
    expect(report).toEqual({
      deliveries: [
        {
          channel: 'ann',
          approver: 'ann@acme.test',
          delivered: true,
          tokenId: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
        { channel: 'ops', delivered: true },
      ],
      withoutChannel: ['carl@acme.test'],
    });
    expect(JSON.stringify(report)).not.toContain('eyJ');
    expect(JSON.stringify(boxes.taken('ann'))).toContain('eyJ');
    expect(JSON.stringify(boxes.taken('ops'))).not.toMatch(/eyJ|deleted for good/);
    expect(boxes.received.map((one) => one.box).sort()).toEqual(['ann', 'ops']);
  });

  test('without channels nothing is sent', async () => {
    const { report } = (await attempt(deskOf([]), notice)) as { report: NoticeReport };
    expect(report).toEqual({ deliveries: [], withoutChannel: [] });
    expect(Object.keys(createCoreActivities(deskOf([])))).toContain('notify');
  });
});
