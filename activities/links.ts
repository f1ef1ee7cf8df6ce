import type { EvidenceDraft } from '../domain/evidence';
import type { ChangeLinkInput, ChangeLinkReport } from './contract';
import { append, type CoreDesk } from './core-desk';

/**
 * Records an operator's word on whose an account is. What it answers and writes is the same at every repeat, because the
 * activity may be repeated after it took effect.
 */
export async function changeLink(desk: CoreDesk, input: ChangeLinkInput): Promise<ChangeLinkReport> {
  const { target } = input;
  const { system } = desk.settings.targets.find(({ id }) => id === target) ?? {};
  if (system === undefined)
    return { changed: false, detail: `the core worker's configuration has no target ${target}` };
  return await desk.store.together(() => changeWith(desk, input, system));
}

async function changeWith(desk: CoreDesk, input: ChangeLinkInput, system: string): Promise<ChangeLinkReport> {
  const { action, personId, target, accountId, at, by, reason, username = accountId } = input;
  const report = action === 'link' ? await link(desk, input, system) : await unlink(desk, input);
  const draft: EvidenceDraft = {
    kind: 'link',
    at,
    step: action,
    outcome: report.changed ? `${action}ed` : 'conflict',
    target,
    system,
    account: { id: accountId, username },
    actor: { name: by, strength: 'asserted', source: 'command line' },
    detail: `${report.detail} Reason: ${reason}`,
  };
  await append(desk, { personId, batch: 1, entries: [draft] });
  return report;
}

async function link({ store }: CoreDesk, input: ChangeLinkInput, system: string): Promise<ChangeLinkReport> {
  const { personId, target, accountId, username = accountId, at, by } = input;
  const answer = await store.links.link({
    personId,
    targetId: target,
    accountId,
    username,
    system,
    origin: 'operator',
    recordedAt: at,
    recordedBy: by,
  });
  if (answer.linked) return { changed: true, detail: `Account ${accountId} of ${target} is ${personId}'s.` };
  const owner = 'conflict' in answer ? answer.conflict : personId;
  return {
    changed: false,
    detail: `Account ${accountId} of ${target} is linked to ${owner}: unlink it there first, if it is not theirs.`,
  };
}

async function unlink({ store }: CoreDesk, input: ChangeLinkInput): Promise<ChangeLinkReport> {
  const { personId, target, accountId, at, by, reason } = input;
  await store.links.unlink({ personId, targetId: target, accountId, by, why: reason, at });
  return {
    changed: true,
    detail: `Account ${accountId} of ${target} is not ${personId}'s and is not found for them again.`,
  };
}
