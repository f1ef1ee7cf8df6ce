import { X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { connect } from 'node:tls';
import { anna, failureOf, keysFor, type Suite } from './conformance';
import { caFileOf, recordedCall, targetAt } from './stand-in-target';
import { openConnector } from '../../connectors/registry';
import { Secret } from '../../domain/secret';

/** Tokens, cancellation, secrets, TLS, and the stop that reaches steps in flight. */
export function describeManners({ bench, expects, target: configured }: Suite): void {
  test('fifty callers at once share one token', async () => {
    const { connector, standIn } = await bench();
    await Promise.all(Array.from({ length: 50 }, () => connector.findAccounts(keysFor(anna.username), recordedCall())));
    expect(standIn.tokensIssued).toBe(expects.tokens);
  });

  test('a token that died is replaced once; one that cannot be replaced is unauthorized', async () => {
    const { connector, call, standIn, account, fail } = await bench();
    await account();
    const before = standIn.tokensIssued;
    fail('expired-token', { method: 'GET' });
    const search = connector.findAccounts(keysFor(anna.username), call);
    if (expects.tokens === 0) expect((await failureOf(search)).name).toBe('VendorUnauthorized');
    else expect((await search).found).toHaveLength(1);
    expect(standIn.tokensIssued - before).toBe(expects.tokens);
    if (expects.tokens === 0) return;
    fail('expired-token', { method: 'GET', times: 2 });
    const { name } = await failureOf(connector.findAccounts(keysFor(anna.username), call));
    // Beyond Identity answers 403 for a dead token and for a missing right alike.
    expect(['VendorUnauthorized', 'VendorRejected']).toContain(name);
  });

  test('a wrong credential is unauthorized, and shows up in no error and no note', async () => {
    const { standIn } = await bench();
    const wrong = 'planted-and-wrong-4711';
    const secret = new Secret('${env:WRONG}', () => wrong);
    const plain = targetAt(standIn, configured?.(standIn));
    const auth = Object.fromEntries(
      Object.entries(plain.auth).map(([name, value]) => [name, value instanceof Secret ? secret : value]),
    ) as unknown as typeof plain.auth;
    const call = recordedCall();
    const error = await failureOf(openConnector({ ...plain, auth }).findAccounts(keysFor(anna.username), call));
    expect(error.name).toBe('VendorUnauthorized');
    expect(inspect([error, call.exchanges], { depth: 9 }) + error.message).not.toContain(wrong);
  });

  test('secrets are in no error and no note, whatever goes wrong', async () => {
    const { connector, call, account, standIn, fail } = await bench();
    const target = await account();
    const seen: unknown[] = [];
    const spoilt = async (work: Promise<unknown>) => seen.push(await work.catch((error: unknown) => error));
    for (const kind of [
      'server-error',
      'malformed-json',
      'html',
      'throttled',
      'expired-token',
      'reply-lost',
    ] as const) {
      fail(kind);
      await spoilt(connector.setAccountEnabled(target, false, call));
      await spoilt(connector.listGrants(target, call));
      standIn.faults.clear();
    }
    standIn.faults.down();
    await spoilt(connector.check(call));
    expect(seen.filter((one) => one instanceof Error).length).toBeGreaterThan(3);
    const text = inspect([seen, call.exchanges], { depth: 12, showHidden: true }) + JSON.stringify(seen);
    for (const [name, value] of Object.entries(standIn.auth))
      if (/secret|password|^token$/i.test(name)) expect(text).not.toContain(value);
    expect(text).not.toMatch(/Bearer \w/);
  });

  test('an aborted call ends with the reason of its signal, and sends nothing more', async () => {
    const { connector, standIn, account, fail } = await bench();
    const target = await account();
    const stop = new AbortController();
    fail('slow', { method: 'GET', milliseconds: 1_000 });
    const search = failureOf(connector.findAccounts(keysFor(anna.username), recordedCall({ signal: stop.signal })));
    setTimeout(() => stop.abort(new Error('cut off by a person')), 50);
    expect((await search).message).toBe('cut off by a person');
    const sent = standIn.requests.length;
    const late = recordedCall({ signal: stop.signal });
    expect((await failureOf(connector.setAccountEnabled(target, false, late))).message).toBe('cut off by a person');
    expect(standIn.requests).toHaveLength(sent);
  });

  test('the emergency stop holds every write', async () => {
    const { connector, call, account, revocable, standIn, truth } = await bench();
    const target = await account();
    const held = await revocable(target);
    const stopped = recordedCall({ beforeWrite: () => Promise.reject(new Error('stopped')) });
    for (const write of [
      () => connector.setAccountEnabled(target, false, stopped),
      () => connector.revoke(target, held, stopped),
      () => connector.deleteAccount(target, stopped),
    ])
      expect((await failureOf(write())).message).toBe('stopped');
    for (const kind of expects.drains) {
      const [live] = (await connector[kind]?.list(target, call)) ?? [];
      if (live === undefined) throw new Error(`nothing live: ${kind}`);
      const ended = await failureOf(connector[kind]?.end(live, target, stopped) ?? Promise.resolve());
      expect(ended.message).toBe('stopped');
    }
    expect(standIn.requests.filter(({ write }) => write)).toEqual([]);
    expect(truth()).toMatchObject({ enabled: true, deleted: false });
  });

  test('a private CA has to be given, and a pin has to fit', async () => {
    const { connector, call, standIn } = await bench({ tls: true });
    const stranger = await failureOf(connector.findAccounts(keysFor(anna.username), call));
    expect(stranger.name).toBe('TargetMisconfigured');
    expect(stranger.message).toContain('tls.caFile');
    const caFile = caFileOf(standIn);
    const { port } = new URL(standIn.baseUrl);
    const pinSha256 = await fingerprintAt(Number(port), standIn.ca ?? '');
    const open = (tls: object) => openConnector(targetAt(standIn, { ...configured?.(standIn), tls }));
    const search = async (tls: object) => open(tls).findAccounts(keysFor(anna.username), recordedCall());
    expect((await search({ caFile })).found).toHaveLength(1);
    expect((await search({ caFile, pinSha256 })).found).toHaveLength(1);
    const wrongPin = await failureOf(search({ caFile, pinSha256: '00'.repeat(32) }));
    expect(wrongPin.name).toBe('TargetMisconfigured');
    expect(wrongPin.message).toContain('tls.pinSha256');
    expect((await failureOf(search({ pinSha256 }))).message).toContain('tls.caFile');
  });
}

function fingerprintAt(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(new X509Certificate(raw).fingerprint256);
    });
    socket.on('error', reject);
  });
}
