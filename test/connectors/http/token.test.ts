import type { Call } from '../../../connectors/connector';
import { VendorUnauthorized, VendorUnavailable } from '../../../connectors/errors';
import { Rate } from '../../../connectors/http/rate';
import { TokenCache, type Token } from '../../../connectors/http/token';

const callWith = (signal = new AbortController().signal, more: Partial<Call> = {}): Call => ({
  ...{ signal, beforeWrite: () => Promise.resolve(), noteExchange: () => undefined },
  ...more,
});
/** A source whose requests end when the test says so. */
function sourceOf() {
  const asked: { readonly signal: AbortSignal; give(token: Token): void; fail(error: Error): void }[] = [];
  const state = { secret: 'first' };
  const cache = new TokenCache({
    fingerprint: () => state.secret,
    request: ({ signal }) =>
      new Promise((give, fail) => {
        asked.push({ signal, give, fail });
        signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true });
      }),
  });
  return { asked, cache, state };
}
const refused = new VendorUnauthorized('no', { target: 'one', operation: 'token' });

test('the last caller to leave stops the request, and the next one starts afresh', async () => {
  const { asked, cache } = sourceOf();
  const [first, second] = [new AbortController(), new AbortController()];
  const waiting = [cache.current(callWith(first.signal)), cache.current(callWith(second.signal))];
  const ended = Promise.allSettled(waiting);
  first.abort(new Error('one'));
  await Promise.resolve();
  expect(asked[0]?.signal.aborted).toBe(false);
  second.abort(new Error('two'));
  expect((await ended).map((one) => one.status)).toEqual(['rejected', 'rejected']);
  expect(asked[0]?.signal.aborted).toBe(true);
  const next = cache.current(callWith());
  asked[1]?.give({ value: 'b' });
  expect((await next).value).toBe('b');
  expect(asked).toHaveLength(2);
});

test('a token is given up a little before its end, and one that was refused is replaced once for all', async () => {
  const { asked, cache } = sourceOf();
  const short = cache.current(callWith());
  asked[0]?.give({ value: 'short', lifetimeSeconds: 0.02 });
  expect((await short).value).toBe('short');
  await new Promise((resolve) => setTimeout(resolve, 25));
  const long = cache.current(callWith());
  asked[1]?.give({ value: 'long', lifetimeSeconds: 3600 });
  const old = await long;
  expect((await cache.current(callWith())).value).toBe('long');

  const replaced = [cache.replace(old, callWith()), cache.replace(old, callWith())];
  asked[2]?.give({ value: 'new', lifetimeSeconds: 3600 });
  expect((await Promise.all(replaced)).map(({ value }) => value)).toEqual(['new', 'new']);
  // Somebody who was refused with the old token long ago gets the new one without a request.
  expect((await cache.replace(old, callWith())).value).toBe('new');
  expect(asked).toHaveLength(3);
});

test('a refused credential is not offered again until it changes; an outage is', async () => {
  const { asked, cache, state } = sourceOf();
  const ask = (): Promise<unknown> => cache.current(callWith()).catch((error: unknown) => error);
  const first = ask();
  asked[0]?.fail(refused);
  expect(await first).toBe(refused);
  expect(await ask()).toBe(refused);
  expect(asked).toHaveLength(1);
  state.secret = 'mended';
  const second = ask();
  asked[1]?.fail(new VendorUnavailable('down', { target: 'one', operation: 'token' }));
  expect(await second).toBeInstanceOf(VendorUnavailable);
  void ask();
  expect(asked).toHaveLength(3);
});

test('the rate lets a burst of one second through, then keeps its pace; nobody overtakes the concurrency', async () => {
  const rate = new Rate('one', { requestsPerSecond: 50, concurrency: 3 });
  const startedAt = performance.now();
  let [running, most] = [0, 0];
  const request = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 80 }, () => rate.run('read', callWith(), request)));
  // 50 at once, the other 30 at 50 a second.
  expect(performance.now() - startedAt).toBeGreaterThan(550);
  expect(most).toBe(3);
});

test('what would wait too long is throttled at once; an abort ends the wait; waiting is told', async () => {
  const rate = new Rate('one', { requestsPerSecond: 0.04, concurrency: 1 });
  const nothing = (): Promise<void> => Promise.resolve();
  await rate.run('read', callWith(), nothing);
  await expect(rate.run('read', callWith(), nothing)).rejects.toMatchObject({
    ...{ name: 'VendorThrottled', context: { retryAfterMs: expect.any(Number) } },
  });
  const slow = new Rate('one', { requestsPerSecond: 0.1, concurrency: 1 });
  await slow.run('read', callWith(), nothing);
  const stop = new AbortController();
  const waits: number[] = [];
  const waiting = slow.run('read', callWith(stop.signal, { onWait: (ms) => void waits.push(ms) }), nothing);
  setTimeout(() => stop.abort(new Error('cut off')), 20);
  await expect(waiting).rejects.toThrow('cut off');
  expect(waits.length).toBeGreaterThan(0);
});

test('a place that becomes free goes to the next in line, not to one that was aborted', async () => {
  const rate = new Rate('one', { requestsPerSecond: 1000, concurrency: 1 });
  const order: string[] = [];
  let release: () => void = () => undefined;
  const first = rate.run('read', callWith(), () => new Promise<void>((resolve) => (release = resolve)));
  const stop = new AbortController();
  const aborted = rate.run('read', callWith(stop.signal), async () => void order.push('aborted'));
  const last = rate.run('read', callWith(), async () => void order.push('last'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  release();
  await Promise.all([first, last]);
  expect(order).toEqual(['last']);
});
