import { Context } from '@temporalio/activity';
import type { EvidenceDraft, EvidenceHead } from '../domain/evidence';
import type { TimedEvent } from '../domain/leaver';
import type { ConcludeInput, CoreActivities, FlowFate, RecordInput } from './contract';
import { append, caller, type CoreDesk } from './core-desk';
import { TakenSoFar } from './taken';

/** Writes evidence, links and how the flow stands: all of it or nothing, and each write may come twice. */
export async function record(desk: CoreDesk, input: RecordInput): Promise<EvidenceHead> {
  return await desk.store.together(async () => {
    const reset = await noticeReset(desk, input);
    const linked = await recordLinks(desk, input);
    await recordApprovals(desk, input);
    await endLinks(desk, input);
    await recordFlow(desk, input);
    return await append(desk, {
      personId: input.personId,
      batch: input.batch,
      entries: [...reset, ...input.entries, ...linked],
    });
  });
}

/** The first write of a run that a reset made. It is found here: a replay must not depend on which run it is. */
async function noticeReset(
  { store }: CoreDesk,
  { firstRunId, batch, eventHash }: RecordInput,
): Promise<readonly EvidenceDraft[]> {
  const { workflowId, runId } = caller();
  if (firstRunId === undefined || firstRunId === runId) return [];
  const known = await store.flows.get({ workflowId, runId });
  if (known !== undefined && known.version !== batch) return [];
  const detail = `the flow was reset from outside; run ${firstRunId} goes on as ${runId}, and no earlier decision counts`;
  return [
    {
      kind: 'flow',
      at: new Date().toISOString(),
      outcome: 'reset-from-outside',
      detail,
      eventHash,
      data: { firstRunId, runId },
    },
  ];
}

async function recordLinks(
  desk: CoreDesk,
  { personId, eventHash, links = [] }: RecordInput,
): Promise<readonly EvidenceDraft[]> {
  const { store } = desk;
  const drafts: EvidenceDraft[] = [];
  const { workflowId } = caller();
  const at = new Date().toISOString();
  const answers = await store.links.linkAll(
    links.map(({ target, system, accountId, username }) => ({
      personId,
      targetId: target,
      accountId,
      username,
      system,
      origin: 'found',
      recordedAt: at,
      recordedBy: workflowId,
    })),
  );
  for (const [index, { target, system, accountId, username }] of links.entries()) {
    const answer = answers[index];
    if (answer === undefined) continue;
    // A repeat of this very write finds its own link there: its evidence must not be lost with the first answer.
    if (answer.linked && answer.already && !(await wasOurs(desk, { personId, target, accountId, workflowId })))
      continue;
    const about = { kind: 'link', at, target, system, account: { id: accountId, username }, eventHash } as const;
    if (answer.linked)
      drafts.push({ ...about, outcome: 'linked', detail: 'found by its keys and recorded by the vendor’s id' });
    else
      drafts.push({
        ...about,
        outcome: 'conflict',
        detail: 'conflict' in answer ? `it is linked to ${answer.conflict}` : 'a person said that it is not theirs',
      });
  }
  return drafts;
}

async function wasOurs(
  { store }: CoreDesk,
  {
    personId,
    target,
    accountId,
    workflowId,
  }: { personId: string; target: string; accountId: string; workflowId: string },
): Promise<boolean> {
  const links = await store.links.of({ personId, targetId: target });
  return links.some((link) => link.accountId === accountId && link.recordedBy === workflowId);
}

/** What people approved lasts beyond the flow; time boxes of it count from now. */
async function recordApprovals(
  { store }: CoreDesk,
  { personId, eventHash, approved, flow }: RecordInput,
): Promise<void> {
  if (flow?.outcome === 'undone') await store.grantApprovals.forgetOf({ personId, ...caller() });
  if (approved === undefined) return;
  const at = new Date().toISOString();
  const { planHash, grants, timeBoxes } = approved;
  await store.grantApprovals.record({ personId, planHash, grants, ...caller(), eventHash, approvedAt: at });
  await store.timeBoxes.start({ personId, keys: timeBoxes, at });
}

