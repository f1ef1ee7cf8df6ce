import { condition, patched, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { PendingStep, RecordInput } from '../activities/contract';
import type { ApprovedGrants } from '../domain/change';
import type { EvidenceDraft } from '../domain/evidence';
import type { FlowOutcome, FlowState, Strength } from '../domain/flow';
import type { TimedEvent } from '../domain/leaver';
import type { Person } from '../domain/person';
import type { FlowClock } from './clock';
import { EvidenceBook } from './evidence-book';
import type { FlowCase } from './flow-case';
import { FlowMail, type PeopleFlow } from './flow-mail';
import { FlowNotices } from './flow-notices';
import { HrDesk, type HrAnswer, type HrReader } from './hr-desk';
import { Mail } from './mail';
import { progressQuery } from './messages';
import { core } from './proxies';

/** An account found or made by a flow, to be linked to the person by the vendor's id. */
export type FoundLink = NonNullable<RecordInput['links']>[number];

/**
 * What every flow of a person has: people's messages, HR's events, evidence, live details, and an end that loses none
 * of them. Its story is the subclass's.
 */
export abstract class Flow<Case extends FlowCase> implements PeopleFlow, HrReader {
  readonly case: Case;
  readonly book: EvidenceBook;
  protected readonly hr: HrDesk;
  protected readonly keepers: Promise<void>[] = [];
  private readonly mail: Mail;
  private readonly notices: FlowNotices;
  readonly #linked = new Set<string>();
  #stale = false;

  /** Handlers, search attributes and details first: before the first await. */
  constructor(about: Case, cancelRequested: Promise<never>) {
    this.case = about;
    this.book = new EvidenceBook(async ({ number, entries }) => {
      await core.record({ ...this.recordInput(number), entries });
    });
    this.mail = new Mail(new FlowMail(this));
    this.hr = new HrDesk(this);
    this.notices = new FlowNotices(about, {
      note: (drafts) => this.note(drafts),
      unreached: (text) => {
        this.remark(text);
        this.book.chapter();
      },
    });
    setHandler(progressQuery, () => this.case.progress, {
      description: 'State, targets by steps, what is waited for, open plans',
    });
    // Temporal's own Cancel means the same as `cancel`: it never leaves a flow half done.
    void cancelRequested.catch(() => this.cancel({ by: 'Temporal', reason: 'cancelled in Temporal' }));
  }

  /** To be called by the constructor of the subclass, when all is there that the details show. */
  protected begin(): void {
    this.keepers.push(this.book.keep(), this.mail.keep(), this.hr.keep());
    this.show();
    void this.keepShown();
    void this.writeAtRest();
  }

  protected abstract details(): string;
  abstract hear(timed: TimedEvent): HrAnswer | 'afterwards' | 'undecided';
  abstract cancel(word: { readonly by: string; readonly reason: string }): string;
  abstract reschedule(to: { readonly at: string; readonly by: string }): string;
  abstract readonly objectionToReschedule: string | undefined;
  abstract readonly minStrength: Strength;
  protected abstract readonly configHash: string | undefined;
  protected abstract readonly foundLinks: readonly FoundLink[];

  note(drafts: readonly EvidenceDraft[]): void {
    this.book.note(drafts.map((draft) => ({ eventHash: this.case.cause.eventHash, ...draft })));
    this.changed();
  }

  /** What somebody said or will look for: written at once. */
  tell(draft: Omit<EvidenceDraft, 'at' | 'eventHash'>): void {
    this.note([this.case.draft(draft)]);
    this.book.chapter();
  }

  remark(text: string): void {
    this.case.remark(text);
    this.changed();
  }

  /** What the server knows of steps that have not returned, with their progress; several who ask at once ask once. */
  protected async pendingSteps(): Promise<readonly PendingStep[]> {
    const { workflowId, runId } = workflowInfo();
    this.#asking ??= core
      .inspectPending({ workflowId, runId, withProgress: true })
      .finally(() => (this.#asking = undefined));
    return await this.#asking;
  }
  #asking: Promise<readonly PendingStep[]> | undefined;

  /** What people see follows; many changes that come together are shown once. */
  changed(): void {
    this.#stale = true;
  }

  private show(): void {
    this.#stale = false;
    setCurrentDetails(this.details());
    this.case.publish();
    this.notices.look();
  }

  /** A condition is looked at when all else of a workflow task is done. */
  private async keepShown(): Promise<never> {
    for (;;) {
      await condition(() => this.#stale);
      this.show();
    }
  }

  /** While people, a date or a vendor are waited for, which may be weeks, the evidence holds all that was done and heard. */
  private async writeAtRest(): Promise<void> {
    const isOver = () => this.case.outcome !== undefined;
    for (;;) {
      await condition(() => isOver() || (this.case.rests && this.book.isBehind));
      if (isOver() || !patched('evidence-at-rest')) return;
      this.book.chapter();
    }
  }

  /** A heading of the story: evidence so far is written, and the list of workflows shows the new phase. */
  enter(phase: FlowState): void {
    this.case.phase = phase;
    this.book.chapter();
    this.changed();
  }

  /** `isMoot`: what was said meanwhile has taken away the ground of the hold-back; it is planned anew. */
  protected async untilReleased(isMoot: () => boolean = () => false): Promise<void> {
    const flow = this.case;
    await condition(
      () => flow.cancelled !== undefined || flow.releasedBy.length >= (flow.held?.releasesNeeded ?? 0) || isMoot(),
    );
    flow.held = undefined;
    this.changed();
  }

  /** Closes evidence and flow; an event that comes meanwhile goes back to `person`, none is lost. */
  protected async close(
    outcome: FlowOutcome,
    exceptions: readonly string[],
    also: { readonly reviewAt?: string } = {},
  ): Promise<{ readonly count: number; readonly head: string }> {
    const flow = this.case;
    this.mail.close();
    this.hr.close();
    flow.outcome = outcome;
    flow.phase = 'done';
    const detail = exceptions.length === 0 ? 'every target has a proven outcome' : exceptions.join('; ');
    const { closingData: data } = this;
    this.note([flow.draft({ kind: 'flow', outcome, detail, ...(data === undefined ? {} : { data }) })]);
    this.show();
    await this.notices.conclude(outcome);
    this.book.close();
    await Promise.all(this.keepers);
    const evidence = await core.concludeFlow({
      ...this.recordInput(this.book.lastNumber),
      entries: this.book.takeRest(),
      outcome,
      eventTime: flow.cause.event.time,
      ...also,
    });
    await this.returnUnread();
    return evidence;
  }

  /** What returning events tells of this flow itself. */
  protected abstract readonly whileClosing: { readonly closing?: true };

  protected async returnUnread(): Promise<void> {
    for (let unread = this.hr.takeUnread(); unread.length > 0; unread = this.hr.takeUnread()) {
      await core.returnEvents({ personId: this.personId, events: unread, ...this.whileClosing });
    }
  }

  private recordInput(batch: number): Omit<RecordInput, 'entries'> {
    const { case: flow, configHash } = this;
    const links = this.newLinks();
    const approved = this.takeApproved();
    return {
      personId: flow.personId,
      firstRunId: workflowInfo().firstExecutionRunId,
      eventHash: flow.cause.eventHash,
      batch,
      ...(links.length === 0 ? {} : { links }),
      ...(approved === undefined ? {} : { approved }),
      flow: {
        kind: flow.kind,
        state: flow.state,
        startedAt: workflowInfo().startTime.toISOString(),
        ...(flow.held === undefined ? {} : { held: flow.held.why }),
        ...(flow.outcome === undefined ? {} : { outcome: flow.outcome }),
        ...(flow.dueAt === undefined ? {} : { dueAt: flow.dueAt }),
        ...(flow.waitingFor === undefined ? {} : { waitingFor: flow.waitingFor }),
      },
      ...(configHash === undefined ? {} : { configHash }),
    };
  }

  /** What later flows have to know of this one, besides how it ended. */
  protected get closingData(): unknown {
    return undefined;
  }

  /** What people approved since the last write, to be kept beyond this flow. */
  protected takeApproved(): ApprovedGrants | undefined {
    return undefined;
  }

  /** Accounts found since the last write; each is sent once. */
  private newLinks(): readonly FoundLink[] {
    const fresh = this.foundLinks.filter(({ target, accountId }) => !this.#linked.has(`${target}/${accountId}`));
    for (const { target, accountId } of fresh) this.#linked.add(`${target}/${accountId}`);
    return fresh;
  }

  get clock(): FlowClock {
    return this.case.clock;
  }
  get workflowId(): string {
    return workflowInfo().workflowId;
  }
  get personId(): string {
    return this.case.personId;
  }
  get person(): Person {
    return this.case.cause.event.data.person;
  }
  get hasEnded(): boolean {
    return this.case.outcome !== undefined;
  }
  get openRounds() {
    return this.case.openRounds;
  }
  get tracks() {
    return this.case.tracks;
  }
  get held() {
    return this.case.held;
  }
  get releasedBy(): readonly string[] {
    return this.case.releasedBy;
  }
  release(by: string): void {
    this.case.release(by);
  }
  get excluded(): readonly string[] {
    return this.case.excluded;
  }
}
