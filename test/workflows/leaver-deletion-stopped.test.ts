import { peopleUpdate } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-rest';
const by = 'ann@acme.test';
const people = ['d1', 'd2', 'd3', 'd4', 'd5'].map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const policy = {
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: {
      mode: 'approval',
      targets: 'all',
      window: 'P7D',
      approvers: { count: 1, allowed: [by], minStrength: 'asserted' },
    },
  },
};

describe('a word that comes when the deletion is approved', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy } });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const account = (id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const idOf = (id: string) => account(id)?.id ?? '';
  const say = (id: string, name: 'decide' | 'cancel', message: object) =>
    rig.leaver(id).executeUpdate(peopleUpdate(name), { args: [{ reason: 'looked at', ...message }] });
  const deletions = (accountId: string) =>
    rig.standIn(target).requests.filter(({ method, path }) => method === 'DELETE' && path.endsWith(`/${accountId}`));
  const asked = async (id: string) => {
    await rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
    return await rig.untilProgress(id, ({ approval }) => approval !== undefined, 'the plan');
  };
  const approve = async (id: string) => {
    const { approval } = await asked(id);
    await say(id, 'decide', { approved: true, planHash: approval?.planHash, approver: by });
  };
  /** The vendor answers 500 to the deletion: it is repeated until it is told otherwise. */
  const approveInVain = async (id: string) => {
    rig.standIn(target).faults.add({ kind: 'server-error', method: 'DELETE', times: 1000 });
    await approve(id);
    await rig.until(
      () => Promise.resolve(deletions(idOf(id)).length),
      (count) => count > 0,
      'a deletion that failed',
    );
  };

  test('a legal hold cuts it off; lifted, it goes on', async () => {
    await approveInVain('d1');
    const hold = hrEvent(person('d1'), 'tenure.hold', { reason: 'litigation' });
    await rig.send(hold);
    await rig.untilProgress('d1', ({ state }) => state === 'held', 'the hold to show');
    await rig.until(
      async () => (await rig.leaver('d1').describe()).raw.pendingActivities ?? [],
      (pending) => pending.length === 0,
      'the deletion to be cut off',
    );
    rig.standIn(target).faults.clear();
    const before = deletions(idOf('d1')).length;
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // longer than the next attempt would have waited
    expect(deletions(idOf('d1'))).toHaveLength(before);
    expect(account('d1')).toMatchObject({ enabled: false, deleted: false });

    await rig.send({ ...hrEvent(person('d1'), 'tenure.hold.released'), time: hold.time });
    expect((await rig.ended('d1')).outcome).toMatch(/^complete/);
    expect(account('d1')?.deleted ?? true).toBe(true);
  }, 120_000);

  test('a cancel cuts it off for good', async () => {
    await approveInVain('d2');
    await say('d2', 'cancel', { by });
    rig.standIn(target).faults.clear();
    const report = await rig.ended('d2');
    expect(report.outcome).toBe('kept-disabled');
    expect(account('d2')).toMatchObject({ enabled: false, deleted: false });
    const said = (await rig.store.evidence.list({ personId: 'd2' })).find(({ step }) => step === 'cancel');
    expect(said).toBeDefined();
  }, 120_000);

  test('a cancel that comes too late is told so: what was sent before is looked at', async () => {
    rig.standIn(target).faults.add({ kind: 'slow', method: 'DELETE', milliseconds: 600_000 });
    await approve('d3');
    const gone = idOf('d3');
    await rig.until(
      () => Promise.resolve(account('d3')?.deleted ?? true),
      (isDeleted) => isDeleted,
      'the vendor to delete',
    );
    expect(deletions(gone)).toHaveLength(1);
    await say('d3', 'cancel', { by });
    const report = await rig.ended('d3');
    expect(report.outcome).toBe('complete-with-exceptions');
    const evidence = await rig.store.evidence.list({ personId: 'd3' });
    expect(evidence.filter(({ step }) => step === 'deleteAccounts')).toEqual([
      expect.objectContaining({ outcome: 'done', after: 'gone' }),
    ]);
  }, 120_000);

  test('skipped after it was sent, the evidence says that it may have been deleted', async () => {
    rig.standIn(target).faults.add({ kind: 'slow', method: 'DELETE', milliseconds: 600_000 });
    await approve('d5');
    await rig.until(
      () => Promise.resolve(account('d5')?.deleted ?? true),
      (isDeleted) => isDeleted,
      'the vendor to delete',
    );
    await rig.leaver('d5').executeUpdate(peopleUpdate('resolve'), {
      args: [{ target, action: 'skip', reason: 'it hangs', by }],
    });
    await rig.ended('d5');
    const evidence = await rig.store.evidence.list({ personId: 'd5' });
    expect(evidence.filter(({ step }) => step === 'deleteAccounts')).toEqual([
      expect.objectContaining({ outcome: 'cut-off', detail: expect.stringContaining('it may have been deleted') }),
    ]);
  }, 120_000);

  test('an account that turned out to be somebody else’s is not deleted', async () => {
    const { approval } = await asked('d4');
    const accountId = idOf('d4');
    const link = async (workflowId: string, input: object) =>
      await rig.client.workflow.execute('link', {
        workflowId,
        taskQueue: 'tenure',
        args: [{ target, accountId, reason: 'looked at', by: 'ops', ...input }],
      });
    await link('unlink-d4', { action: 'unlink', personId: 'd4' });
    await link('link-d4', { action: 'link', personId: 'somebody-else', username: 'd4@acme.test' });
    await say('d4', 'decide', { approved: true, planHash: approval?.planHash, approver: by });
    const seen = await rig.untilProgress('d4', ({ state }) => state === 'blocked', 'a person to be asked');
    expect(seen.notes?.join('\n')).toContain('nothing was deleted');
    expect(seen.notes?.join('\n')).toContain('is linked to somebody else');
    expect(account('d4')).toMatchObject({ deleted: false });
    await rig.leaver('d4').executeUpdate(peopleUpdate('resolve'), {
      args: [{ target, action: 'skip', reason: 'not theirs', by }],
    });
    await rig.ended('d4');
    expect(account('d4')).toMatchObject({ deleted: false });
  }, 120_000);
});
