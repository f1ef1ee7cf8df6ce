import type { EvidenceActor, EvidenceEntry } from '../../domain/evidence';
import { fieldOf, textAt } from './wording';

/** What an auditor asks of one flow, gathered from its entries. */
export interface FlowSummary {
  readonly workflowId: string;
  readonly runId: string;
  readonly request: Request;
  readonly outcome?: { readonly word: string; readonly at: string; readonly detail?: string };
  readonly speed: readonly Speed[];
  readonly approvals: readonly Approval[];
  readonly exceptions: readonly Exception[];
  readonly steps: readonly EvidenceEntry[];
}

/** What HR asked for. Absent where the evidence does not hold the event. */
export interface Request {
  readonly type?: string;
  readonly id?: string;
  readonly source?: string;
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly acceptedAt?: string;
  readonly accessEndsAt?: string;
  readonly note?: string;
  readonly hash?: string;
}

/** How soon one target was closed. */
export interface Speed {
  readonly target: string;
  readonly system?: string;
  readonly accounts: readonly string[];
  /** From when it counts: the event's acceptance, or the end of access when that is later. */
  readonly dueAt?: string;
  /** When reading back had proved the last account disabled; absent while it has not. */
  readonly provenAt?: string;
  /** Outcomes of the accounts, or why there was none. */
  readonly outcomes: readonly string[];
}

export interface Approval {
  readonly at: string;
  readonly kind: 'plan' | 'decision';
  readonly outcome: string;
  readonly actor?: EvidenceActor;
  readonly planHash?: string;
  readonly detail?: string;
  /** False for an answer that did not count, whatever it said. */
  readonly counted: boolean;
}

export interface Exception {
  readonly target?: string;
  readonly step?: string;
  readonly account?: string;
  readonly what: string;
  readonly detail?: string;
  readonly at: string;
}

const proven = ['done', 'already', 'done-on-retry'];
const settled = [...proven, 'clean', 'observed'];

/** One summary a run, in the order of their beginning; the person's own desk (`person:…`) is no flow. */
export function summarize(entries: readonly EvidenceEntry[]): readonly FlowSummary[] {
  const runs = new Map<string, EvidenceEntry[]>();
  for (const entry of entries) {
    if (entry.workflowId.startsWith('person:')) continue;
    const name = JSON.stringify([entry.workflowId, entry.runId]);
    runs.set(name, [...(runs.get(name) ?? []), entry]);
  }
  return [...runs.values()].map((own) => summarizeRun(own, entries));
}

function summarizeRun(own: readonly EvidenceEntry[], all: readonly EvidenceEntry[]): FlowSummary {
  const { workflowId, runId } = own[0] as EvidenceEntry;
  const request = requestOf(own, all);
  const end = own.filter((entry) => entry.kind === 'flow').at(-1);
  const steps = own.filter((entry) => entry.kind === 'step');
  return {
    workflowId,
    runId,
    request,
    ...(end === undefined ? {} : { outcome: outcomeOf(end) }),
    speed: speedOf(steps, request),
    approvals: own.filter(isApproval).map(approvalOf),
    exceptions: exceptionsOf(steps),
    steps,
  };
}

function outcomeOf({ outcome, at, detail }: EvidenceEntry): NonNullable<FlowSummary['outcome']> {
  return { word: outcome, at, ...(detail === undefined ? {} : { detail }) };
}

/** The event that this run refers to by hash, as `person` recorded it. */
function requestOf(own: readonly EvidenceEntry[], all: readonly EvidenceEntry[]): Request {
  const hash = own.find((entry) => entry.eventHash !== undefined)?.eventHash;
  const recorded = all.find((entry) => entry.kind === 'event' && entry.eventHash === hash && entry.data !== undefined);
  if (hash === undefined || recorded === undefined) return hash === undefined ? {} : { hash };
  const { data } = recorded;
  const by = fieldOf(data, 'event', 'data', 'requestedBy');
  return defined({
    hash,
    type: textAt(data, 'event', 'type'),
    id: textAt(data, 'event', 'id'),
    source: textAt(data, 'event', 'source'),
    reason: textAt(data, 'event', 'data', 'reason'),
    requestedBy: textAt(by, 'email') ?? textAt(by, 'username') ?? textAt(by, 'id'),
    acceptedAt: textAt(data, 'receivedAt'),
    accessEndsAt: textAt(data, 'moments', 'accessEndsAt'),
    note: textAt(data, 'moments', 'note'),
  });
}

