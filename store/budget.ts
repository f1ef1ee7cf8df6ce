import type { Budget as Limits } from '../domain/settings';
import type { Database } from './database';
import type { BudgetChargeRow, Tx } from './schema';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LOCK = 'budget';

export type BudgetWindow = 'perHour' | 'perDay' | 'percentPerDay' | 'urgentPerHour';

export type BudgetAnswer =
  | { readonly charged: true; readonly released?: BudgetRelease }
  | {
      readonly charged: false;
      /** One line in plain words. */
      readonly held: string;
      readonly window: BudgetWindow;
      /** Charges in the window when the flow asked, and how many it allows. */
      readonly used: number;
      readonly limit: number;
    };

/** The people who let a flow go over the limit. */
export interface BudgetRelease {
  readonly by: readonly string[];
  readonly reason: string;
  readonly at: string;
}

/** One blast-radius budget over every trigger and every process. The windows slide: the last 60 minutes, the last 24 hours. */
export class Budget {
  constructor(private readonly database: Database) {}

  /**
   * Charges a flow once, or holds it. A repeat gets the first answer: a held flow stays held until it is released, also
   * when the window has moved on. `at` is the flow's own time. `activePeople` is counted in the store when absent.
   */
  async charge({
    flowId,
    at,
    urgent,
    limits,
    activePeople,
  }: {
    /** Names this run of this flow for good. */
    readonly flowId: string;
    readonly at: string;
    readonly urgent: boolean;
    readonly limits: Limits;
    readonly activePeople?: number;
  }): Promise<BudgetAnswer> {
    return this.database.write(LOCK, async (tx) => {
      const known = await find(tx, flowId);
      if (known !== undefined) return answerOf(known);
      const atMs = Date.parse(at);
      const usage = urgent
        ? [await urgentUse(tx, atMs, limits)]
        : await ordinaryUse({ tx, atMs, limits, people: activePeople ?? (await countPeople(tx)) });
      const full = usage.find(({ used, limit }) => used >= limit);
      const answer: BudgetAnswer =
        full === undefined ? { charged: true } : { charged: false, held: explain(full), ...full };
      await tx
        .insertInto('budgetCharge')
        .values({
          flowId,
          atMs,
          urgent: urgent ? 1 : 0,
          charged: answer.charged ? 1 : 0,
          answer: JSON.stringify(answer),
          release: null,
        })
        .execute();
      return answer;
    });
  }

  /** Charges a held flow over the limit, with who let it; it counts from then on. A flow that is charged already stays so. */
  async release({
    flowId,
    at,
    by,
    reason,
    urgent = false,
  }: BudgetRelease & {
    readonly flowId: string;
    /** Only for a flow that never asked. */
    readonly urgent?: boolean;
  }): Promise<BudgetAnswer> {
    return this.database.write(LOCK, async (tx) => {
      const known = await find(tx, flowId);
      if (known?.charged === 1) return answerOf(known);
      const release: BudgetRelease = { by, reason, at };
      const row = { atMs: Date.parse(at), charged: 1, release: JSON.stringify(release) };
      await tx
        .insertInto('budgetCharge')
        .values({ ...row, flowId, urgent: urgent ? 1 : 0, answer: JSON.stringify({ charged: true }) })
        .onConflict((conflict) => conflict.column('flowId').doUpdateSet(row))
        .execute();
      return { charged: true, released: release };
    });
  }
}

interface Use {
  readonly window: BudgetWindow;
  readonly used: number;
  readonly limit: number;
}

async function urgentUse(tx: Tx, atMs: number, limits: Limits): Promise<Use> {
  return { window: 'urgentPerHour', used: await countCharges(tx, atMs - HOUR_MS, 1), limit: limits.urgentPerHour };
}

async function ordinaryUse({
  tx,
  atMs,
  limits,
  people,
}: {
  readonly tx: Tx;
  readonly atMs: number;
  readonly limits: Limits;
  readonly people: number;
}): Promise<readonly Use[]> {
  const hour = await countCharges(tx, atMs - HOUR_MS, 0);
  const day = await countCharges(tx, atMs - DAY_MS, 0);
  const uses: Use[] = [
    { window: 'perHour', used: hour, limit: limits.perHour },
    { window: 'perDay', used: day, limit: limits.perDay },
  ];
  if (people < limits.minPeople) return uses;
  // A positive percentage always lets one go; only 0 stops everything.
  const share = Math.floor((people * limits.percentPerDay) / 100);
  const limit = limits.percentPerDay > 0 ? Math.max(1, share) : 0;
  return [...uses, { window: 'percentPerDay', used: day, limit }];
}

/** Without an upper end: a charge dated later than ours, by another clock, counts too. */
async function countCharges(tx: Tx, afterMs: number, urgent: 0 | 1): Promise<number> {
  const { n } = await tx
    .selectFrom('budgetCharge')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('charged', '=', 1)
    .where('urgent', '=', urgent)
    .where('atMs', '>', afterMs)
    .executeTakeFirstOrThrow();
  return n;
}

async function countPeople(tx: Tx): Promise<number> {
  const { n } = await tx
    .selectFrom('person')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('status', 'in', ['active', 'leaving'])
    .executeTakeFirstOrThrow();
  return n;
}

function find(tx: Tx, flowId: string): Promise<BudgetChargeRow | undefined> {
  return tx.selectFrom('budgetCharge').selectAll().where('flowId', '=', flowId).executeTakeFirst();
}

function answerOf(row: BudgetChargeRow): BudgetAnswer {
  if (row.release !== null) return { charged: true, released: JSON.parse(row.release) as BudgetRelease };
  return JSON.parse(row.answer) as BudgetAnswer;
}

const windowNames: Readonly<Record<BudgetWindow, string>> = {
  perHour: 'leavers in the last hour',
  perDay: 'leavers in the last 24 hours',
  percentPerDay: 'leavers in the last 24 hours, measured against the number of people',
  urgentPerHour: 'urgent leavers in the last hour',
};

function explain({ window, used, limit }: Use): string {
  return (
    `budget ${window} is used up: ${used} ${windowNames[window]}, ${limit} allowed. ` +
    'Check that these people really leave, then release it.'
  );
}
