import { Webhook } from 'standardwebhooks';
import { startNotices, type NoticeReceiver } from '../../../sandbox/notices';

describe('the receivers of notices', () => {
  let notices: NoticeReceiver;
  beforeAll(async () => {
    notices = await startNotices({ slackEveryMs: 60_000 });
  });
  afterAll(async () => notices.stop());

  const sign = (body: string, id: string, secret = notices.secrets[0] ?? '') => {
    const now = new Date();
    return {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    };
  };
  const post = async (url: string, body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual' });
    return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get('retry-after') };
  };

  test('a webhook is taken when it is signed, once however often it comes, and refused otherwise', async () => {
    const body = JSON.stringify({ type: 'x', data: { n: 'æ' } });
    const url = notices.webhookUrl('ops');
    expect(await post(url, body, sign(body, 'msg_1'))).toMatchObject({ status: 200 });
    expect(await post(url, body, sign(body, 'msg_1'))).toMatchObject({ status: 200 });
    expect(await post(url, `${body} `, sign(body, 'msg_2'))).toMatchObject({ status: 401 });
    expect(
      await post(url, body, sign(body, 'msg_3', `whsec_${Buffer.from('another').toString('base64')}`)),
    ).toMatchObject({ status: 401 });
    expect(notices.taken('ops')).toMatchObject([{ id: 'msg_1', body: { type: 'x' } }]);
    expect(notices.received.filter((one) => one.repeat)).toHaveLength(1);
  });

  test('a Slack-like box says ok, knows its limits, and answers 429 with Retry-After to the next one', async () => {
    const url = notices.slackUrl('people');
    const section = (text: string) =>
      JSON.stringify({ text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
    expect(await post(url, '{}')).toMatchObject({ status: 400, text: 'invalid_payload' });
    expect(await post(url, section('x'.repeat(3001)))).toMatchObject({ status: 400, text: 'invalid_blocks' });
    expect(await post(url.replace(/[^/]+$/, 'guessed'), section('x'))).toMatchObject({
      status: 404,
      text: 'no_service',
    });
    expect(await post(url, section('x'))).toMatchObject({ status: 200, text: 'ok' });
    expect(await post(url, section('x'))).toMatchObject({ status: 429, retryAfter: '60' });
  });

  test('a box fails as told, so often as told', async () => {
    const url = notices.slackUrl('frail');
    const body = JSON.stringify({ text: 'x' });
    for (const [fault, status] of [
      ['server-error', 500],
      ['gone', 410],
      ['throttled', 429],
      ['redirect', 302],
    ] as const) {
      notices.fail('frail', fault, 1);
      expect(await post(url, body)).toMatchObject({ status });
    }
    expect(await post(url, body)).toMatchObject({ status: 200 });
    notices.fail('frail', 'server-error');
    notices.heal('frail');
    expect(await post(url, body)).toMatchObject({ status: 429 });
  });
});
