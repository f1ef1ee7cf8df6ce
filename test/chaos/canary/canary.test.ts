import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { standInTypes, startAll, type All, type StandInType } from '../../../sandbox';
import { eventsFrom, personCalled } from '../company';
import { Operator } from '../operator';
import { Scene } from '../scene';
import { carriers, quotations, type Carrier, type Quotation } from './echo';
import { startEchoRelay, type EchoRelay } from './echo-relay';
import { findLeaks, textOf, type Leak } from './leak';

const carrierNames = Object.keys(carriers) as Carrier[];
const quotationNames = Object.keys(quotations) as Quotation[];
const leavers = ['oda', 'per', 'ada', 'sven', 'liv'].map(personCalled);
/** Signs, quotation marks and blanks: whoever writes them down has to encode them, each in its own way. */
const canary = (what: string) => `cnry ${what}+/"&%7`;
const webhookSecret = `whsec_${Buffer.from('canary-webhook-secret-24b').toString('base64')}`;
/** A token that is refused twice would wait for a person; tokens that the vendor hands out on request are replaced. */
const houseOptions = {
  'beyondtrust-rest': { clientSecret: canary('bt') },
  'beyond-identity': { clientSecret: canary('bi') },
  'cyberark-privilege-cloud': { clientSecret: canary('cloud') },
  'cyberark-pam-self-hosted': { password: canary('pvwa'), tls: false },
  'cyberark-identity-scim': { auth: 'client-credentials' },
  'delinea-rest': { clientSecret: canary('del') },
} as const;

