import { writeFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Delivered } from '../../client/deliver';
import { TemporalAway } from '../../client/errors';
import { startGateway, type RunningGateway } from '../../client/gateway';
import type { Ping } from '../../sources/webhook';
import { sendMessage, type HrMessage, type HrStandIn } from '../../sandbox/hr/contract';
import { webhookOf } from '../../sources/registry';
import type { Source } from '../../sources/source';
import { readableLog } from '../client/gateway-rig';
import type { Conformance } from './conformance';
import { SecretFolder, sourceFor } from './rig';

const employee = { firstName: 'Anna', lastName: 'Eriksen', workEmail: 'anna@acme.test', startsOn: '2020-01-01' };

export function webhookPromises(system: Conformance): void {
  let standIn: HrStandIn;
  let folder: SecretFolder;
  let source: Source;
  let gateway: RunningGateway;
  let id: string;
  let pings: Ping[];
  let away = false;
  const log = readableLog();

  beforeAll(async () => {
    standIn = await system.start();
    id = standIn.hire(employee);
    folder = await SecretFolder.make();
    const secrets = [await folder.keep('webhook', standIn.webhookSecret), await folder.keep('next', system.nextSecret)];
    source = await sourceFor(folder, standIn, { ...system.extra, webhookSecrets: secrets });
    gateway = await startGateway({
      ...{ host: '127.0.0.1', port: 0, secrets: [], log: log.log },
      pings: {
        sources: [{ id: source.id, type: source.type, lookAgainMs: 1, webhook: webhookOf(source) }],
        deliver: { ping: take, handshake: () => Promise.reject(new Error('nobody shakes hands here')) },
      },
      deliver: () => Promise.reject(new Error('no event comes this way')),
      ready: async () => ({ ready: true }),
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await standIn?.stop();
    await folder?.remove();
  });
  beforeEach(() => {
    pings = [];
    away = false;
  });

  async function take(_source: unknown, ping: Ping): Promise<Delivered> {
    if (away) throw new TemporalAway('Temporal cannot be reached');
    pings.push(ping);
    return { workflowId: `hr-record:acme:${ping.recordId}` };
  }
  const send = (message: HrMessage) => sendMessage(message, `${gateway.url}/hr/${system.type}/acme`);
  const signed = (body: unknown) => system.sign(JSON.stringify(body), standIn.webhookSecret);

  it('takes each kind of message about a record, however often it comes', async () => {
    for (const kind of ['hired', 'changed', 'terminated', 'cancelled', 'rehired', 'removed'] as const) {
      const message = standIn.message(kind, id);
      for (const _time of [1, 2]) {
        const answer = await send(message);
        expect(answer.status).toBe(202);
        expect(await answer.json()).toEqual({ accepted: [{ record: id, workflowId: `hr-record:acme:${id}` }] });
      }
    }
    expect(pings.map(({ recordId }) => recordId)).toEqual(Array.from({ length: 12 }, () => id));
    expect(pings[0]?.hint).toBe('created');
    expect(pings.at(-1)?.hint).toBe('deleted');
  });

  it('refuses what is not signed, signed with another key, or not what was signed', async () => {
    const message = standIn.message('terminated', id);
    const { [system.signatureHeader]: signature = '', ...unsigned } = message.headers;
    const refused: readonly HrMessage[] = [
      { ...message, headers: unsigned },
      { ...message, headers: { ...unsigned, [system.signatureHeader]: '' } },
      { ...message, headers: { ...unsigned, [system.signatureHeader]: signature.slice(0, -8) } },
      { ...message, headers: { ...unsigned, [system.signatureHeader]: flipped(signature) } },
      { ...message, body: message.body.replace(id, id.replace(/.$/, '9')) + ' ' },
      { ...message, body: '' },
      system.sign(message.body, `${system.nextSecret.slice(0, -4)}AAAA`),
    ];
    for (const one of refused) {
      const answer = await send(one);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({ error: 'not verified' });
    }
    expect(pings).toEqual([]);
  });

  it('takes every live key, and one that was taken away no more', async () => {
    expect((await send(standIn.message('changed', id, { secret: system.nextSecret }))).status).toBe(202);
    await writeFile(path.join(folder.path, 'next'), system.nextSecret.replace(/^..../, 'BBBB'));
    expect((await send(standIn.message('changed', id, { secret: system.nextSecret }))).status).toBe(401);
    await writeFile(path.join(folder.path, 'next'), `${system.nextSecret}\n`);
    expect((await send(standIn.message('changed', id, { secret: system.nextSecret }))).status).toBe(202);
  });

  it('asks to come again while a key cannot be read, and still takes the others', async () => {
    await rm(path.join(folder.path, 'next'));
    const answer = await send(standIn.message('changed', id, { secret: system.nextSecret }));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('30');
    expect((await send(standIn.message('changed', id))).status).toBe(202);
    await writeFile(path.join(folder.path, 'next'), system.nextSecret);
  });

  it('asks to come again while Temporal is away', async () => {
    away = true;
    const answer = await send(standIn.message('terminated', id));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
  });

  it('takes no request from another time, where the scheme tells the time', async () => {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
    const { windowSeconds } = system;
    const far = (windowSeconds ?? 3600) + 60;
    const expected = windowSeconds === undefined ? 202 : 401;
    expect((await send(standIn.message('changed', id, { at: at(-far) }))).status).toBe(expected);
    expect((await send(standIn.message('changed', id, { at: at(far) }))).status).toBe(expected);
    if (windowSeconds !== undefined) {
      expect((await send(standIn.message('changed', id, { at: at(60 - windowSeconds) }))).status).toBe(202);
    }
  });

  it('answers a malformed body with everything that is wrong with it', async () => {
    for (const { body, paths } of system.malformed) {
      const answer = await send(signed(body));
      expect(answer.status).toBe(400);
      const { problems } = (await answer.json()) as { problems: { path: string; message: string }[] };
      expect([body, problems.map((problem) => problem.path)]).toEqual([body, paths]);
    }
    for (const text of ['', '{', 'null', '[]', '"text"', '{"a":1}}']) {
      expect([text, (await send(system.sign(text, standIn.webhookSecret))).status]).toEqual([text, 400]);
    }
    expect(pings).toEqual([]);
  });

  it('thanks for messages that say nothing about people, and does nothing', async () => {
    for (const body of system.otherMessages) {
      const answer = await send(signed(body));
      expect([body, answer.status, await answer.json()]).toEqual([body, 202, { accepted: [] }]);
    }
    expect(pings).toEqual([]);
  });

  it('logs ids alone: no key, no signature, no body', () => {
    const text = log.text();
    expect(text).toContain('HR ping delivered');
    for (const secret of [standIn.webhookSecret, system.nextSecret, 'changedFields', 'anna@acme.test']) {
      expect(text).not.toContain(secret);
    }
  });
}

/** One character in the middle is another. */
function flipped(signature: string): string {
  return signature.slice(0, 20) + (signature[20] === '0' ? '1' : '0') + signature.slice(21);
}
