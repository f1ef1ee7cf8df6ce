import type { AccountId, BeforeImage, Grant, TargetId } from '../domain/account';
import type { Takers } from '../domain/change';
import type { EvidenceEntry } from '../domain/evidence';
import type { TimedEvent } from '../domain/leaver';
import type { CoreDesk } from './core-desk';
import { distinct } from './entitlements';

/** What one account has lost. */
export interface Taken {
  readonly username: string;
  /** The first that is known: a second run of a leaver finds what the first one left. */
  before?: BeforeImage;
  removed: readonly Grant[];
  lost: string[];
}
export type TakenByTarget = ReadonlyMap<TargetId, ReadonlyMap<AccountId, Taken>>;
type Taking = Map<TargetId, Map<AccountId, Taken>>;

const takers: Takers = ['leaver', 'suspension'];

/** What flows took from a person and nothing has given back since, as the evidence tells it. */
export class TakenSoFar {
  private constructor(
    private readonly steps: readonly EvidenceEntry[],
    private readonly isToldBack: boolean,
  ) {}

  static async read({ store }: CoreDesk, personId: string): Promise<TakenSoFar> {
    let steps: EvidenceEntry[] = [];
    let isToldBack = false;
    for await (const entry of store.evidence.entries({ personId })) {
      const given = givenBackBy(entry);
      if (given.length > 0) steps = steps.filter((step) => !given.some((taker) => isOf(taker, step)));
      if (entry.kind === 'step' && takers.some((taker) => isOf(taker, entry))) {
        steps.push(entry);
        if (isOf('suspension', entry)) isToldBack = false;
      }
      isToldBack ||= tellsBack(entry);
    }
    return new TakenSoFar(steps, isToldBack);
  }

  /** A suspension was carried out, and it has not ended: HR has not said so, and nothing was given back. */
  get isSuspended(): boolean {
    return this.hasSuspended && !this.isToldBack;
  }

  /**
   * What an undo or a resumption gives back. HR may say that somebody is back while they are leaving: the undo of that
   * leaver gives back what the suspension took as well, for nobody will say it again.
   */
  givenBackWith(of: Takers[number]): Takers {
    return of === 'leaver' && this.hasSuspended && this.isToldBack ? takers : [of];
  }

  by(of: Takers): TakenByTarget {
    const taken: Taking = new Map();
    for (const entry of this.steps) if (of.some((taker) => isOf(taker, entry))) note(taken, entry);
    return taken;
  }

  private get hasSuspended(): boolean {
    return this.steps.some((entry) => isOf('suspension', entry));
  }
}

function isOf(taker: Takers[number], { workflowId }: EvidenceEntry): boolean {
  return workflowId.startsWith(`${taker}:`);
}

/**
 * From here on nothing of what these took is missing any more. A joiner gives by policy, whatever was taken; a restore
 * says what it gave back, and one of an older version, which does not, was taken for the end of all.
 */
function givenBackBy({ kind, workflowId, outcome, data }: EvidenceEntry): Takers {
  const gives = workflowId.startsWith('restore:') || workflowId.startsWith('joiner:');
  if (kind !== 'flow' || !gives || !['undone', 'complete', 'complete-with-exceptions'].includes(outcome)) return [];
  return (data as { readonly gaveBack?: Takers } | undefined)?.gaveBack ?? takers;
}

function tellsBack({ kind, step, outcome, data }: EvidenceEntry): boolean {
  if (kind !== 'event' || step !== 'tenure.resumed' || outcome !== 'accepted') return false;
  const { beginsAt } = (data as Partial<TimedEvent> | undefined)?.moments ?? {};
  return beginsAt === undefined || Date.parse(beginsAt) <= Date.now();
}

function note(taken: Taking, entry: EvidenceEntry): void {
  const { target, step, outcome, data } = entry;
  if (target === undefined) return;
  const accounts = taken.get(target) ?? new Map<AccountId, Taken>();
  taken.set(target, accounts);
  if (step === 'drainSessions') return noteLost(accounts, data as DrainData | undefined);
  const { account } = entry;
  if (account === undefined) return;
  const one = accounts.get(account.id) ?? { username: account.username ?? account.id, removed: [], lost: [] };
  accounts.set(account.id, one);
  if (step === 'disableAccounts' && isImage(entry.before)) one.before ??= entry.before;
  const { removed = [] } = (data ?? {}) as { readonly removed?: readonly Grant[] };
  if (step === 'stripEntitlements') one.removed = distinct([...one.removed, ...removed]);
  if (step === 'deleteAccounts' && outcome === 'done') one.lost.push('the account itself: it was deleted');
}

interface DrainData {
  readonly accounts?: readonly { readonly id: AccountId }[];
  readonly ended?: Readonly<Record<string, number>>;
}

/** Ended sessions and revoked credentials belong to the accounts of the step; they are named, never restored. */
function noteLost(accounts: Map<AccountId, Taken>, data: DrainData | undefined): void {
  const first = data?.accounts?.[0];
  const one = first === undefined ? undefined : accounts.get(first.id);
  const ended = Object.keys(data?.ended ?? {}).map((key) => `${key.replace('/', ' ')} was ended`);
  // A drain past its deadline tells it twice: what it had ended by then, and all when it was clean.
  one?.lost.push(...ended.filter((what) => !one.lost.includes(what)));
}

function isImage(before: unknown): before is BeforeImage {
  return typeof before === 'object' && before !== null && 'account' in before;
}
