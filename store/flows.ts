import { sql } from 'kysely';
import type { FlowKind, FlowOutcome, FlowState, Progress } from '../domain/flow';
import type { Database } from './database';
import type { FlowRow } from './schema';

/** How a flow stands, for those who read the store (`tenure status`); the flow itself is in the engine. */
export interface KeptFlow {
  readonly workflowId: string;
  readonly runId: string;
  readonly personId: string;
  readonly flow: FlowKind;
  readonly state: FlowState;
  readonly outcome?: FlowOutcome;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** When it goes on by itself. */
  readonly dueAt?: string;
  /** Why it is held back until somebody releases it. */
  readonly held?: string;
  readonly waitingFor?: string;
  readonly progress?: Progress;
  /** Counts up within the run with every write. */
  readonly version: number;
}

/** The flows that run or ran. */
export class Flows {
  constructor(private readonly database: Database) {}

  /** Keeps the state, unless a later version of the same run is kept already: writes may overtake one another. */
  async upsert(flow: KeptFlow): Promise<{ readonly kept: boolean }> {
    const row = rowOf(flow);
    return this.database.write(`flow:${flow.workflowId}`, async (tx) => {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('flow')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['workflowId', 'runId'])
            .doUpdateSet(row)
            .where(sql<boolean>`flow.version <= excluded.version`),
        )
        .executeTakeFirst();
      return { kept: Number(numInsertedOrUpdatedRows) > 0 };
    });
  }

  /** One run, or the run that started last. */
  async get({
    workflowId,
    runId,
  }: {
    readonly workflowId: string;
    readonly runId?: string;
  }): Promise<KeptFlow | undefined> {
    let query = this.database.kysely.selectFrom('flow').selectAll().where('workflowId', '=', workflowId);
    if (runId !== undefined) query = query.where('runId', '=', runId);
    const row = await query.orderBy('startedAt', 'desc').limit(1).executeTakeFirst();
    return row === undefined ? undefined : read(row);
  }

  /** Latest start first. `open` alone: those that have not ended. */
  async list({
    personId,
    open = false,
    limit = 500,
    offset = 0,
  }: {
    readonly personId?: string;
    readonly open?: boolean;
    readonly limit?: number;
    readonly offset?: number;
  } = {}): Promise<readonly KeptFlow[]> {
    let query = this.database.kysely.selectFrom('flow').selectAll();
    if (personId !== undefined) query = query.where('personId', '=', personId);
    if (open) query = query.where('endedAt', 'is', null);
    const rows = await query
      .orderBy('startedAt', 'desc')
      .orderBy('workflowId')
      .orderBy('runId')
      .limit(limit)
      .offset(offset)
      .execute();
    return rows.map(read);
  }
}

function rowOf(flow: KeptFlow): FlowRow {
  return {
    workflowId: flow.workflowId,
    runId: flow.runId,
    personId: flow.personId,
    flow: flow.flow,
    state: flow.state,
    outcome: flow.outcome ?? null,
    startedAt: flow.startedAt,
    endedAt: flow.endedAt ?? null,
    dueAt: flow.dueAt ?? null,
    held: flow.held ?? null,
    waitingFor: flow.waitingFor ?? null,
    progress: flow.progress === undefined ? null : JSON.stringify(flow.progress),
    version: flow.version,
  };
}

function read(row: FlowRow): KeptFlow {
  return {
    workflowId: row.workflowId,
    runId: row.runId,
    personId: row.personId,
    flow: row.flow as FlowKind,
    state: row.state as FlowState,
    startedAt: row.startedAt,
    version: row.version,
    ...(row.outcome === null ? {} : { outcome: row.outcome as FlowOutcome }),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...(row.dueAt === null ? {} : { dueAt: row.dueAt }),
    ...(row.held === null ? {} : { held: row.held }),
    ...(row.waitingFor === null ? {} : { waitingFor: row.waitingFor }),
    ...(row.progress === null ? {} : { progress: JSON.parse(row.progress) as Progress }),
  };
}