describe('secrets that every vendor echoes, in every way it can', () => {
  let house: All;
  let scene: Scene;
  const relays = new Map<StandInType, EchoRelay>();
  /** What was seen while it ran, by place. */
  const seen = new Map<string, string>();
  let exports = '';

  beforeAll(async () => {
    exports = await mkdtemp(path.join(tmpdir(), 'tenure-canary-'));
    house = await startAll({ people: leavers, options: houseOptions });
    for (const [index, type] of standInTypes.entries()) relays.set(type, await relayFor(type, index));
    scene = await Scene.start({
      house,
      originOf: (type) => relays.get(type)?.origin,
      webhookSecret,
    });
    const hr = eventsFrom(Date.now());
    await scene.post(leavers.map((person) => hr(person, 'tenure.leaver')));
    await attendAll();
    await runCommands();
    for (const program of scene.programs) seen.set(`output of tenure ${program.words.join(' ')}`, program.said);
    await readHistories();
  }, 400_000);

  afterAll(async () => {
    await scene?.stop();
    for (const relay of relays.values()) await relay.stop();
    await house?.stop();
    await rm(exports, { recursive: true, force: true });
  }, 60_000);

  /** Each says everything once, each in another way, so that together they say everything in every way. */
  async function relayFor(type: StandInType, index: number): Promise<EchoRelay> {
    const quotation = (turn: number) => quotationNames[(index + turn) % quotationNames.length] ?? 'plain';
    // A 400 refuses the password there, and a refused password waits for a person.
    const misunderstood = type === 'cyberark-pam-self-hosted' ? 'a title' : 'a SCIM error';
    return await startEchoRelay({
      upstream: new URL(house.standIns[type].baseUrl).origin,
      plan: carrierNames.map((carrier, turn) => ({ carrier, quotation: quotation(turn) })),
      atLogOn: [
        { carrier: 'plain text', quotation: quotation(0) },
        { carrier: misunderstood, quotation: quotation(4) },
        { carrier: 'a title', quotation: quotation(7) },
      ],
      pause: 5,
      unasked: `cnry-unasked-${index}-${type}`,
      cookie: `cnry-cookie-${index}-${type}`,
    });
  }

  /** Retries what parks, and looks meanwhile at what Temporal shows of steps in flight. */
  async function attendAll(): Promise<void> {
    const operator = new Operator(scene);
    await scene.until(
      async () => {
        const all = await Promise.all(leavers.map(async ({ id }) => operator.attend(id, 'keep')));
        for (const { id } of leavers) await look(id);
        await setTimeout(300); // an operator's pace: the engine has other work
        return all;
      },
      (all) => all.every((progress) => progress?.outcome !== undefined),
      'every leaver to end',
      300_000,
    );
  }

  /** Heartbeats, last failures and details of a running flow: they leave no trace in its history. */
  async function look(id: string): Promise<void> {
    const handle = scene.leaver(id);
    const [described, metadata] = await Promise.all([
      handle.describe().catch(() => undefined),
      handle.query('__temporal_workflow_metadata').catch(() => undefined),
    ]);
    const text = `${textOf(described?.raw)}\n${JSON.stringify(metadata ?? '')}`;
    const place = `steps in flight of leaver:${id}`;
    seen.set(place, `${seen.get(place) ?? ''}\n${text}`);
  }

  /** What an operator looks at, while the vendors still speak carelessly. */
  async function runCommands(): Promise<void> {
    const [first] = leavers;
    const event = eventsFrom(Date.now())(personCalled('oda'), 'tenure.leaver');
    await writeFile(path.join(scene.folder, 'event.json'), JSON.stringify(event));
    for (const words of [
      ['check'],
      ['check', '--json'],
      ['plan', 'event.json', '--json'],
      ['status'],
      ['status', first?.id ?? '', '--json'],
      ['evidence', 'show', '--all'],
      ['evidence', 'export', '--all', '--output', exports],
      ['evidence', 'export', '--all', '--html', '--output', exports],
      ['evidence', 'verify', '--all'],
    ])
      await scene.run(...words).ended;
    for (const file of await readdir(exports)) seen.set(`exported ${file}`, await textIn(path.join(exports, file)));
  }

  async function readHistories(): Promise<void> {
    for await (const { workflowId, runId } of scene.client.workflow.list()) {
      const handle = scene.client.workflow.getHandle(workflowId, runId);
      seen.set(`history of ${workflowId}`, textOf((await handle.fetchHistory()).events));
      seen.set(`description of ${workflowId}`, textOf((await handle.describe()).raw));
    }
  }

  const textIn = async (file: string) => (await readFile(file)).toString('latin1');
  const everySecret = () =>
    new Set([
      webhookSecret.slice('whsec_'.length),
      Buffer.from(webhookSecret.slice('whsec_'.length), 'base64').toString(),
      ...[...relays.values()].flatMap(({ secrets }) => [...secrets]),
    ]);
  const leaksIn = (places: ReadonlyMap<string, string>): readonly Leak[] =>
    [...places].flatMap(([place, text]) => findLeaks(place, text, everySecret()));

  test('every vendor said it in every place, and together in every way', () => {
    for (const [type, { said }] of relays)
      expect({ type, missing: carrierNames.filter((one) => !said.some(({ carrier }) => carrier === one)) }).toEqual({
        type,
        missing: [],
      });
    const ways = new Set([...relays.values()].flatMap(({ said }) => said.map(({ quotation }) => quotation)));
    expect(quotationNames.filter((one) => !ways.has(one))).toEqual([]);
  });

  test('what is looked for is what was configured and what crossed the wire', () => {
    const secrets = everySecret();
    for (const [type, options] of Object.entries(houseOptions))
      if ('clientSecret' in options)
        expect({ type, known: secrets.has(options.clientSecret) }).toEqual({ type, known: true });
    expect(secrets).toContain(houseOptions['cyberark-pam-self-hosted'].password);
    expect(secrets).toContain(house.standIns['beyondtrust-scim'].auth.token);
    // What it signs on with or its token, the cookie, and the field that nobody asked for, of each.
    for (const [type, relay] of relays) expect({ type, count: relay.secrets.size >= 3 }).toEqual({ type, count: true });
  });

  test('the search sees what there is: names of accounts are in every kind of place', () => {
    const kinds = ['steps in flight', 'history of leaver', 'exported', 'output of tenure evidence show'];
    for (const kind of kinds) {
      const texts = [...seen].filter(([place]) => place.startsWith(kind)).map(([, text]) => text);
      // Anybody's: which steps are in flight when one looks is chance.
      const found = leavers.some(({ id }) => texts.some((text) => text.includes(`${id}@acme.test`)));
      expect({ kind, found }).toEqual({ kind, found: true });
    }
  });

  test('no history, heartbeat, log, evidence and output of a command holds any of them', () => {
    expect(leaksIn(seen)).toEqual([]);
  });

  test('no byte of the database does', async () => {
    const files = (await readdir(scene.folder)).filter((name) => name.startsWith('tenure.db'));
    expect(files).toEqual(expect.arrayContaining(['tenure.db', 'tenure.db-wal']));
    const texts = new Map<string, string>();
    for (const name of files) texts.set(name, await textIn(path.join(scene.folder, name)));
    expect([...texts.values()].some((text) => text.includes('oda@acme.test'))).toBe(true);
    expect(leaksIn(texts)).toEqual([]);
  });
});
