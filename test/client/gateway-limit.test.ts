import type { RunningGateway } from '../../client/gateway';
import { gatewayOpener, post } from './gateway-rig';
import { sampleEvent } from './sample-event';

const open = gatewayOpener();

describe('how much is taken', () => {
  const wrong = 'whsec_b3RoZXI=';

  test('what is verified always passes, however much of its address is not: 401 first, then 503 with Retry-After', async () => {
    const { gateway, delivered, written } = await open({ limits: { unverifiedPerMinute: 3 } });
    const refused = [];
    for (let n = 0; n < 6; n += 1) refused.push(await post({ gateway, body: sampleEvent(), secret: wrong }));
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 503, 503, 503]);
    expect(Number(refused[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(written.lines.filter(({ msg }) => msg?.includes('not verified'))).toHaveLength(3);
    expect((await post({ gateway, body: sampleEvent() })).status).toBe(202);
    expect(delivered).toEqual(['hr-4711']);
  });

  test('verified requests are never counted with those that are not', async () => {
    const { gateway } = await open({ limits: { unverifiedPerMinute: 2 } });
    for (let n = 0; n < 5; n += 1) expect((await post({ gateway, body: sampleEvent() })).status).toBe(202);
    expect((await post({ gateway, body: sampleEvent(), secret: wrong })).status).toBe(401);
  });

  test('far too much of one address: 503 with Retry-After and never 429, health not counted', async () => {
    const { gateway, written } = await open({ limits: { requestsPerMinute: 3 } });
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await post({ gateway, body: sampleEvent() }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 503]);
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answers[3]?.json()).toEqual({ error: expect.stringContaining('come again') });
    expect(written.text()).not.toContain('stack');
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  test('senders behind a trusted proxy are told apart; nobody else may say whom they stand for', async () => {
    const statuses = async (gateway: RunningGateway) => {
      const send = (from: string) =>
        post({ gateway, body: sampleEvent(), headers: { 'x-forwarded-for': from } }).then(({ status }) => status);
      return [await send('192.0.2.1'), await send('192.0.2.1'), await send('192.0.2.2')];
    };
    const limits = { requestsPerMinute: 1 };
    const { gateway: trusting } = await open({ limits, trustedProxies: ['127.0.0.0/8'] });
    expect(await statuses(trusting)).toEqual([202, 503, 202]);
    const { gateway: wary } = await open({ limits, trustedProxies: [] });
    expect(await statuses(wary)).toEqual([202, 503, 503]);
  });
});
