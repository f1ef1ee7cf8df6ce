import { openChannel, type ChannelOptions } from '../../../connectors/channel';
import type { Message } from '../../../domain/notice';
import { Secret } from '../../../domain/secret';
import { startNotices, type NoticeReceiver } from '../../../sandbox/notices';

const message: Message = {
  id: 'msg_1',
  kind: 'approval-needed',
  at: '2026-11-25T10:00:00.000Z',
  text: 'Leaver e1: <removal> & more',
  lines: ['a line', 'x'.repeat(4000)],
  paste: [{ label: 'Paste this', text: '{"token":"t"}' }],
  link: 'https://temporal.acme.test/namespaces/default/workflows/leaver%3Ae1',
  data: { workflowId: 'leaver:e1' },
};
const { signal } = new AbortController();

describe('channels over real HTTP', () => {
  let boxes: NoticeReceiver;
  beforeAll(async () => {
    boxes = await startNotices({
      secrets: [`whsec_${Buffer.from('the new one').toString('base64')}`, 'in plain words'],
    });
  });
  afterAll(async () => boxes.stop());

  const secretOf = (value: string, reference = '${env:SOME}') => new Secret(reference, () => value);
  const open = (type: 'webhook' | 'slack', url: string, more: Partial<ChannelOptions> = {}) =>
    openChannel({
      ...{ id: 'ops', type, url: secretOf(url), timeoutMs: 300, tls: {} },
      secrets: type === 'webhook' ? [secretOf(boxes.secrets[0] ?? '')] : [],
      ...more,
    });
  const send = async (channel: ReturnType<typeof open>) => await channel.send(message, signal);

  test('a webhook is signed as Standard Webhooks says, in both forms of a secret, and with all live ones', async () => {
    const url = boxes.webhookUrl('signed');
    expect(await send(open('webhook', url))).toEqual({ outcome: 'taken' });
    expect(await send(open('webhook', url, { secrets: [secretOf('in plain words\n')] }))).toEqual({ outcome: 'taken' });
    const rotating = [secretOf('unknown to the receiver'), secretOf('in plain words')];
    expect(await send(open('webhook', url, { secrets: rotating }))).toEqual({ outcome: 'taken' });
    expect(await send(open('webhook', url, { secrets: [secretOf('unknown')] }))).toEqual({
      outcome: 'refused',
      why: 'it answered 401',
    });
    expect(boxes.taken('signed')).toMatchObject([
      {
        id: 'msg_1',
        body: { type: 'tenure.notice.approval-needed', timestamp: message.at, data: { workflowId: 'leaver:e1' } },
      },
    ]);
  });

  test('Slack gets text and blocks, nothing in them can act, and nothing is too long', async () => {
    expect(await send(open('slack', boxes.slackUrl('people')))).toEqual({ outcome: 'taken' });
    const body = boxes.taken('people')[0]?.body ?? {};
    const text = JSON.stringify(body);
    expect(body['text']).toBe('Leaver e1: &lt;removal&gt; &amp; more');
    expect(text).toContain('```{\\"token\\":\\"t\\"}```');
    expect(text).toContain('<https://temporal.acme.test/');
    expect(text).not.toContain('<removal>');
  });

  test.each([
    ['server-error', { outcome: 'again', why: 'it answered 500 (server_error)' }],
    ['throttled', { outcome: 'again', why: 'it answered 429 (rate_limited)', waitMs: 1000 }],
    ['throttled-silently', { outcome: 'again', why: 'it answered 429' }],
    ['web-page', { outcome: 'again', why: 'it answered 200 with a web page: something stands in between' }],
    ['redirect', { outcome: 'refused', why: 'it answered 302: redirects are not followed' }],
    ['silent', { outcome: 'again', why: 'no answer (ETIMEDOUT)' }],
  ] as const)('%s is said in words without an address', async (fault, answer) => {
    boxes.fail(fault, fault, 1);
    expect(await send(open('slack', boxes.slackUrl(fault)))).toEqual(answer);
  });

  test('410 closes a channel until its address changes', async () => {
    let url = boxes.slackUrl('archived');
    const channel = open('slack', url, { url: new Secret('${file:url}', () => url) });
    boxes.fail('archived', 'gone', 1);
    expect(await send(channel)).toMatchObject({ outcome: 'refused', why: 'it answered 410 (channel_is_archived)' });
    expect(await send(channel)).toMatchObject({ outcome: 'refused', why: expect.stringContaining('410 before') });
    expect(boxes.received.filter((one) => one.box === 'archived')).toHaveLength(1);
    url = boxes.slackUrl('moved');
    expect(await send(channel)).toEqual({ outcome: 'taken' });
  });

  test('what is wrong with address or secret is named by its reference, never by its value', async () => {
    const plain = await send(open('slack', 'http://hooks.acme.test/very/secret'));
    expect(plain).toEqual({ outcome: 'again', why: 'the address in ${env:SOME} does not begin with https://' });
    const unset = new Secret('${env:UNSET}', () => {
      throw new Error('the environment variable UNSET is not set');
    });
    expect(await send(open('slack', '', { url: unset }))).toMatchObject({ why: expect.stringContaining('UNSET') });
    const bad = await send(open('webhook', boxes.webhookUrl('x'), { secrets: [secretOf('whsec_not*base64')] }));
    expect(bad).toMatchObject({ outcome: 'again', why: expect.stringContaining('base64') });
    const refused = await send(open('slack', 'http://127.0.0.1:1/services/secret-part'));
    expect(refused).toMatchObject({ outcome: 'again', why: 'no answer (ECONNREFUSED)' });
    const all = JSON.stringify([plain, bad, refused]);
    for (const secret of ['very/secret', 'secret-part', 'not*base64', '127.0.0.1']) expect(all).not.toContain(secret);
  });

  test('probing sends no message and tells whether anything answers', async () => {
    const before = boxes.received.length;
    expect(await open('slack', boxes.slackUrl('x')).probe(signal)).toEqual({ outcome: 'taken' });
    expect(await open('slack', boxes.slackUrl('x').replace('/services', '/nowhere')).probe(signal)).toEqual({
      outcome: 'refused',
      why: 'it answered 404',
    });
    expect(await open('slack', 'http://127.0.0.1:1/').probe(signal)).toMatchObject({ outcome: 'again' });
    expect(boxes.received).toHaveLength(before);
  });
});
