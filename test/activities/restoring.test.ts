import type { EvidenceDraft } from '../../domain/evidence';
import { openCore, target, type Core } from './core';

const person = { id: 'p1', username: 'p1' };
const account = { id: '7', username: 'p1' };
const running: Core[] = [];
afterEach(async () => {
  for (const core of running.splice(0)) await core.store.close();
});

/** Somebody works here, is suspended and, while that lasts, contained as a leaver by mistake. */
async function suspendedAndContained() {
  const core = await openCore();
  running.push(core);
  let batch = 100;
  const write = async (workflow: string, entry: Omit<EvidenceDraft, 'at'>) => {
    batch += 1;
    const entries = [{ at: new Date().toISOString(), ...entry }];
    await core.run(`${workflow}:p1`, 'record', { personId: 'p1', eventHash: 'hash', batch, entries });
  };
  const disabled = (workflow: string, enabled: boolean) => {
    const before = { account: { ...account, enabled }, grants: [], readAt: '2026-02-01T00:00:00Z' };
    const outcome = enabled ? 'done' : 'already';
    return write(workflow, { kind: 'step', step: 'disableAccounts', outcome, target: target.id, account, before });
  };
  const closed = (workflow: string, outcome: string, data?: object) =>
    write(workflow, { kind: 'flow', outcome, ...(data === undefined ? {} : { data }) });
  const status = async () => (await core.store.people.get({ personId: 'p1' }))?.status;
  const undo = (look = false) =>
    core.run('restore:p1', 'planRestore', { person, of: 'leaver', eventTime: '2026-01-15T00:00:00Z', look });
  const resume = () =>
    core.run('restore:p1', 'planRestore', { person, of: 'suspension', eventTime: '2026-04-01T00:00:00Z' });
  await core.hear(person, 'tenure.joiner', '2026-01-01T00:00:00Z');
  // On garden leave: HR announces the leaver first.
  await core.hear(person, 'tenure.leaver', '2026-01-15T00:00:00Z', { effectiveAt: '2026-03-01' });
  await core.hear(person, 'tenure.suspended', '2026-02-01T00:00:00Z');
  await core.store.people.mark({ personId: 'p1', status: 'suspended' });
  await disabled('suspension', true);
  await closed('suspension', 'complete');
  await core.store.people.mark({ personId: 'p1', status: 'leaving' });
  await disabled('leaver', false);
  return { ...core, write, disabled, closed, status, undo, resume };
}
const enabledBefore = (plan: {
  targets: readonly { accounts: readonly { before?: { account: { enabled?: boolean } } }[] }[];
}) => plan.targets.flatMap(({ accounts }) => accounts.map(({ before }) => before?.account.enabled));

describe('a leaver that took over from a suspension', () => {
  test('is undone into the suspension, whose end gives back what it took', async () => {
    const { hear, run, undo, resume, status, closed } = await suspendedAndContained();
    const undone = await undo();
    expect(undone).toMatchObject({ givesBack: ['leaver'] });
    expect(undone.refused).toBeUndefined();
    expect(enabledBefore(undone)).toEqual([false]);
    expect(await status()).toBe('suspended');
    expect((await undo()).refused).toBeUndefined(); // an attempt that was lost
    await closed('restore', 'undone', { gaveBack: undone.givesBack });

    const mover = await hear(person, 'tenure.mover', '2026-03-15T00:00:00Z');
    expect(await run('person:p1', 'standingOf', { timed: mover })).toMatchObject({ status: 'suspended' });
    const resumed = await hear(person, 'tenure.resumed', '2026-04-01T00:00:00Z');
    const standing = await run('person:p1', 'standingOf', { timed: resumed });
    expect(standing).toMatchObject({ status: 'suspended', deferred: { timed: { event: { type: 'tenure.mover' } } } });
    expect(enabledBefore(await resume())).toEqual([true]);
    expect(await status()).toBe('active');
  });

  test('called off as it begins, it leads back there as well', async () => {
    const { run, status } = await suspendedAndContained();
    const flow = { kind: 'leaver', state: 'done', outcome: 'cancelled', startedAt: '2026-03-01T00:00:00Z' } as const;
    const about = { personId: 'p1', eventHash: 'hash', batch: 1, entries: [], eventTime: '2026-01-15T00:00:00Z' };
    await run('leaver:p1', 'concludeFlow', { ...about, outcome: 'cancelled', flow });
    expect(await status()).toBe('suspended');
  });

  test('is undone altogether when HR has said meanwhile that the person is back', async () => {
    const { hear, undo, status, closed } = await suspendedAndContained();
    await hear(person, 'tenure.resumed', '2026-03-02T00:00:00Z');
    const undone = await undo();
    expect(undone).toMatchObject({ givesBack: ['leaver', 'suspension'] });
    expect(enabledBefore(undone)).toEqual([true]);
    expect(await status()).toBe('active');
    await closed('restore', 'undone', { gaveBack: undone.givesBack });
    expect((await undo(true)).targets).toEqual([]);
  });

  test('an end that an older version evidenced was the end of both', async () => {
    const { undo, closed, resume } = await suspendedAndContained();
    await closed('restore', 'undone');
    expect((await undo(true)).targets).toEqual([]);
    expect((await resume()).targets).toEqual([]);
  });
});
