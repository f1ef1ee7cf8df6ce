import { randomUUID } from 'node:crypto';
import type { Progress } from '../../domain/flow';
import type { RemovalPlan } from '../../domain/removal';
import { peopleSignal, peopleUpdate } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-rest';
const people = ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'].map((id) => seedPerson(id));
const ann = { approver: 'ann@acme.test' };
const ben = { approver: 'ben@acme.test' };
const approvers = { count: 2, allowed: ['ann@acme.test', 'ben@acme.test'], minStrength: 'asserted' };
const policy = (window: string) => ({
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', window, approvers },
  },
});

describe('deleting with approval', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy: policy('P7D') } });
  });
  afterAll(async () => rig.stop());

  const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
  const asked = async (id: string): Promise<{ progress: Progress; planHash: string }> => {
    await rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
    const progress = await rig.untilProgress(id, (seen) => seen.approval !== undefined, 'the removal plan');
    return { progress, planHash: progress.approval?.planHash ?? '' };
  };
  const decide = (id: string, input: unknown) =>
    rig.leaver(id).executeUpdate(peopleUpdate('decide'), { args: [input] });
  const account = (id: string) => rig.standIn(target).account(`${id}@acme.test`);

  test('two different allowed people delete; the plan names accounts, meaning and loss', async () => {
    const { progress, planHash } = await asked('e1');
    expect(progress.state).toBe('awaiting-approval');
    const plan = progress.approval?.plan as RemovalPlan | undefined;
    expect(plan?.targets).toMatchObject([{ target, deletion: 'permanent', accounts: [{ username: 'e1@acme.test' }] }]);
    expect(plan?.targets[0]?.accounts[0]?.held).toHaveLength(2);
    await decide('e1', { approved: true, reason: 'left', planHash, ...ann });
    await decide('e1', { approved: true, reason: 'left, again', planHash, ...ann });
    const half = await rig.untilProgress('e1', (seen) => seen.approval?.decisions.length === 2, 'both decisions');
    expect(half.approval?.decisions.map((one) => one.counted)).toEqual([true, false]);
    expect(account('e1')?.deleted).toBe(false);
    await decide('e1', { approved: true, reason: 'left', planHash, ...ben });
    const report = await rig.ended('e1');
    expect(report).toMatchObject({ outcome: 'complete-with-exceptions' });
    expect(account('e1')?.deleted ?? true).toBe(true);
    const evidence = await rig.store.evidence.list({ personId: 'e1' });
    expect(evidence.filter((one) => one.kind === 'decision' && one.actor?.strength === 'asserted')).toHaveLength(3);
    expect(evidence.find((one) => one.step === 'deleteAccounts')).toMatchObject({
      outcome: 'done',
      planHash,
      after: 'gone',
    });
    expect((await rig.store.evidence.verify({ personId: 'e1' })).intact).toBe(true);
  });

  test('requester, subject and strangers do not count; a wrong hash is refused; one rejection ends it', async () => {
    const { planHash } = await asked('e2');
    for (const approver of ['HR@acme.test', 'e77', 'E2@acme.test', 'eve@acme.test', ''])
      await decide('e2', { approved: true, reason: 'x', planHash, approver });
    const seen = await rig.untilProgress(
      'e2',
      (progress) => progress.approval?.decisions.length === 5,
      'five decisions',
    );
    expect(seen.approval?.decisions.every((one) => !one.counted && one.why !== undefined)).toBe(true);
    await expect(decide('e2', { approved: true, reason: 'x', planHash: randomUUID(), ...ann })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('planHash') },
    });
    await expect(decide('e2', { approved: true, reason: 'x', ...ann })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('planHash is required') },
    });
    await decide('e2', { approved: false, reason: 'keep it', ...ben });
    expect(await rig.ended('e2')).toMatchObject({ outcome: 'kept-disabled' });
    expect(account('e2')).toMatchObject({ enabled: false, deleted: false });
  });

  test('a signal decides as well, and malformed ones count for its place in the history', async () => {
    const { planHash } = await asked('e3');
    const handle = rig.leaver('e3');
    await handle.signal(peopleSignal('decide'), 'yes');
    await handle.signal(peopleSignal('decide'), { approved: true, reason: 'left', planHash, ...ann });
    await handle.signal(peopleSignal('decide'), { approved: true, reason: 'left', planHash, ...ben });
    await handle.result();
    const evidence = await rig.store.evidence.list({ personId: 'e3' });
    expect(
      evidence.filter((one) => one.kind === 'decision' && one.actor !== undefined).map((one) => one.actor?.name),
    ).toEqual(['ann@acme.test', 'ben@acme.test']);
    expect(evidence.find((one) => one.kind === 'message' && one.outcome === 'unusable')?.detail).toContain(
      'one JSON object',
    );
  });

  test('a world that changed after the asking is contained again and asked again', async () => {
    const { planHash } = await asked('e4');
    const standIn = rig.standIn(target);
    const id = standIn.account('e4@acme.test')?.id ?? '';
    await enable(standIn.baseUrl, standIn.auth, id);
    await decide('e4', { approved: true, reason: 'left', planHash, ...ann });
    await decide('e4', { approved: true, reason: 'left', planHash, ...ben });
    const again = await rig.untilProgress(
      'e4',
      (seen) => seen.approval !== undefined && seen.approval.planHash !== planHash,
      'a second plan',
    );
    expect(standIn.account('e4@acme.test')).toMatchObject({ enabled: false, deleted: false });
    expect(again.approval?.plan.round).toBe(2);
    await decide('e4', { approved: false, reason: 'enough', ...ann });
    expect(await rig.ended('e4')).toMatchObject({ outcome: 'kept-disabled' });
  });

  test('a legal hold blocks the asking until it is lifted', async () => {
    await rig.send(hrEvent(person('e5'), 'tenure.hold', { reason: 'litigation' }));
    await rig.send(hrEvent(person('e5'), 'tenure.leaver', { urgent: true }));
    const held = await rig.untilProgress('e5', (seen) => seen.state === 'held', 'held');
    expect(held.waitingFor).toContain('legal hold');
    expect(account('e5')?.enabled).toBe(false);
    await rig.send(hrEvent(person('e5'), 'tenure.hold.released'));
    const open = await rig.untilProgress('e5', (seen) => seen.approval !== undefined, 'the plan after the hold');
    await decide('e5', { approved: false, reason: 'no', ...ann });
    await rig.ended('e5');
    expect(open.state).toBe('awaiting-approval');
  });

  test('silence keeps the account: the plan expires', async () => {
    await rig.stopWorkers();
    await rig.configure({ config: { policy: policy('PT1S') } });
    await rig.startWorkers();
    await asked('e6');
    expect(await rig.ended('e6')).toMatchObject({
      outcome: 'kept-disabled',
      exceptions: expect.arrayContaining([expect.stringContaining('nobody decided in time')]),
    });
    expect(account('e6')).toMatchObject({ enabled: false, deleted: false });
  });
});

/** Somebody enables the account behind our back, through the vendor's own API. */
async function enable(baseUrl: string, auth: Record<string, string>, id: string): Promise<void> {
  const token = await fetch(auth['tokenUrl'] ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: auth['clientId'] ?? '',
      client_secret: auth['clientSecret'] ?? '',
    }),
  });
  const { access_token: bearer } = (await token.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const before = (await (await fetch(`${baseUrl}/users/${id}`, { headers })).json()) as Record<string, unknown>;
  const answer = await fetch(`${baseUrl}/users/${id}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ ...before, enabled: true }),
  });
  expect(answer.status).toBe(200);
}