/** An account that is proven gone is nobody's: who joins again gets another one and is not asked about this one. */
async function endLinks({ store }: CoreDesk, { personId, entries }: RecordInput): Promise<void> {
  for (const { step, after, target, account } of entries)
    if (step === 'deleteAccounts' && after === 'gone' && target !== undefined && account !== undefined)
      await store.links.end({ personId, targetId: target, accountId: account.id });
}

async function recordFlow({ store }: CoreDesk, { personId, flow, batch }: RecordInput): Promise<void> {
  if (flow === undefined) return;
  const { kind, held, ...rest } = flow;
  await store.flows.upsert({
    ...caller(),
    ...rest,
    personId,
    flow: kind,
    version: batch,
    ...(held === undefined ? {} : { held }),
    ...(flow.state === 'done' ? { endedAt: new Date().toISOString() } : {}),
  });
}

/** The last write of a flow; `person` hears of the end even when it has to be started for that. */
export async function concludeFlow(desk: CoreDesk, input: ConcludeInput): Promise<EvidenceHead> {
  const { personId, outcome, reviewAt } = input;
  const head = await desk.store.together(async () => {
    await markPerson(desk, input);
    return await record(desk, input);
  });
  // Always: a run of `person` that lost sight of the flow hears of its end by nothing else.
  await signalPerson(personId, 'flowEnded', {
    ...caller(),
    outcome,
    ...(reviewAt === undefined ? {} : { reviewAt }),
  });
  return head;
}

/** What the end of a leaver makes of the person. */
async function markPerson(desk: CoreDesk, { personId, outcome, eventTime, flow }: ConcludeInput): Promise<void> {
  const { people } = desk.store;
  if (flow?.kind !== 'leaver' || outcome === 'undone') return;
  const left = outcome !== 'cancelled' && (await people.mark({ personId, status: 'left', eventTime })).kept;
  // Called off, or they joined again meanwhile and this flow gave way to that.
  if (left || (await people.get({ personId }))?.status !== 'leaving') return;
  const { isSuspended } = await TakenSoFar.read(desk, personId);
  await people.mark({ personId, status: isSuspended ? 'suspended' : 'active', from: ['leaving'] });
}

/** Evidence of an event that started nothing and reached no flow. */
export async function answerEvent(
  desk: CoreDesk,
  { personId, batch, timed: { event, eventHash }, outcome, detail }: Parameters<CoreActivities['answerEvent']>[0],
): Promise<void> {
  const at = new Date().toISOString();
  const entry = { kind: 'event', at, step: event.type, outcome, detail: `${event.id}: ${detail}`, eventHash } as const;
  await append(desk, { personId, batch, entries: [entry] });
}

export async function returnEvents({
  personId,
  events,
  closing,
}: {
  readonly personId: string;
  readonly events: readonly TimedEvent[];
  readonly closing?: true;
}): Promise<void> {
  const origin = { from: caller(), ...(closing === undefined ? {} : { closing }) };
  for (const timed of events) await signalPerson(personId, 'returned', { ...timed, ...origin });
}

async function signalPerson(personId: string, signal: string, message: unknown): Promise<void> {
  const { client, info } = Context.current();
  await client.workflow.signalWithStart('person', {
    workflowId: `person:${personId}`,
    taskQueue: info.taskQueue,
    args: [{ personId, clock: 'told' }],
    signal,
    signalArgs: [message],
  });
}

/** What became of a flow: running (perhaps as another run after a reset), or ended and how. */
export async function inspectFlow({
  workflowId,
  runId,
}: {
  readonly workflowId: string;
  readonly runId: string;
}): Promise<FlowFate> {
  const { client } = Context.current();
  const described = await client.workflow.getHandle(workflowId).describe();
  const other = runId !== '' && described.runId !== runId;
  return {
    state: described.status.name === 'RUNNING' ? 'running' : 'ended',
    runId: described.runId,
    wasReset: other,
    status: described.status.name,
    at: new Date().toISOString(),
  };
}
