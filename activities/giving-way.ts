import { setTimeout as wait } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/common';
import { changeKinds, type ChangeKind, type ChangeReport, type Superseded } from '../domain/change';
import type { GivenWay } from './contract';
import { caller, type CoreDesk } from './core-desk';
import { returnEvents } from './records';

const lookAgainMs = 500;

/** Tells this person's joiner, mover, suspension or restore at work to stop; nobody waits for it here. */
export async function tellToGiveWay({ store }: CoreDesk, personId: string): Promise<readonly Superseded[]> {
  const open = await store.flows.list({ personId, open: true });
  const atWork = open.filter(({ flow }) => changeKinds.includes(flow as ChangeKind));
  const told: Superseded[] = [];
  for (const workflowId of new Set(atWork.map((flow) => flow.workflowId))) {
    try {
      await Context.current().client.workflow.getHandle(workflowId).signal('giveWay', { to: caller().workflowId });
      told.push({ workflowId });
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error; // it has ended
    }
  }
  return told;
}

/** The leaver that they gave way to changed nothing: what they were about goes back to `person`. */
export async function resumeGivenWay({
  personId,
  flows,
}: {
  readonly personId: string;
  readonly flows: readonly Superseded[];
}): Promise<void> {
  const reports = await reportsOf(flows);
  await returnEvents({
    personId,
    events: reports.flatMap((report) => (report?.unfinished === undefined ? [] : [report.unfinished])),
  });
}

/** Waits until they have ended, and tells where one of their steps was still running when they were told to stop. */
export async function awaitGivenWay({ flows }: { readonly flows: readonly Superseded[] }): Promise<GivenWay> {
  const reports = await reportsOf(flows);
  const names = flows.map(({ workflowId }) => workflowId).join(', ');
  if (reports.some((report) => report === undefined))
    return { cutOffAt: 'unknown', detail: `${names} was ended from outside: every target is contained once more` };
  const cutOffAt = [...new Set(reports.flatMap((report) => report?.cutOffAt ?? []))];
  const again = cutOffAt.length === 0 ? 'no step of it was running' : `contained once more: ${cutOffAt.join(', ')}`;
  return { cutOffAt, detail: `${names} has stopped; ${again}` };
}

/** How each ended; undefined when it was ended from outside. */
async function reportsOf(flows: readonly Superseded[]): Promise<readonly (ChangeReport | undefined)[]> {
  const { client } = Context.current();
  const reports: (ChangeReport | undefined)[] = [];
  for (const { workflowId } of flows) {
    const handle = client.workflow.getHandle(workflowId);
    let status = (await handle.describe()).status.name;
    while (status === 'RUNNING') {
      Context.current().heartbeat();
      await wait(lookAgainMs, undefined, { signal: Context.current().cancellationSignal });
      status = (await handle.describe()).status.name;
    }
    reports.push(status === 'COMPLETED' ? ((await handle.result()) as ChangeReport) : undefined);
  }
  return reports;
}