function speedOf(steps: readonly EvidenceEntry[], { acceptedAt, accessEndsAt }: Request): readonly Speed[] {
  const disabling = steps.filter((entry) => entry.step === 'disableAccounts' && entry.target !== undefined);
  const dueAt = [acceptedAt, accessEndsAt]
    .filter((one) => one !== undefined)
    .sort(byInstant)
    .at(-1);
  return distinct(disabling.map((entry) => entry.target)).map((target) => {
    const own = disabling.filter((entry) => entry.target === target);
    const accounts = distinct(own.map((entry) => entry.account?.id));
    // An account that was opened again is disabled again: what counts here is the first time.
    const firsts = accounts.map((id) =>
      own.find((entry) => entry.account?.id === id && proven.includes(entry.outcome)),
    );
    const provenAt = firsts.every((first) => first !== undefined)
      ? firsts
          .map(({ at }) => at)
          .sort(byInstant)
          .at(-1)
      : undefined;
    return defined({
      target: target,
      system: own.find((entry) => entry.system !== undefined)?.system,
      accounts: accounts.map((id) => own.find((entry) => entry.account?.id === id)?.account?.username ?? id),
      dueAt,
      provenAt,
      outcomes: distinct(
        firsts.length === 0 ? own.slice(-1).map(({ outcome }) => outcome) : accounts.map((id) => lastOf(own, id)),
      ),
    });
  });
}

function lastOf(own: readonly EvidenceEntry[], accountId: string): string | undefined {
  return own.filter((entry) => entry.account?.id === accountId).at(-1)?.outcome;
}

function isApproval({ kind }: EvidenceEntry): boolean {
  return kind === 'plan' || kind === 'decision';
}

function approvalOf({ at, kind, outcome, actor, planHash, detail, data }: EvidenceEntry): Approval {
  const told = fieldOf(data, 'counted');
  // The flow says it in words.
  const counted = typeof told === 'boolean' ? told : !/^(does not count|not applied)/.test(detail ?? '');
  return defined({ at, kind: kind as Approval['kind'], outcome, actor, planHash, detail, counted });
}

/** What did not come to a proven end: how each step stands last, with what its entries name as left over. */
function exceptionsOf(steps: readonly EvidenceEntry[]): readonly Exception[] {
  return steps.flatMap((entry, index) => {
    const later = steps.slice(index + 1).filter((one) => one.target === entry.target && one.step === entry.step);
    const replaced = later.some((one) => entry.account === undefined || one.account?.id === entry.account.id);
    if (replaced) return [];
    const what =
      settled.includes(entry.outcome) && entry.outcome !== 'done-on-retry' ? [] : [exceptionFrom(entry, entry.outcome)];
    return [...what, ...leftOver(entry)];
  });
}

function exceptionFrom(entry: EvidenceEntry, what: string, detail = entry.detail): Exception {
  const account = entry.account?.username ?? entry.account?.id;
  return defined({ target: entry.target, step: entry.step, account, what, detail, at: entry.at });
}

/** Grants that a directory owns or the target refused to take away, and what a person has to do there. */
function leftOver(entry: EvidenceEntry): readonly Exception[] {
  const results = fieldOf(entry.data, 'results');
  const kept = (Array.isArray(results) ? (results as readonly unknown[]) : []).filter((result) =>
    ['owned-by-directory', 'refused'].includes(textAt(result, 'change') ?? ''),
  );
  const handOver = fieldOf(entry.data, 'handOver');
  return [
    ...kept.map((result) => exceptionFrom(entry, textAt(result, 'change') ?? '', grantName(fieldOf(result, 'grant')))),
    ...(Array.isArray(handOver) ? (handOver as readonly unknown[]) : []).map((item) =>
      exceptionFrom(entry, 'hand-over', String(item)),
    ),
  ];
}

/** `group Vault Users`, with the directory that owns it. */
export function grantName(grant: unknown): string {
  const entitlement = fieldOf(grant, 'entitlement') ?? grant;
  const name = textAt(entitlement, 'name') ?? textAt(entitlement, 'id') ?? JSON.stringify(grant);
  const owner = textAt(grant, 'ownedByDirectory');
  return `${textAt(entitlement, 'kind') ?? ''} ${name}${owner === undefined ? '' : ` (owned by ${owner})`}`.trim();
}

function byInstant(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
