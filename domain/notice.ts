import type { FlowKind } from './flow';
import type { Approvers } from './settings';

/**
 * What people are told of without asking: an approval is needed; something stands still (a step parked or waiting); a
 * flow is held; a date that people had has nearly come or has passed; a flow has ended.
 */
export const noticeKinds = ['approval-needed', 'blocked', 'held', 'overdue', 'done'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Fields that a channel gets only when it asks for them. */
export const sensitiveFields = ['reason'] as const;
export type SensitiveField = (typeof sensitiveFields)[number];

/** What flows may know of the channels: whether any wants a kind at all. No addresses, no secrets. */
export interface NoticeSettings {
  readonly kinds: readonly NoticeKind[];
  /** How long before the deadline of an approval people are reminded, milliseconds. */
  readonly remindBeforeMs: number;
  /** A channel wants the reason that HR gave. */
  readonly wantsReason: boolean;
}

/** One thing that people are told. Plain JSON, no secrets; names no person but by id. */
export interface Notice {
  readonly kind: NoticeKind;
  /** Names it within its run and kind for good: a repeat is the same notice. */
  readonly subject: string;
  readonly flow: FlowKind;
  readonly personId: string;
  readonly at: string;
  /** One line in plain words. */
  readonly text: string;
  readonly lines?: readonly string[];
  /** Why HR says so: sensitive, only for channels that ask for it. */
  readonly reason?: string;
  readonly approval?: ApprovalWanted;
}

/** What an approver has to know, and what a personal token is bound to. */
export interface ApprovalWanted {
  readonly planHash: string;
  readonly askedAt: string;
  readonly deadline: string;
  readonly approvers: Approvers;
  /** Whose word cannot count, or has counted already: lower-case names. */
  readonly excluded: readonly string[];
  /** Exactly what would happen, a line each. */
  readonly items: readonly string[];
}

export interface NoticeInput extends Notice {
  /** How often the flow lets it be tried; the last try reports what failed instead of failing. */
  readonly attempts: number;
}

export interface Delivery {
  readonly channel: string;
  /** Whose own channel it is, where a personal token went. */
  readonly approver?: string;
  /** Names the token for good, and is no secret: its use is recorded under it. */
  readonly tokenId?: string;
  readonly delivered: boolean;
  /** Why not. */
  readonly why?: string;
}

export interface NoticeReport {
  readonly deliveries: readonly Delivery[];
  /** Approvers who need a token and have no channel of their own. */
  readonly withoutChannel: readonly string[];
}

/** A notice as one channel gets it; each kind of channel gives it its form. */
export interface Message {
  /** The same for every repeat of the same notice on the same channel. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly at: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** What to paste, with what it is for. May hold the receiver's own token. */
  readonly paste: readonly { readonly label: string; readonly text: string }[];
  readonly link?: string;
  /** The same for machines. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What became of one message: taken, not taken and never will be, or to be sent again. */
export type ChannelAnswer =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'refused'; readonly why: string }
  | { readonly outcome: 'again'; readonly why: string; readonly waitMs?: number };
