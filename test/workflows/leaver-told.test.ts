import path from 'node:path';
import { peopleUpdate } from '../../workflows/messages';
import { newDesk } from '../cli/rig';
import { NoticeScene } from '../rig/notices';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-rest';
const people = [
  ...['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8'].map((id) => seedPerson(id)),
  seedPerson('bg', { username: 'breakglass', email: 'bg@acme.test' }),
];
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const policy = {
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', window: 'P7D', approvers: { count: 1, minStrength: 'asserted' } },
  },
};
const safety = {
  budget: { perHour: 1000, perDay: 1000, urgentPerHour: 1000 },
  protected: { people: [], accounts: [{ target, username: 'breakglass' }] },
};

describe('what people are told of', () => {
  let rig: Rig;
  let scene: NoticeScene;
  const onlyOps = () => {
    const { channels } = scene.config() as { channels: { id: string }[] };
    return { channels: channels.filter(({ id }) => id === 'ops') };
  };
  beforeAll(async () => {
    scene = await NoticeScene.start();
    rig = await Rig.start({ types: [target], people, config: { policy, safety, notifications: onlyOps() } });
    await scene.writeSecrets(rig.folder);
  });
  afterAll(async () => {
    await rig?.stop();
    await scene?.stop();
  });

  const update = (id: string, name: 'decide' | 'resolve' | 'release', input: unknown) =>
    rig.leaver(id).executeUpdate(peopleUpdate(name), { args: [input] });
  const leave = (id: string, data: Parameters<typeof hrEvent>[2] = { urgent: true }) =>
    rig.send(hrEvent(person(id), 'tenure.leaver', data));
  const told = async (id: string, kind: string, count = 1) =>
    await rig.until(
      async () => scene.about('ops', id, kind).map(({ body }) => body['data'] as { text: string; lines: string[] }),
      (seen) => seen.length >= count,
      `${count} of ${kind} about ${id}`,
    );
  const kindsOf = (id: string) => scene.about('ops', id).map(({ body }) => String(body['type']).split('.').at(-1));
  const notices = async (id: string) =>
    (await rig.store.evidence.list({ personId: id })).filter((one) => one.kind === 'notice');
  const reject = async (id: string) => {
    const { approval } = await rig.untilProgress(id, (seen) => seen.approval !== undefined, 'the plan');
    const planHash = approval?.planHash ?? '';
    await update(id, 'decide', { approved: false, reason: 'no', planHash, approver: 'ann@acme.test' });
    return await rig.ended(id);
  };

  test('held and blocked, once each time; then approval and the end', async () => {
    await leave('w1', { effectiveAt: '2020-01-01', reason: 'a sensitive reason' });
    const [held] = await told('w1', 'held');
    expect(held?.text).toMatch(/Leaver w1 is held: .*days ago/);
    await update('w1', 'release', { reason: 'yes', by: 'ann@acme.test' });
    await reject('w1');
    expect(kindsOf('w1')).toEqual(['held', 'approval-needed', 'done']);

    await leave('bg');
    const [blocked] = await told('bg', 'blocked');
    expect(blocked?.text).toContain(`${target}: disableAccounts parked`);
    // Stopped again after somebody tried: told again.
    for (const by of ['ann@acme.test'])
      await update('bg', 'resolve', { target, action: 'skip', reason: 'a private word', by });
    const report = await rig.ended('bg');
    expect(report.outcome).toBe('complete-with-exceptions');
    const [done] = await told('bg', 'done');
    expect(done).toMatchObject({ text: 'Leaver bg is done: complete with exceptions' });
    expect(done?.lines).toContain(`${target}: disableAccounts skipped`);
    expect(JSON.stringify(scene.boxes.received)).not.toMatch(/sensitive|private word/);
  });

  test('the review date of a legal hold has passed', async () => {
    const reviewAt = new Date(Date.now() + 3000).toISOString();
    await rig.send(hrEvent(person('w2'), 'tenure.hold', { reason: 'a sensitive reason', reviewAt }));
    await leave('w2');
    const [held] = await told('w2', 'held');
    expect(held?.text).toContain('legal hold');
    const [overdue] = await told('w2', 'overdue');
    expect(overdue?.text).toContain('was to be reviewed');
    await rig.send(hrEvent(person('w2'), 'tenure.hold.released'));
    await reject('w2');
    expect(JSON.stringify(scene.about('ops', 'w2'))).not.toContain('sensitive');
  });

  test('a dead channel holds up nothing and fails nothing; details and evidence say that nobody was reached', async () => {
    scene.boxes.fail('ops', 'gone');
    await leave('w3');
    const seen = await rig.untilProgress(
      'w3',
      (progress) => progress.notes?.some((note) => note.includes('nobody was reached')) === true,
      'the note',
    );
    expect(seen.notes?.join()).toContain('needs approval: nobody was reached; not reached: ops: it answered 410');
    expect(await reject('w3')).toMatchObject({ outcome: 'kept-disabled' });
    expect((await notices('w3')).map(({ step, outcome }) => [step, outcome])).toEqual([
      ['approval-needed', 'undelivered'],
      ['done', 'undelivered'],
    ]);
    scene.boxes.heal('ops');
  });

  test('a channel that is out for a while gets it later, once; one that stays out is given up at the end', async () => {
    await rig.stopWorkers(); // its worker gave the address up for gone
    await rig.startWorkers();
    scene.boxes.fail('ops', 'server-error', 1);
    await leave('w4');
    expect(await told('w4', 'approval-needed')).toHaveLength(1);
    scene.boxes.fail('ops', 'server-error');
    expect(await reject('w4')).toMatchObject({ outcome: 'kept-disabled' });
    expect((await notices('w4')).map(({ step, outcome }) => [step, outcome])).toEqual([
      ['approval-needed', 'delivered'],
      ['done', 'undelivered'],
    ]);
    scene.boxes.heal('ops');
    expect(scene.about('ops', 'w4')).toHaveLength(1);
  });

  test('other flows of a person tell as a leaver does', async () => {
    await rig.send(hrEvent(person('w8'), 'tenure.suspended'));
    const [done] = await told('w8', 'done');
    expect(done).toMatchObject({ flow: 'suspension', text: expect.stringMatching(/^Suspension w8 is done: complete/) });
  });

  test('check asks the channels too, and sends them nothing', async () => {
    const desk = newDesk();
    const env = { TEMPORAL_ADDRESS: rig.engine.address, TENURE_CONFIG: path.join(rig.folder, 'tenure.yaml') };
    const before = scene.boxes.received.length;
    try {
      const { out } = await desk.run('check', { env });
      expect(out).toMatch(/ops \(channel, webhook\): ok/);
      expect(out).not.toContain(scene.boxes.webhookUrl('ops'));
      expect((await desk.run(`check --target ${target}`, { env })).out).not.toContain('channel');
    } finally {
      desk.remove();
    }
    expect(scene.boxes.received).toHaveLength(before);
  });

  test('where nobody wants to be told, nothing is done for it', async () => {
    const activities = async (id: string) => {
      const { events = [] } = await rig.leaver(id).fetchHistory();
      return (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    };
    await leave('w5');
    await reject('w5');
    const { channels } = onlyOps();
    await rig.stopWorkers();
    await rig.configure({
      config: { policy, safety, notifications: { channels: channels.map((one) => ({ ...one, kinds: ['overdue'] })) } },
    });
    await rig.startWorkers();
    await leave('w6');
    await reject('w6');
    await rig.stopWorkers();
    await rig.configure({ config: { policy, safety } });
    await rig.startWorkers();
    await leave('w7');
    await reject('w7');
    expect((await activities('w5')).filter((name) => name === 'notify')).toHaveLength(2);
    expect((await activities('w6')).filter((name) => name === 'notify')).toHaveLength(0);
    expect(await activities('w7')).not.toContain('notify');
    expect(await notices('w7')).toEqual([]);
  });
});
