import type { Superseded } from './change';
import type { KnownAccount } from './containment';
import type { HrEvent, Requester } from './event';
import type { FlowOutcome } from './flow';
import type { NoticeSettings } from './notice';
import type { Person } from './person';
import type { LeaverPolicy, TargetSettings } from './settings';

/** UTC instants of an event, computed in the person's zone by an activity. */
export interface Moments {
  /** When access ends. */
  readonly accessEndsAt?: string;
  /** When a joiner, mover or rehire takes effect; a date alone is the beginning of that local day. */
  readonly beginsAt?: string;
  /** A joiner's first day, where `beginsAt` comes before it by the lead: until then accounts stay disabled. */
  readonly firstDayAt?: string;
  readonly employmentEndsAt?: string;
  /** What was assumed, such as the default zone. */
  readonly note?: string;
}

/** An HR event after its first step: known for good, timed, and hashed. */
export interface TimedEvent {
  readonly event: HrEvent;
  readonly receivedAt: string;
  readonly eventHash: string;
  readonly moments: Moments;
  /** Its place among the events that `person` took in; absent where an earlier version took it. */
  readonly order?: number;
}

/** When a leaver's access ends: at once when it is urgent or HR names no moment. */
export function endOfAccess({ event, moments, receivedAt }: TimedEvent): string {
  return event.data.urgent === true ? receivedAt : (moments.accessEndsAt ?? receivedAt);
}

/** A stop on deletion, with who and why. */
export interface LegalHold {
  readonly eventId: string;
  readonly by: string;
  readonly reason: string;
  readonly reviewAt?: string;
}

export interface LeaverRequest {
  readonly personId: string;
  readonly leaver: TimedEvent;
  readonly hold?: LegalHold;
  /** This leaver contradicts what an operator said: it waits for a person's word. */
  readonly contested?: string;
  /** What anybody wanted to be told when the event came; the plan has it as it is when access ends. */
  readonly notices?: NoticeSettings;
  /** The run before this one was ended from outside: how things stood then. */
  readonly again?: LeaverAgain;
  /** It goes by what it is told of the time. Absent: started by an older version, by the clock of its workflow tasks. */
  readonly clock?: 'told';
}

/** What a leaver has to know that is started again. */
export interface LeaverAgain {
  /** The run before had begun to end access: what is left of it is done at once, whatever day is named. */
  readonly accessEnded: boolean;
  /** What was said to it, in order. */
  readonly heard: readonly TimedEvent[];
  /** An operator moved the end of access. */
  readonly rescheduled?: { readonly at: string; readonly by: string; readonly saidAt: string };
  /** An operator's `cancel` that only stopped deletion. */
  readonly cancelled?: { readonly by: string; readonly reason: string };
}

export type HoldReason = 'contested' | 'policy' | 'protected' | 'late' | 'budget';

export interface HeldBack {
  readonly why: string;
  /** Different people, besides the requester, who must release it. */
  readonly releasesNeeded: number;
  /** Absent: told by an older version, in words alone. */
  readonly reasons?: readonly HoldReason[];
}

/** Who released a flow. */
export interface Releases {
  /** Everybody, whatever it was held for. */
  readonly releasedBy: readonly string[];
  /** By what they were shown. Absent: nobody released anything, or an older version sends it and means everything. */
  readonly releasedFor?: Partial<Record<HoldReason, readonly string[]>>;
}

const wordsOf: Partial<Record<HoldReason, RegExp>> = {
  policy: /^the policy cannot be evaluated/,
  protected: /^the person is protected/,
  late: /access should have ended \d+ days ago/,
  budget: /^budget \w+ is used up/,
};

/** What a hold is for; what an older version planned says it in words, and HR's and an operator's are those of a contested one. */
export function reasonsOf({ why, reasons }: HeldBack): readonly HoldReason[] {
  if (reasons !== undefined) return reasons;
  const told = (Object.keys(wordsOf) as HoldReason[]).filter((reason) => wordsOf[reason]?.test(why) === true);
  return told.length > 0 ? told : ['contested'];
}

/** A word on one hold is none on another, which its sender was not shown. */
export function releasersOf({ releasedBy, releasedFor }: Releases, reason: HoldReason): readonly string[] {
  return releasedFor === undefined ? releasedBy : (releasedFor[reason] ?? []);
}

export interface TargetAssignment {
  readonly settings: TargetSettings;
  readonly links: readonly KnownAccount[];
  readonly notTheirs: readonly string[];
  readonly linkedToOthers: readonly string[];
  readonly protectedUsernames: readonly string[];
}

/** What a leaver is up against when access ends: read then, not when the event came. */
export interface LeaverPlan {
  readonly targets: readonly TargetAssignment[];
  readonly policy: LeaverPolicy;
  readonly held?: HeldBack;
  /** When the retention ends: from the start of containment, or from the end of employment when that is later. */
  readonly retentionEndsAt: string;
  /** UTC. Absent: an older version planned it; so in the other plans. */
  readonly madeAt?: string;
  /** Joiners, movers and restores of this person that were at work and have been told to stop. */
  readonly supersedes?: readonly Superseded[];
  /** Absent: nobody has the leaver for a manager or sponsor. */
  readonly leftBehind?: LeftBehind;
  readonly configHash: string;
  readonly version: string;
  /** Absent: nobody wants to be told of anything. */
  readonly notices?: NoticeSettings;
}

/** People who name the leaver as manager or sponsor: HR has to give them another. Ids only. */
export interface LeftBehind {
  readonly people: readonly { readonly personId: string; readonly as: readonly string[] }[];
  /** There are more than are listed. */
  readonly more: boolean;
}

export interface LeaverReport {
  readonly personId: string;
  readonly outcome: FlowOutcome;
  /** Named exceptions: residual, skipped, rejected, unsupported, no account found, owned by a directory. */
  readonly exceptions: readonly string[];
  readonly evidence: { readonly count: number; readonly head: string };
}

/** Everybody by whom a person may be named, for "the subject and the requester can't approve". */
export function namesOf(someone: Person | Requester | undefined): readonly string[] {
  if (someone === undefined) return [];
  return [someone.id, someone.username, someone.email]
    .filter((name) => name !== undefined)
    .map((name) => name.toLowerCase());
}
