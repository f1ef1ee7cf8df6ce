import { condition } from '@temporalio/workflow';
import type { GrantPlan } from '../domain/change';
import type { FlowOutcome } from '../domain/flow';
import type { LegalHold } from '../domain/leaver';
import type { ApprovalWanted } from '../domain/notice';
import type { RemovalPlan } from '../domain/removal';
import { moment } from './details-form';
import type { FlowCase } from './flow-case';
import { Notices, titleOf, type NoticeContext, type Standing } from './notices';
import type { Round } from './round';

/** Steps in these stand still until a person or the vendor moves: the same that make a flow `blocked`. */
const stopped = ['parked', 'waiting', 'residual-sessions'];

/** What of a flow people are told; it is looked at whenever the flow changes, so that its desks need not think of it. */
export class FlowNotices {
  readonly #notices: Notices;
  readonly #asked = new Set<Round>();
  readonly #expired = new Set<Round>();
  readonly #reviewed = new Set<string>();

  constructor(
    private readonly flow: FlowCase,
    context: Pick<NoticeContext, 'note' | 'unreached'>,
  ) {
    this.#notices = new Notices({
      ...{ flow: flow.kind, personId: flow.personId, ...context },
      reason: () => flow.cause.event.data.reason,
      settings: () => flow.notices,
    });
  }

  look(): void {
    if (this.flow.notices === undefined || this.flow.outcome !== undefined) return;
    this.#notices.look('held', this.heldBy());
    this.#notices.look('blocked', this.stoppedSteps());
    for (const round of this.flow.rounds) this.lookAt(round);
    const { standingHold } = this.flow;
    if (standingHold?.reviewAt !== undefined) void this.watchReview(standingHold, standingHold.reviewAt);
  }

  private heldBy(): readonly Standing[] {
    const { held, request, heldBesides } = this.flow;
    // What an operator said to it stays in details and evidence.
    if (held !== undefined && held.why === request.contested)
      return [{ key: 'contested', text: 'HR wants again what an operator cancelled: a person has to release it' }];
    if (held !== undefined) return [{ key: held.why, text: held.why }];
    return heldBesides === undefined ? [] : [{ key: 'besides', text: `waiting for ${heldBesides}` }];
  }

  private stoppedSteps(): readonly Standing[] {
    return this.flow.tracks.flatMap((track) =>
      track.allSteps
        .filter(({ outcome }) => stopped.includes(outcome))
        .map(({ name, outcome, detail = '' }) => ({
          key: `${track.id}/${name}`,
          text: `${track.id}: ${name} ${outcome}: ${detail}`.slice(0, 400),
        })),
    );
  }

  private lookAt(round: Round): void {
    if (round.state === 'open' && !this.#asked.has(round)) {
      this.#asked.add(round);
      const { count } = round.approvers;
      const people = count === 1 ? 'one person' : `${count} different people`;
      const text = `${this.title}: ${planName(round)} waits for ${people} to decide by ${moment(round.deadline)}`;
      this.#notices.tell({ kind: 'approval-needed', subject: round.planHash, text, approval: this.wantedOf(round) });
      if (this.#notices.wants('overdue')) void this.remind(round);
    }
    if (round.state === 'expired' && !this.#expired.has(round)) {
      this.#expired.add(round);
      const text = `${this.title}: nobody decided on ${planName(round)} in time: ${'grants' in round.plan ? 'nothing of it is granted' : 'the accounts stay disabled'}`;
      this.#notices.tell({ kind: 'overdue', subject: `expired ${round.planHash}`, text, last: true });
    }
  }

  /** Once before the deadline, and not before half of the time is over. */
  private async remind(round: Round): Promise<void> {
    const asked = Date.parse(round.plan.madeAt);
    const deadline = Date.parse(round.deadline);
    const at = Math.max(deadline - (this.flow.notices?.remindBeforeMs ?? 0), asked + (deadline - asked) / 2);
    const decided = await condition(() => round.state !== 'open', Math.max(1, at - Date.now()), {
      summary: 'Wait until the deadline of the plan is near',
    });
    if (decided) return;
    const text = `${this.title}: ${planName(round)} is not decided, and its deadline is near: ${moment(round.deadline)}`;
    this.#notices.tell({
      ...{ kind: 'overdue', subject: `near ${round.planHash}`, text },
      approval: this.wantedOf(round),
    });
  }

  private wantedOf({ plan, planHash, deadline, approvers, progress }: Round): ApprovalWanted {
    const decided = progress.decisions.filter((one) => one.counted).map((one) => one.by.toLowerCase());
    return {
      ...{ planHash, deadline, approvers, askedAt: plan.madeAt },
      excluded: [...this.flow.excluded, ...decided],
      items: itemsOf(plan),
    };
  }

  private async watchReview(hold: LegalHold, reviewAt: string): Promise<void> {
    const at = instantOf(reviewAt);
    const key = `${hold.eventId} ${reviewAt}`;
    if (Number.isNaN(at) || this.#reviewed.has(key) || !this.#notices.wants('overdue')) return;
    this.#reviewed.add(key);
    const isOver = () => this.flow.outcome !== undefined || this.flow.standingHold?.eventId !== hold.eventId;
    const { clock } = this.flow;
    const moment = new Date(at).toISOString();
    const summary = 'Wait for the review date of the legal hold';
    if (!clock.hasCome(moment) && (await condition(isOver, clock.until(moment), { summary }))) return;
    clock.tell(moment);
    const text = `${this.title}: the legal hold ${hold.eventId} was to be reviewed by ${reviewAt}; nothing is deleted until it is lifted`;
    this.#notices.tell({ kind: 'overdue', subject: `review ${key}`, text });
  }

  /** The end, with what is not simply complete by name; what people said about it stays in the evidence. */
  async conclude(outcome: FlowOutcome): Promise<void> {
    if (this.flow.notices === undefined) return;
    const plain = ['pending', 'done', 'already', 'clean'];
    const lines = this.flow.tracks.flatMap((track) =>
      track.allSteps
        .filter((step) => !plain.includes(step.outcome))
        .map((step) => `${track.id}: ${step.name} ${step.outcome}`),
    );
    // Superseded is no end: the flow that took over waits for this one and tells its own.
    if (outcome === 'superseded') return await this.#notices.conclude();
    await this.#notices.conclude({
      ...{ text: `${this.title} is done: ${outcome.replaceAll('-', ' ')}`, lines },
      isWaitedFor: this.flow.isMakingWay,
    });
  }

  private get title(): string {
    return `${titleOf(this.flow.kind)} ${this.flow.personId}`;
  }
}

function planName({ plan }: Round): string {
  return 'grants' in plan ? 'a plan of privileged entitlements' : `removal plan ${plan.round}`;
}

function itemsOf(plan: RemovalPlan | GrantPlan): readonly string[] {
  if ('grants' in plan)
    return plan.grants.map(({ target, account, kind, name, until }) => {
      const end = until === undefined ? '' : ` until ${until}`;
      return `${target}: ${account} gets ${kind} ${name}${end}`;
    });
  return plan.targets.flatMap(({ target, deletion, accounts }) =>
    accounts.map(({ id, username }) => {
      const what = deletion === 'permanent' ? 'deleted for good' : 'only disabled';
      return `${target}: ${username} (${id}), ${what}`;
    }),
  );
}

/** Without an offset it is read as UTC: what `Date` makes of it would depend on the machine. */
function instantOf(text: string): number {
  return Date.parse(!text.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
}
