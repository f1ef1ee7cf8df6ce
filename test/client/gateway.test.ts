import { request as httpRequest } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Readiness } from '../../client/deliver';
import { TemporalAway } from '../../client/errors';
import type { RunningGateway } from '../../client/gateway';
import { Secret } from '../../domain/secret';
import { gatewayOpener, post, secrets, webhookSecret } from './gateway-rig';
import { changed, sampleEvent } from './sample-event';

const open = gatewayOpener();
const bad = changed(sampleEvent({ id: 'hr-2' }), 'data.person.timeZone', 'Nowhere');

describe('what is accepted', () => {
  test('one event, named with the flow that has it', async () => {
    const { gateway, delivered } = await open();
    const answer = await post({ gateway, body: sampleEvent() });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ accepted: [{ id: 'hr-4711', workflowId: 'person:e1042' }] });
    expect(delivered).toEqual(['hr-4711']);
  });

  test('an array, in its order', async () => {
    const { gateway, delivered } = await open();
    const body = ['c', 'a', 'b'].map((id) => sampleEvent({ id }));
    const answer = await post({ gateway, body, headers: { 'content-type': 'application/cloudevents-batch+json' } });
    expect(await answer.json()).toMatchObject({ accepted: [{ id: 'c' }, { id: 'a' }, { id: 'b' }] });
    expect(delivered).toEqual(['c', 'a', 'b']);
  });

  test('a batch about many people goes several at a time, each person in order, and is answered in its own', async () => {
    const seen: string[] = [];
    let atOnce = 0;
    let most = 0;
    const { gateway } = await open({
      deliver: async ({ id, subject }) => {
        most = Math.max(most, (atOnce += 1));
        await wait(Number(id.slice(1)) % 3);
        seen.push(`${subject} ${id}`);
        atOnce -= 1;
        return { workflowId: `person:${subject}` };
      },
    });
    const body = Array.from({ length: 120 }, (_, n) => sampleEvent({ id: `n${n}`, personId: `e${n % 40}` }));
    const { accepted } = (await (await post({ gateway, body })).json()) as { accepted: { id: string }[] };
    expect(accepted.map(({ id }) => id)).toEqual(body.map(({ id }) => id));
    expect(most).toBe(16);
    for (let n = 0; n < 40; n += 1) {
      const own = seen.filter((one) => one.startsWith(`e${n} `));
      expect(own).toEqual([n, n + 40, n + 80].map((id) => `e${n} n${id}`));
    }
  });

  test('the same request again: repeated ids are no conflict', async () => {
    const { gateway } = await open();
    const at = new Date();
    for (let n = 0; n < 3; n += 1) expect((await post({ gateway, body: sampleEvent(), at })).status).toBe(202);
  });

  test('JSON with a charset, and an address beside it in the log without names', async () => {
    const { gateway, written } = await open();
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await post({ gateway, body: sampleEvent(), headers })).status).toBe(202);
    expect(written.text()).toContain('e1042');
    for (const personal of ['Anna', 'eriksen', 'resignation', 'acme.test'])
      expect(written.text()).not.toContain(personal);
  });
});

