import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { newDesk, type Told } from './rig';

/** A day some days from now, as HR writes it. */
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const columns = 'id;source;type;time;person.id;person.username;person.email;person.displayName;effectiveAt;urgent';
const row = (id: string, person: string, effectiveAt: string, urgent = '') =>
  `${id};/hr/story;tenure.leaver;2026-01-05T09:00:00Z;${person};${person}x;${person}@firm.test;Person ${person};${effectiveAt};${urgent}`;
const ports = '--temporal-port auto --ui-port auto';

jest.setTimeout(300_000);

/** One engine, one data folder, as somebody uses it in an afternoon; each test goes on where the one before stopped. */
describe('an afternoon with the command', () => {
  const desk = newDesk();
  const heard: string[] = [];
  let demo: Promise<Told> | undefined;
  const hear = (text: string) => void heard.push(text);
  const until = async (what: RegExp) => {
    while (!heard.some((text) => what.test(text))) await wait(100);
  };
  const json = async <T>(line: string) => JSON.parse((await desk.run(`${line} --json`)).out) as T;

  beforeAll(() => {
    const rows = [row('s1', 'p1', '', 'true'), row('s2', 'p2', day(60)), row('s1', 'p1', '', 'true')];
    writeFileSync(path.join(desk.cwd, 'people.csv'), [columns, ...rows].join('\n'));
  });
  afterAll(async () => {
    if (demo !== undefined) process.emit('SIGINT');
    await demo;
    desk.remove();
  });

  it('--once plays a file on stand-ins and follows everybody to their end or their wait', async () => {
    const before = readFileSync(path.join(desk.cwd, 'people.csv'), 'utf8');
    const { code, out, err } = await desk.run(`start --once people.csv ${ports} --json`);
    expect(err).toContain('nothing real is touched');
    expect(err).toMatch(/\d+ new accounts for the 2 people/);
    const [first, second] = JSON.parse(out) as { events: { verdict: string }[]; progress: Record<string, unknown> }[];
    expect(first?.events.map(({ verdict }) => verdict)).toEqual(['new', 'duplicate']);
    expect(first?.progress).toMatchObject({ state: 'awaiting-approval' });
    expect(second?.progress).toMatchObject({ state: 'scheduled', targets: [] });
    expect(code).toBe(0);
    expect(readFileSync(path.join(desk.cwd, 'people.csv'), 'utf8')).toBe(before);
    expect(existsSync(path.join(desk.cwd, '.tenure/start.lock'))).toBe(false);
  });

  it('keeps play secrets in files of their own that only their owner reads', () => {
    const config = readFileSync(path.join(desk.cwd, '.tenure/demo.yaml'), 'utf8');
    expect(config).not.toMatch(/play-[a-z-]*(secret|token)/);
    for (const [, file = ''] of config.matchAll(/\$\{file:([^}]+)\}/g)) {
      expect(statSync(path.join(desk.cwd, '.tenure', file)).mode & 0o077).toBe(0);
    }
  });

  it('a second start goes on with what was in flight, whatever the environment says, and asks for the approval', async () => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', TENURE_CONFIG: '/nowhere.yaml' };
    demo = desk.run(`start --demo ${ports}`, { env, hear });
    await until(/p1 waits for approval/);
    expect(heard.join('\n')).toContain('played before');
    const asked = heard.find((text) => text.includes('Send an Update')) ?? '';
    expect(asked).toMatch(/workflows\/leaver%3Ap1\/[0-9a-f-]+\/user-metadata/);
    expect(JSON.parse(/^ +({.*})$/m.exec(asked)?.[1] ?? '')).toMatchObject({
      approved: true,
      approver: 'ann.berg@acme.test',
    });
    expect(asked).toContain('tenure approve leaver:p1 --reason "left the company" --approver ben.okafor@acme.test');
  });

  it('one data folder is for one start, and a taken port is an error that names the options', async () => {
    const again = await desk.run(`start --demo ${ports}`);
    expect(again).toMatchObject({ code: 1 });
    expect(again.err).toContain('in use by another `tenure start`');
    const { address } = JSON.parse(readFileSync(path.join(desk.cwd, '.tenure/running.json'), 'utf8')) as {
      address: string;
    };
    const port = address.split(':')[1] ?? '';
    const taken = await desk.run(`start --demo --data-dir other --temporal-port ${port} --ui-port auto`);
    expect(taken).toMatchObject({ code: 1 });
    expect(taken.err).toContain('--temporal-port and --ui-port');
    expect(existsSync(path.join(desk.cwd, 'other/start.lock'))).toBe(false);
  });

  it('status and check find the running demo by themselves', async () => {
    const flows = await json<{ workflowId: string; state: string; waitingFor: string }[]>('status');
    expect(flows.map(({ workflowId, state, waitingFor }) => [workflowId, state, waitingFor])).toEqual([
      ['leaver:p1', 'awaiting-approval', 'a decision on the removal plan'],
      ['leaver:p2', 'scheduled', 'its day'],
    ]);
    const { code, out, err } = await desk.run('check --target passkeys --target vault-dc1');
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/of the running demo.*\nTemporal: 127/s) });
    expect(out).toMatch(/passkeys \(beyond-identity\): ok/);
    expect((await desk.run('check --target nowhere')).err).toContain('No target is called nowhere');
  });

  it('plan shows what a leaver would change, and changes nothing', async () => {
    const event = {
      specversion: '1.0',
      id: 'x',
      source: '/hr/story',
      type: 'tenure.leaver',
      time: '2026-01-05T09:00:00Z',
      subject: 'p2',
    };
    const data = { person: { id: 'p2', username: 'p2x', email: 'p2@firm.test' }, urgent: true };
    const { code, out } = await desk.run(['plan', JSON.stringify({ ...event, data })]);
    expect(code).toBe(0);
    expect(out).toMatch(/vault-eu +p2x +would-change +disable/);
    expect(await json('status p2')).toMatchObject({ progress: { state: 'scheduled', targets: [] } });
  });

  it('a plan is approved by two different people who may, and by nobody else', async () => {
    const approve = (who: string, more = '--yes') =>
      desk.run(`approve leaver:p1 --reason left --approver ${who} ${more}`);
    expect(await approve('ann.berg@acme.test', '')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--plan-hash'),
    });
    const asked = await desk.run('approve leaver:p1 --reason left --approver ann.berg@acme.test', { answers: ['no'] });
    expect(asked).toMatchObject({ code: 1, err: expect.stringMatching(/deleted for good.*Nothing was sent/s) });
    expect(await approve('p1@firm.test')).toMatchObject({ code: 3, out: expect.stringContaining('does not count') });
    expect(await approve('stranger@acme.test')).toMatchObject({ code: 3 });
    expect(await approve('ann.berg@acme.test')).toMatchObject({ code: 0, out: expect.stringContaining('more people') });
    expect(await approve('ann.berg@acme.test')).toMatchObject({ code: 3 });
    expect(await approve('Ben.Okafor@acme.test')).toMatchObject({ code: 0 });
    for (;;) {
      const { progress } = await json<{ progress: { outcome?: string } }>('status p1');
      if (progress.outcome !== undefined) break;
      await wait(500);
    }
    const { progress } = await json<{ progress: { targets: { id: string; steps: { outcome: string }[] }[] } }>(
      'status p1',
    );
    const deleted = new Map(progress.targets.map(({ id, steps }) => [id, steps[3]?.outcome]));
    expect(deleted.get('vault-eu')).toBe('done');
    expect(deleted.get('vault-dc1')).toBe('pending');
    expect(await approve('ben.okafor@acme.test')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no open plan'),
    });
  });

  it('links are said and taken back through the core worker, with one owner each', async () => {
    expect(await desk.run('link p2 vault-eu 77 --reason seen')).toMatchObject({ code: 0 });
    expect(await desk.run('link p9 vault-eu 77 --reason seen')).toMatchObject({
      code: 3,
      out: expect.stringContaining('linked to p2'),
    });
    expect((await desk.run('status p2')).out).toContain('vault-eu: 77 (77)');
    expect(await desk.run('unlink p2 vault-eu 77 --reason wrong')).toMatchObject({ code: 0 });
    expect((await desk.run('status p2')).out).not.toContain('(77)');
    expect((await desk.run('evidence show p2')).out).toMatch(
      /link vault-eu 77: linked by operator@.* \(asserted\).*seen/,
    );
  });

  it('evidence is shown, exported and verified, against what Temporal keeps as well', async () => {
    const verified = await desk.run('evidence verify p1');
    expect(verified).toMatchObject({
      code: 0,
      out: expect.stringMatching(/intact.*compared with the result of leaver:p1/),
    });
    expect(await desk.run('evidence verify --all')).toMatchObject({ code: 0 });
    const wrong = await desk.run(`evidence verify p1 --head ${'ab'.repeat(32)}`);
    expect(wrong).toMatchObject({ code: 3, out: expect.stringContaining('NOT intact') });
    expect((await desk.run('evidence export p1 --html --output p1.html')).code).toBe(0);
    expect(readFileSync(path.join(desk.cwd, 'p1.html'), 'utf8')).toContain('ann.berg@acme.test');
    expect(JSON.parse((await desk.run('evidence export p1')).out)).toMatchObject({
      format: 'tenure-evidence/1',
      personId: 'p1',
    });
    expect((await desk.run('evidence show nobody')).err).toContain('no evidence of a person nobody');
  });

  it('the emergency stop holds a submitted leaver until it is lifted', async () => {
    const stopped = await json<{ stopped: boolean }[]>('stop --reason drill');
    expect(stopped.map((one) => one.stopped)).toEqual(Array(8).fill(true));
    writeFileSync(path.join(desk.cwd, 'late.csv'), [columns, row('s3', 'p2', '', 'true')].join('\n'));
    expect((await desk.run('submit late.csv')).out).toContain('1 events are with Temporal');
    await wait(3000);
    type Steps = { progress: { targets: { steps: { outcome: string }[] }[] } };
    const outcomes = async () =>
      (await json<Steps>('status p2')).progress.targets.map(({ steps }) => steps[0]?.outcome);
    expect(await outcomes()).not.toContain('done');
    expect((await desk.run('resume --reason over')).code).toBe(0);
    while ((await outcomes()).filter((one) => one === 'done' || one === 'already').length < 8) await wait(500);
  });

  it('an id that is used again for somebody else is named at once, and stands in their status with what to do', async () => {
    writeFileSync(path.join(desk.cwd, 'reused.csv'), [columns, row('s3', 'p7', '', 'true')].join('\n'));
    const { code, out, err } = await desk.run('submit reused.csv');
    expect(code).toBe(3);
    expect(out).toContain('1 events are with Temporal');
    expect(err).toMatch(/Nothing will come of 1 of them.*\n {2}s3 \(tenure.leaver about p7\)/);
    const asked = async () => (await desk.run('status p7')).out;
    while (!(await asked()).includes('needs a person')) await wait(200);
    expect(await asked()).toMatch(/HR event s3 \(tenure.leaver\).*tenure.leaver about p2.*under an id of its own/);
  });

  it('lists every problem of a file and sends nothing', async () => {
    writeFileSync(
      path.join(desk.cwd, 'bad.csv'),
      [columns, row('s4', 'p 4', 'soon'), row('', 'p5', day(1))].join('\n'),
    );
    const { code, err } = await desk.run('submit bad.csv');
    expect(code).toBe(1);
    for (const what of ['line 2', 'person.id', 'effectiveAt', 'line 3', 'nothing was sent'])
      expect(err).toContain(what);
  });

  it('Ctrl-C stops everything that was started', async () => {
    const running = JSON.parse(readFileSync(path.join(desk.cwd, '.tenure/running.json'), 'utf8')) as {
      gatewayUrl: string;
    };
    expect((await fetch(`${running.gatewayUrl}/readyz`)).status).toBe(200);
    process.emit('SIGINT');
    expect(await demo).toMatchObject({ code: 0 });
    demo = undefined;
    await expect(fetch(`${running.gatewayUrl}/readyz`)).rejects.toThrow();
    expect(existsSync(path.join(desk.cwd, '.tenure/running.json'))).toBe(false);
    expect((await desk.run('status')).err).toContain('No configuration');
  });
});
