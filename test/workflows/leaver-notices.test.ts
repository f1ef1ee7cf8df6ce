import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Secret } from '../../domain/secret';
import { approvalTokens } from '../../workers/approval-tokens';
import { peopleUpdate } from '../../workflows/messages';
import { newDesk } from '../cli/rig';
import { approvalIn, NoticeScene, pasteIn, tokenKey } from '../rig/notices';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-rest';
const people = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'].map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const approvers = { count: 2, allowed: ['ann@acme.test', 'ben@acme.test'], minStrength: 'token' };
const policy = (window = 'P7D') => ({
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', window, approvers },
  },
});

describe('people are told, and prove by a token who they are', () => {
  let rig: Rig;
  let scene: NoticeScene;
  beforeAll(async () => {
    scene = await NoticeScene.start();
    rig = await Rig.start({
      types: [target],
      people,
      config: { policy: policy(), notifications: scene.config({ webUi: 'https://temporal.acme.test/' }) },
    });
    await scene.writeSecrets(rig.folder);
  });
  afterAll(async () => {
    await rig?.stop();
    await scene?.stop();
  });

  const account = (id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const evidence = (id: string) => rig.store.evidence.list({ personId: id });
  const decide = (id: string, input: unknown) =>
    rig.leaver(id).executeUpdate(peopleUpdate('decide'), { args: [input] });
  /** Both tokens, as each approver got theirs. */
  const asked = async (id: string) => {
    await rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true, reason: 'secret reason' }));
    const { approval } = await rig.untilProgress(id, (seen) => seen.approval !== undefined, 'the plan');
    const planHash = approval?.planHash ?? '';
    const [slack] = await rig.until(
      async () => scene.aboutOnSlack(id),
      (seen) => seen.length > 0,
      'the message to Ann',
    );
    const [hook] = await rig.until(
      async () => scene.about('ben', id),
      (seen) => seen.length > 0,
      'the message to Ben',
    );
    if (slack === undefined || hook === undefined) throw new Error('no messages');
    return { planHash, ann: pasteIn(slack), ben: approvalIn(hook), slack, hook };
  };
  const whyNot = async (id: string, count: number) => {
    const seen = await rig.untilProgress(
      id,
      (progress) => (progress.approval?.decisions.length ?? 0) >= count,
      `${count} decisions`,
    );
    return seen.approval?.decisions[count - 1];
  };

  test('each approver decides with the token that came on their own channel; nothing else ever sees it', async () => {
    const { planHash, ann, ben, slack, hook } = await asked('n1');
    expect(JSON.stringify(slack.body)).toContain('n1@acme.test');
    expect(ann).toMatchObject({ approved: true, planHash });
    expect(ben).toMatchObject({ approver: 'ben@acme.test', planHash, minStrength: 'token' });
    expect(ann['token']).not.toBe(ben['token']);
    const [told] = await rig.until(
      async () => scene.about('ops', 'n1', 'approval-needed'),
      (seen) => seen.length > 0,
    );
    expect(JSON.stringify(told?.body)).not.toMatch(/eyJ|secret reason|"token":/);
    expect(approvalIn(told ?? hook)).toMatchObject({ planHash, lines: 1 });
    expect((told?.body['data'] as { link: string }).link).toMatch(
      /^https:\/\/temporal.acme.test\/namespaces\/default\/workflows\/leaver%3An1\/[0-9a-f-]+\/user-metadata$/,
    );
    const history = payloadsIn(await rig.leaver('n1').fetchHistory());
    const store = ['tenure.db', 'tenure.db-wal']
      .map((file) => path.join(rig.folder, file))
      .map((file) => (existsSync(file) ? readFileSync(file, 'latin1') : ''))
      .join('');
    // It is looked at where it would be; a long row of SQLite is in pieces, a workflow id is not.
    expect(history).toContain(planHash);
    expect(store).toContain('leaver:n1');
    const secrets = [ann['token'], ben['token'], tokenKey, scene.boxes.slackUrl('ann'), scene.boxes.webhookUrl('ops')];
    for (const secret of secrets) {
      expect(String(secret).length).toBeGreaterThan(10);
      expect(history).not.toContain(String(secret));
      expect(store).not.toContain(String(secret));
    }

    await decide('n1', { ...ann, reason: 'left' });
    expect(await whyNot('n1', 1)).toMatchObject({ by: 'ann@acme.test', strength: 'token', counted: true });
    await decide('n1', { approved: true, reason: 'left', planHash, token: ben['token'] });
    await rig.ended('n1');
    expect(account('n1')?.deleted ?? true).toBe(true);
    const entries = await evidence('n1');
    expect(entries.filter((one) => one.kind === 'decision' && one.actor?.strength === 'token')).toHaveLength(2);
    expect(JSON.stringify(entries)).not.toMatch(/eyJ/);
    expect(entries.filter((one) => one.kind === 'notice').map(({ step, outcome }) => [step, outcome])).toEqual([
      ['approval-needed', 'delivered'],
      ['done', 'delivered'],
    ]);
    expect(scene.about('ops', 'n1', 'done')).toHaveLength(1);
    expect((await rig.store.evidence.verify({ personId: 'n1' })).intact).toBe(true);
  });

  test('a token that cannot count is refused, and the refusal says why', async () => {
    const { planHash, ann, ben } = await asked('n2');
    const { runId } = await rig.leaver('n2').describe();
    const forged = (secret: string, more: Partial<Record<'planHash' | 'expiresAt' | 'subject', string>> = {}) =>
      approvalTokens({ keys: [new Secret('${env:K}', () => secret)], foreign: [] })?.issue?.({
        ...{ subject: 'ben@acme.test', workflowId: 'leaver:n2', runId, planHash },
        issuedAt: new Date(Date.now() - 60_000).toISOString(),
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
        ...more,
      }).token;
    const say = { approved: true, reason: 'left', planHash };
    await decide('n2', { ...say, token: ann['token'] });
    expect(await whyNot('n2', 1)).toMatchObject({ by: 'ann@acme.test', counted: true });
    const refused = [
      [ann['token'], 'used already'],
      [forged('x'.repeat(40)), 'fits no live key'],
      [forged(tokenKey, { expiresAt: new Date(Date.now() - 1000).toISOString() }), 'has expired'],
      [forged(tokenKey, { planHash: 'another', subject: 'carl@acme.test' }), 'for another plan'],
      ['mine', 'no token'],
    ] as const;
    for (const [index, [token, why]] of refused.entries()) {
      // What the message claims beside a bad token counts for nothing.
      await decide('n2', { ...say, token, approver: 'ben@acme.test' });
      expect(await whyNot('n2', index + 2)).toMatchObject({
        by: '',
        counted: false,
        why: expect.stringMatching(new RegExp(`^the token was refused: .*${why}`)),
      });
    }
    // Rejecting with a used token does not work either.
    await decide('n2', { ...say, approved: false, token: ann['token'] });
    expect(await whyNot('n2', refused.length + 2)).toMatchObject({ counted: false });
    await decide('n2', { ...say, approved: false, reason: 'keep it', token: ben['token'] });
    expect(await rig.ended('n2')).toMatchObject({ outcome: 'kept-disabled' });
    expect(account('n2')?.deleted).toBe(false);
  });

  test('a token of before a reset is refused; the new plan brings new ones', async () => {
    const { planHash, ann, ben } = await asked('n3');
    const { runId } = await rig.leaver('n3').describe();
    const history = await rig.leaver('n3').fetchHistory();
    const completed = history.events?.filter((event) => event.workflowTaskCompletedEventAttributes).at(-1);
    await rig.client.workflowService.resetWorkflowExecution({
      namespace: rig.engine.namespace,
      workflowExecution: { workflowId: 'leaver:n3', runId },
      reason: 'reset in the Web UI',
      requestId: 'reset-n3',
      workflowTaskFinishEventId: Number(completed?.eventId) as unknown as never,
    });
    await rig.until(
      async () => (await rig.leaver('n3').describe()).runId,
      (seen) => seen !== runId,
      'the reset run',
    );
    await rig.untilProgress('n3', (seen) => seen.approval !== undefined, 'the plan in the reset run');
    for (const token of [ann['token'], ben['token']])
      await decide('n3', { approved: true, reason: 'x', planHash, token });
    const second = await whyNot('n3', 2);
    expect(second).toMatchObject({ counted: false, why: expect.stringContaining('another run') });
    expect(account('n3')?.deleted).toBe(false);
    await rig.leaver('n3').cancel();
    await rig.ended('n3');
  });

  test('the key is rotated: tokens of the old one count as long as it is live', async () => {
    const { planHash, ann, ben } = await asked('n4');
    await rig.stopWorkers();
    await writeFile(path.join(rig.folder, 'new.key'), 'a new key for approval tokens that is long enough');
    const rotated = scene.config({ tokenKey: ['${file:new.key}', '${file:token.key}'] });
    await rig.configure({ config: { policy: policy(), notifications: rotated } });
    await rig.startWorkers();
    await decide('n4', { approved: true, reason: 'left', planHash, token: ann['token'] });
    expect(await whyNot('n4', 1)).toMatchObject({ counted: true });
    await rig.stopWorkers();
    await rig.configure({
      config: { policy: policy(), notifications: scene.config({ tokenKey: '${file:new.key}' }) },
    });
    await rig.startWorkers();
    await decide('n4', { approved: true, reason: 'left', planHash, token: ben['token'] });
    expect(await whyNot('n4', 2)).toMatchObject({ counted: false, why: expect.stringContaining('no live key') });
    await rig.leaver('n4').cancel();
    await rig.ended('n4');
  });

  test('the command approves with the token as it came', async () => {
    const { planHash, ann, ben } = await asked('n5');
    const desk = newDesk();
    const env = { TEMPORAL_ADDRESS: rig.engine.address, TENURE_CONFIG: path.join(rig.folder, 'tenure.yaml') };
    const approve = (more: string, token?: string) =>
      desk.run(`approve leaver:n5 --reason left --yes ${more}`, {
        env: { ...env, ...(token === undefined ? {} : { TENURE_APPROVAL_TOKEN: token }) },
      });
    try {
      expect(await approve(`--token ${String(ann['token'])}`)).toMatchObject({
        code: 0,
        out: expect.stringContaining('more people'),
      });
      expect(await approve('', String(ann['token']))).toMatchObject({
        code: 3,
        out: expect.stringMatching(/does not count: the token was refused: it was used already/),
      });
      expect(await approve('')).toMatchObject({ code: 3, out: expect.stringContaining('only asserted') });
      expect(await approve(`--plan-hash ${planHash}`, String(ben['token']))).toMatchObject({ code: 0 });
    } finally {
      desk.remove();
    }
    await rig.ended('n5');
    expect(account('n5')?.deleted ?? true).toBe(true);
  });

  test('near its deadline and past it, people hear of a plan that nobody decided', async () => {
    await rig.stopWorkers();
    await rig.configure({
      config: { policy: policy('PT6S'), notifications: scene.config({ remindBefore: 'PT2S' }) },
    });
    await rig.startWorkers();
    const { ann } = await asked('n6');
    expect(await rig.ended('n6')).toMatchObject({ outcome: 'kept-disabled' });
    const texts = scene.about('ops', 'n6', 'overdue').map(({ body }) => (body['data'] as { text: string }).text);
    expect(texts).toEqual([expect.stringContaining('is near'), expect.stringContaining('nobody decided')]);
    const reminder = scene.aboutOnSlack('n6').find(({ body }) => String(body['text']).includes('is near'));
    // The same token again: a repeat gives nobody a second voice.
    expect(pasteIn(reminder ?? scene.aboutOnSlack('n6')[0]!)['token']).toBe(ann['token']);
    expect(reminder).toBeDefined();
  });
});

/** Every payload and text of a history in clear. */
function payloadsIn(part: unknown): string {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('utf8');
  if (typeof part === 'string') return part;
  if (typeof part !== 'object' || part === null) return '';
  return Object.values(part).map(payloadsIn).join('\n');
}
