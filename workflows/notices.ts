import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { EvidenceDraft } from '../domain/evidence';
import type { FlowKind } from '../domain/flow';
import type { ApprovalWanted, Delivery, Notice, NoticeKind, NoticeReport, NoticeSettings } from '../domain/notice';
import { tell } from './proxies';

/** What notices need of their flow; a joiner's or mover's as well as a leaver's. */
export interface NoticeContext {
  readonly flow: FlowKind;
  readonly personId: string;
  /** What anybody wants to be told, as far as the flow knows by now; absent: nothing, and nothing is done. */
  readonly settings: () => NoticeSettings | undefined;
  /** Why HR says so; told only where the configuration asks for it. */
  readonly reason: () => string | undefined;
  readonly note: (drafts: readonly EvidenceDraft[]) => void;
  /** Somebody could not be reached: written at once, and shown to whoever looks. */
  readonly unreached: (text: string) => void;
}

export interface NoticeText {
  readonly kind: NoticeKind;
  /** Names it within the run and kind for good. */
  readonly subject: string;
  /** One line, with no names and no reasons. */
  readonly text: string;
  readonly lines?: readonly string[];
  readonly approval?: ApprovalWanted;
  /** Belongs to the end of the flow, which waits for it as for `done`. */
  readonly last?: true;
}

/** Something that stands still; `key` names it for as long as it does. */
export interface Standing {
  readonly key: string;
  readonly text: string;
}

/** Where a flow waits for it: seconds, and a dead channel costs it no more. */
const lastAttempts = 3;
/** How often the others are tried: about ten minutes where a person is waited for. */
const attemptsFor: Readonly<Record<NoticeKind, number>> = {
  'approval-needed': 7,
  overdue: 7,
  blocked: 5,
  held: 5,
  done: lastAttempts,
};

/** Tells people of a flow's turns: one activity a notice, none that nobody wants, and no flow waits for or fails by one. */
export class Notices {
  readonly #standing = new Map<NoticeKind, ReadonlySet<string>>();
  readonly #gathered = new Map<NoticeKind, string[]>();
  readonly #busy = new Set<NoticeKind>();
  readonly #open = new Set<Promise<void>>();
  readonly #scope = new CancellationScope({ cancellable: true });
  #told = 0;

  constructor(private readonly context: NoticeContext) {}

  wants(kind: NoticeKind): boolean {
    return this.context.settings()?.kinds.includes(kind) ?? false;
  }

