import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { deliverEvents } from '../../client/deliver';
import { progressOf } from '../../client/watch';
import type { Progress } from '../../domain/flow';
import { coreTaskQueue, flowWorkflowId } from '../../workflows/messages';
import type { PlanReport } from '../../workflows/plan';
import { Complaint, exitCodes } from '../exit';
import { undoEvent } from '../operator-event';
import { findPlace, type PlaceOptions } from '../place';
import { planText } from '../plan-text';
import type { Cli } from '../program';
import { runFlow } from '../run-flow';
import { connectTemporal, operatorOf, type Temporal } from '../temporal';
import { agrees } from '../terminal';
import { placed } from './option';

interface UndoOptions extends PlaceOptions {
  readonly reason: string;
  readonly by?: string;
  readonly yes?: boolean;
}

const FOLLOW_MS = 60_000;
const LOOK_AGAIN_MS = 500;

export function undoCommand(cli: Cli): Command {
  return placed(new Command('undo'))
    .description('take back a wrong termination: shows what comes back and what cannot, then asks')
    .argument('<person>', 'the person’s id')
    .requiredOption('--reason <text>', 'why; lands in the evidence')
    .option('--by <name>', 'who says so (default: you, as this machine knows you)')
    .option('--yes', 'do not ask')
    .action(async (personId: string, options: UndoOptions) => undo(cli, personId, options));
}

async function undo({ terminal, ended }: Cli, personId: string, options: UndoOptions): Promise<void> {
  const by = options.by ?? operatorOf(terminal);
  const temporal = await connectTemporal(terminal, findPlace(terminal, options), by);
  try {
    const report = await runFlow<PlanReport>(temporal.client, {
      workflowType: 'plan',
      workflowId: `plan:${personId}:${randomUUID()}`,
      taskQueue: coreTaskQueue,
      input: { undo: personId },
      doing: `reading what the last leaver of ${personId} took`,
    });
    terminal.err(planText(report, terminal));
    const event = undoEvent(personId, report, { by, reason: options.reason });
    if (options.yes !== true) await confirm(terminal, personId);
    await deliverEvents({ client: temporal.client })(event);
    const seen = await follow(temporal, personId, event.id);
    if (options.json) terminal.out(JSON.stringify({ person: personId, event: event.id, ...seen }, null, 2));
    else
      terminal.out(seen === undefined ? `The undo of ${personId} is on its way.` : `${seen.workflowId}: ${seen.state}`);
    const isDone = seen === undefined || seen.state === 'undone' || seen.state === 'cancelled';
    ended(isDone ? exitCodes.ok : exitCodes.attention);
  } finally {
    await temporal.close();
  }
}

async function confirm(terminal: Cli['terminal'], personId: string): Promise<void> {
  if (!terminal.isInteractive) throw new Complaint('Nobody can be asked here: say --yes to undo this leaver.');
  if (!(await agrees(terminal, `Give ${personId} this access back?`))) throw new Complaint('Nothing was given back.');
}

interface UndoSeen {
  readonly workflowId: string;
  readonly state: string;
}

/** A leaver that waited for its day just ends; otherwise the restore follows. */
async function follow({ client }: Temporal, personId: string, eventId: string): Promise<UndoSeen | undefined> {
  const restores = flowWorkflowId('restore', personId);
  const leaver = flowWorkflowId('leaver', personId);
  for (let left = FOLLOW_MS; left > 0; left -= LOOK_AGAIN_MS) {
    await wait(LOOK_AGAIN_MS);
    const restore = await startedBy(client, restores, eventId);
    if (restore?.outcome !== undefined) return { workflowId: restores, state: restore.outcome };
    const ended = await progressOf({ client, workflowId: leaver }).catch(() => undefined);
    if (ended?.outcome === 'cancelled') return { workflowId: leaver, state: 'cancelled' };
    if (restore?.state === 'blocked' || restore?.state === 'held')
      return { workflowId: restores, state: restore.state };
  }
  return undefined;
}

/** The restore that this very undo started; one of an earlier undo may still be known under the same id. */
async function startedBy(
  client: Temporal['client'],
  workflowId: string,
  eventId: string,
): Promise<Progress | undefined> {
  try {
    const isOurs = (await firstInputOf(client, workflowId)).includes(eventId);
    return isOurs ? await progressOf({ client, workflowId }) : undefined;
  } catch {
    return undefined; // it has not started yet
  }
}

async function firstInputOf(client: Temporal['client'], workflowId: string): Promise<string> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const data = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  return data === undefined || data === null ? '' : Buffer.from(data).toString('utf8');
}