describe('what is refused', () => {
  test.each([
    ['another secret', { secret: 'whsec_b3RoZXI=' }],
    ['a time of six minutes ago', { at: new Date(Date.now() - 360_000) }],
    ['a time six minutes ahead', { at: new Date(Date.now() + 360_000) }],
    ['a signature of something else', { headers: { 'webhook-id': 'msg_2' } }],
  ])('%s: 401, and the log alone knows why', async (_name, change) => {
    const { gateway, delivered, written } = await open();
    const answer = await post({ gateway, body: sampleEvent(), ...change });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: 'not verified' });
    expect(written.lines.find(({ msg }) => msg?.includes('not verified'))?.reason).toEqual(expect.any(String));
    expect(delivered).toEqual([]);
  });

  test('no signature, no body, no anything: 401', async () => {
    const { gateway } = await open();
    const bare = await fetch(`${gateway.url}/hr/events`, { method: 'POST' });
    expect(bare.status).toBe(401);
  });

  test('an array with one bad entry: 400, every problem, nothing delivered', async () => {
    const { gateway, delivered, written } = await open();
    const worse = changed(bad, 'time', undefined);
    const answer = await post({ gateway, body: [sampleEvent(), bad, worse] });
    expect(answer.status).toBe(400);
    const { problems } = (await answer.json()) as { problems: { path: string }[] };
    expect(problems.map(({ path }) => path)).toEqual([
      '[1].data.person.timeZone',
      '[2].time',
      '[2].data.person.timeZone',
    ]);
    expect(delivered).toEqual([]);
    expect(written.text()).not.toContain('Nowhere');
  });

  test.each(['', 'no json', 'null', '[]', '"text"', '[[]]'])('a signed body of %j: 400', async (body) => {
    const { gateway } = await open();
    const answer = await post({ gateway, body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ problems: [expect.objectContaining({ message: expect.any(String) })] });
  });

  test('more than 1 MiB: 413, with a length or without', async () => {
    const { gateway, delivered } = await open();
    const body = JSON.stringify(
      Array.from({ length: 20 }, (_, n) => sampleEvent({ id: `${n}`, data: { note: 'x'.repeat(55_000) } })),
    );
    expect(body.length).toBeGreaterThan(1024 * 1024);
    expect((await post({ gateway, body })).status).toBe(413);
    expect(await chunked(gateway, body)).toBe(413);
    expect(delivered).toEqual([]);
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])('%s: 415', async (type) => {
    const { gateway, delivered } = await open();
    expect((await post({ gateway, body: sampleEvent(), headers: { 'content-type': type } })).status).toBe(415);
    expect(delivered).toEqual([]);
  });

  test('a compressed body: 415, because the signature covers what was sent', async () => {
    const { gateway } = await open();
    const body = gzipSync(JSON.stringify(sampleEvent()));
    expect((await post({ gateway, body, headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  test('another address: 404', async () => {
    const { gateway } = await open();
    expect((await fetch(`${gateway.url}/hr/events`)).status).toBe(404);
    expect((await post({ gateway, body: sampleEvent(), path: '/hr/sources/none' })).status).toBe(404);
  });
});

describe('when something of ours fails', () => {
  test('half-way through an array: 503 with Retry-After, and the whole again later', async () => {
    let isAway = true;
    const tried: string[] = [];
    const { gateway, written } = await open({
      deliver: async (event) => {
        tried.push(event.id);
        if (isAway && event.id === 'b') throw new TemporalAway('Temporal cannot be reached');
        return { workflowId: 'person:e1042' };
      },
    });
    const body = ['a', 'b', 'c'].map((id) => sampleEvent({ id }));
    const first = await post({ gateway, body });
    expect(first.status).toBe(503);
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(tried).toEqual(['a', 'b']);
    expect(written.lines.some(({ reason }) => reason === 'Temporal cannot be reached')).toBe(true);
    isAway = false;
    expect((await post({ gateway, body })).status).toBe(202);
    expect(tried).toEqual(['a', 'b', 'a', 'b', 'c']);
  });

  test('half-way through many people: 503, and nothing new is begun after the failure', async () => {
    const tried: string[] = [];
    const { gateway } = await open({
      deliver: async ({ id, subject }) => {
        tried.push(id);
        await wait(5);
        if (id === 'n3') throw new TemporalAway('Temporal cannot be reached');
        return { workflowId: `person:${subject}` };
      },
    });
    const body = Array.from({ length: 200 }, (_, n) => sampleEvent({ id: `n${n}`, personId: `e${n}` }));
    expect((await post({ gateway, body })).status).toBe(503);
    expect(tried.length).toBeLessThan(64);
  });

  test('an error nobody foresaw: the sender comes again, and hears nothing of it', async () => {
    const { gateway } = await open({
      deliver: () => {
        throw new Error('secret inner working');
      },
    });
    const answer = await post({ gateway, body: sampleEvent() });
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('inner');
  });

  test('a secret that cannot be read: 503, for a 401 would make the sender give up', async () => {
    const gone = new Secret('${file:/run/hr}', () => {
      throw new Error('ENOENT');
    });
    const { gateway, written } = await open({ secrets: [gone] });
    expect((await post({ gateway, body: sampleEvent() })).status).toBe(503);
    expect(written.text()).toContain('${file:/run/hr}');
  });

  test('it says so from the start: in the log, and by 503 at /readyz, with the reference and not the secret', async () => {
    let value = 'whsec_not base64';
    const broken = new Secret('${file:/run/hr}', () => value);
    const { gateway, written } = await open({ secrets: [broken] });
    expect(gateway.keyFaults).toEqual([
      { reason: 'gateway.hrWebhookSecrets: secret ${file:/run/hr}: not base64 after whsec_', closes: true },
    ]);
    expect(written.text()).toContain('${file:/run/hr}');
    const answer = await fetch(`${gateway.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not ready', reason: expect.stringContaining('secret ${file:/run/hr}') },
    ]);
    value = webhookSecret;
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    value = 'whsec_not base64';
    const { gateway: both } = await open({ secrets: [broken, ...secrets] });
    expect(both.keyFaults).toMatchObject([{ closes: false }]);
    expect((await fetch(`${both.url}/readyz`)).status).toBe(200);
  });

  test('nothing to verify with, or no port to listen on: it does not start', async () => {
    await expect(open({ secrets: [] })).rejects.toThrow('hrWebhookSecrets');
    const { gateway } = await open();
    await expect(open({ port: Number(new URL(gateway.url).port) })).rejects.toThrow('EADDRINUSE');
  });
});

test('a rotated secret counts without a restart', async () => {
  let current = 'one';
  const { gateway } = await open({ secrets: [new Secret('${file:key}', () => current)] });
  const statusWith = async (secret: string) => (await post({ gateway, body: sampleEvent(), secret })).status;
  expect([await statusWith('one'), await statusWith('two')]).toEqual([202, 401]);
  current = 'two';
  expect([await statusWith('one'), await statusWith('two')]).toEqual([401, 202]);
});

test('another HR system comes in at an address of its own, with its own way to verify and to map', async () => {
  const { gateway, delivered } = await open({
    sources: [
      {
        name: 'acme-hr',
        mediaTypes: ['application/x-www-form-urlencoded'],
        verify: ({ headers }) => (headers['x-acme'] === 'yes' ? { ok: true } : { ok: false, reason: 'no x-acme' }),
        toEvents: async (rawBody) => {
          const id = new URLSearchParams(Buffer.from(rawBody).toString()).get('employee') ?? '';
          return { events: [sampleEvent({ id: `acme-${id}`, personId: id })] };
        },
      },
    ],
  });
  const send = (headers: Record<string, string>) =>
    fetch(`${gateway.url}/hr/sources/acme-hr`, {
      method: 'POST',
      body: new URLSearchParams({ employee: 'e5' }),
      headers,
    });
  expect((await send({})).status).toBe(401);
  const answer = await send({ 'x-acme': 'yes' });
  expect(await answer.json()).toEqual({ accepted: [{ id: 'acme-e5', workflowId: 'person:e5' }] });
  expect(delivered).toEqual(['acme-e5']);
});

describe('health, readiness, metrics', () => {
  test('readiness is what Temporal says; health is ours alone', async () => {
    let readiness: Readiness = { ready: false, reason: 'Temporal cannot be reached' };
    const { gateway } = await open({ ready: async () => readiness });
    const before = await fetch(`${gateway.url}/readyz`);
    expect([before.status, await before.json()]).toEqual([
      503,
      { status: 'not ready', reason: 'Temporal cannot be reached' },
    ]);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    readiness = { ready: true };
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });

  test('an answer that fails or never comes is no readiness', async () => {
    const failing = await open({ ready: () => Promise.reject(new Error('boom')) });
    expect((await fetch(`${failing.gateway.url}/readyz`)).status).toBe(503);
    const hanging = await open({ ready: () => new Promise(() => undefined) });
    expect((await fetch(`${hanging.gateway.url}/readyz`)).status).toBe(503);
  });

  test('metrics count requests by status and deliveries with their time', async () => {
    const { gateway } = await open();
    await post({ gateway, body: [sampleEvent({ id: 'a' }), sampleEvent({ id: 'b' })] });
    await post({ gateway, body: sampleEvent(), secret: 'wrong' });
    const answer = await fetch(`${gateway.url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('tenure_gateway_requests_total{route="/hr/events",status="202"} 1');
    expect(text).toContain('tenure_gateway_requests_total{route="/hr/events",status="401"} 1');
    expect(text).toContain('tenure_gateway_deliveries_total{source="standard-webhooks",result="delivered"} 2');
    expect(text).toContain('tenure_gateway_delivery_seconds_count{result="delivered"} 2');
    expect(text).toContain('process_cpu_seconds_total');
  });
});

test('closing lets a request in flight finish and takes no new one', async () => {
  const begun = resolvers();
  const release = resolvers();
  const { gateway } = await open({
    deliver: async () => {
      begun.resolve();
      await release.promise;
      return { workflowId: 'person:e1042' };
    },
  });
  const answer = post({ gateway, body: sampleEvent() });
  await begun.promise;
  const closed = gateway.close();
  const late = await fetch(`${gateway.url}/healthz`).then(
    ({ status }) => status,
    () => 'refused',
  );
  expect([503, 'refused']).toContain(late);
  expect(await Promise.race([closed.then(() => 'closed'), wait(50, 'still open')])).toBe('still open');
  release.resolve();
  expect((await answer).status).toBe(202);
  await closed;
});

function resolvers() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Sends without a length, as a sender that streams. */
function chunked(gateway: RunningGateway, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const request = httpRequest(`${gateway.url}/hr/events`, { method: 'POST', headers }, (response) => {
      resolve(response.statusCode);
      response.resume();
    });
    request.on('error', reject);
    for (let at = 0; at < body.length; at += 100_000) request.write(body.slice(at, at + 100_000));
    request.end();
  });
}