  tell(text: NoticeText): void {
    if (!this.wants(text.kind)) return;
    this.launch(() => (text.last === true ? this.send(text) : this.#scope.run(() => this.send(text))));
  }

  /**
   * Tells of what has come to stand still since the last look; what moves and stops again is told again. While one
   * notice of the kind is under way the next ones gather, so that eight targets that stop at once are not eight messages.
   */
  look(kind: NoticeKind, standing: readonly Standing[]): void {
    if (!this.wants(kind)) return;
    const before = this.#standing.get(kind) ?? new Set();
    this.#standing.set(kind, new Set(standing.map(({ key }) => key)));
    const fresh = standing.filter(({ key }) => !before.has(key)).map(({ text }) => text);
    if (fresh.length === 0) return;
    this.#gathered.set(kind, [...(this.#gathered.get(kind) ?? []), ...fresh]);
    if (!this.#busy.has(kind)) this.launch(() => this.#scope.run(() => this.tellGathered(kind)));
  }

  private async tellGathered(kind: NoticeKind): Promise<void> {
    this.#busy.add(kind);
    for (let lines = this.#gathered.get(kind) ?? []; lines.length > 0; lines = this.#gathered.get(kind) ?? []) {
      this.#gathered.delete(kind);
      const { flow, personId } = this.context;
      const [only, ...more] = lines;
      const text = more.length === 0 && only !== undefined ? only : `${lines.length} steps`;
      await this.send({
        kind,
        subject: `${kind}-${(this.#told += 1)}`,
        text: `${titleOf(flow)} ${personId} is ${kind}: ${text}`,
        ...(more.length === 0 ? {} : { lines }),
      });
    }
    this.#busy.delete(kind);
  }

  /**
   * The last word of a flow, when it has one; what is still under way is cut off, because its time has passed. Where
   * another flow waits for the end of this one, it is tried once.
   */
  async conclude(last?: { readonly text: string; readonly lines: readonly string[]; readonly isWaitedFor: boolean }) {
    this.#scope.cancel();
    if (last !== undefined && this.wants('done')) {
      const { isWaitedFor, ...text } = last;
      this.launch(() => this.send({ ...text, kind: 'done', subject: 'done' }, isWaitedFor ? 1 : lastAttempts));
    }
    await Promise.all(this.#open);
  }

  private launch(work: () => Promise<void>): void {
    const running: Promise<void> = work().finally(() => this.#open.delete(running));
    this.#open.add(running);
  }

  private async send(
    { kind, last, ...rest }: NoticeText,
    attempts = last === true ? lastAttempts : attemptsFor[kind],
  ): Promise<void> {
    const { flow, personId, settings } = this.context;
    const reason = this.context.reason();
    const notice: Notice = {
      ...{ kind, flow, personId, at: new Date().toISOString(), ...rest },
      ...(reason === undefined || settings()?.wantsReason !== true ? {} : { reason }),
    };
    try {
      const { notify } = tell({ attempts, summary: `Tell people: ${titleOf(flow)} ${personId} ${words[kind]}` });
      this.conclusionOf(notice, await notify({ ...notice, attempts }));
    } catch (failure) {
      this.conclusionOf(notice, { deliveries: deliveriesIn(failure), withoutChannel: [] }, whyOf(failure));
    }
  }

  private conclusionOf(notice: Notice, { deliveries, withoutChannel }: NoticeReport, broken?: string): void {
    const reached = deliveries.filter((one) => one.delivered);
    const failed = [
      ...deliveries.filter((one) => !one.delivered).map(({ channel, why = 'no reason known' }) => `${channel}: ${why}`),
      ...withoutChannel.map((name) => `${name} has no channel of their own`),
      ...(broken === undefined ? [] : [broken]),
    ];
    if (reached.length === 0 && failed.length === 0) return; // nobody to be told: all who could decide have decided
    const names = reached.map(({ channel }) => channel).join(', ');
    const detail = [
      reached.length === 0 ? 'nobody was reached' : `reached ${names}`,
      ...(failed.length === 0 ? [] : [`not reached: ${failed.join('; ')}`]),
    ].join('; ');
    this.context.note([
      {
        kind: 'notice',
        at: new Date().toISOString(),
        step: notice.kind,
        outcome: failed.length === 0 ? 'delivered' : reached.length === 0 ? 'undelivered' : 'partly-delivered',
        detail,
        ...(notice.approval === undefined ? {} : { planHash: notice.approval.planHash }),
        data: { subject: notice.subject, deliveries, withoutChannel },
      },
    ]);
    if (failed.length > 0) this.context.unreached(`${words[notice.kind]}: ${detail}`);
  }
}

const words: Readonly<Record<NoticeKind, string>> = {
  'approval-needed': 'needs approval',
  overdue: 'has a date that is near or passed',
  blocked: 'is blocked',
  held: 'is held',
  done: 'is done',
};

export function titleOf(flow: FlowKind): string {
  return `${flow.charAt(0).toUpperCase()}${flow.slice(1)}`;
}

/** How far a notice had come when it was given up. */
function deliveriesIn(failure: unknown): readonly Delivery[] {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  const found: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  return Array.isArray(found) ? (found as readonly Delivery[]) : [];
}

function whyOf(failure: unknown): string | undefined {
  if (isCancellation(failure)) return 'the flow went on before everybody was told';
  return deliveriesIn(failure).length > 0 ? undefined : 'it could not be sent in time';
}
