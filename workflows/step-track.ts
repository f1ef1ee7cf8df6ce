import { condition } from '@temporalio/workflow';
import type { PendingStep } from '../activities/contract';
import type { Parked, StepInput, StepReport } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { StepName, TargetProgress } from '../domain/flow';
import type { TargetAssignment } from '../domain/leaver';
import type { Person } from '../domain/person';
import { changeOn, core } from './proxies';
import { Step } from './step';

/** What a track needs of its flow. */
export interface TrackContext {
  readonly person: Person;
  readonly urgent: () => boolean;
  readonly note: (evidence: readonly EvidenceDraft[]) => void;
  readonly changed: () => void;
  /** What the server knows of the steps that have not returned. */
  readonly pendingSteps: () => Promise<readonly PendingStep[]>;
}

export interface ResolveRequest {
  readonly step: string | undefined;
  readonly action: 'retry' | 'skip';
  readonly by: string;
  readonly reason: string;
  /** The sender may be one of the two people who let a protected account or a last administrator go. */
  readonly mayRelease: boolean;
}

/** What flows, details and mail know of any track. */
export interface TrackView {
  readonly id: string;
  readonly handOver: ReadonlySet<string>;
  readonly isBlocked: boolean;
  readonly finished: boolean;
  readonly progress: TargetProgress;
  readonly allSteps: readonly Step[];
  /** A joiner's lead: accounts here are there and wait disabled for the first day. */
  readonly isClosed?: boolean;
  parkedSteps(): readonly { readonly name: StepName; readonly parked: Parked }[];
  /** Saves what a person's word would lose by cutting off what runs. */
  beforeResolve(): Promise<void>;
  resolve(request: ResolveRequest): string;
  /** Cuts off what runs; the track ends without beginning again. */
  giveUp(why: string): void;
}

/** One target's way through its steps; other targets never wait for it. What the steps are, and in which order, is the subclass's. */
export abstract class StepTrack<
  Name extends StepName,
  Context extends TrackContext = TrackContext,
> implements TrackView {
  readonly id: string;
  readonly steps: Readonly<Record<Name, Step>>;
  readonly handOver = new Set<string>();
  /** Every step has a proven outcome or a person's word. */
  settled = false;
  /** Given up: another flow has taken over. */
  givenUp = false;
  protected beginsAgain = false;
  /** Configuration and links as last read. */
  protected current: TargetAssignment;
  #readsLinksAgain = false;
  /** Who released what two people must release; a word on the one is none on the other. */
  readonly #releasedBy = { protected: new Set<string>(), 'last-administrator': new Set<string>() };
  /** Of what runs next: a breaker lets one probe through for a person's word. */
  #askedByPerson = false;

  protected constructor(
    readonly assignment: TargetAssignment,
    protected readonly context: Context,
    protected readonly names: readonly Name[],
  ) {
    this.id = assignment.settings.id;
    this.current = assignment;
    this.steps = Object.fromEntries(names.map((name) => [name, new Step(name, () => this.progressOf(name))])) as Record<
      Name,
      Step
    >;
  }

  private async progressOf(name: StepName): Promise<unknown> {
    const pending = await this.context.pendingSteps();
    return pending.find(({ target, step }) => target === this.id && step === name)?.progress;
  }

  /** One way through all steps. */
  protected abstract pass(): Promise<void>;

  /** Passes until nothing is open; begun again whenever a person or the vendor gives a reason. */
  protected async passUntilSettled(): Promise<void> {
    this.settled = false;
    do {
      this.beginsAgain = false;
      await this.heedNewLinks();
      await this.pass();
      await condition(() => this.beginsAgain || this.givenUp || this.parkedSteps().length === 0);
    } while (this.beginsAgain && !this.givenUp);
    this.closeUntried();
    this.settled = true;
    this.context.changed();
  }

  /** Before the track is settled: what a person's word makes of steps that were never begun. */
  protected closeUntried(): void {}

  /** `tenure link|unlink` comes before a person's retry: whose an account is has to be read again. */
  private async heedNewLinks(): Promise<void> {
    if (!this.#readsLinksAgain) return;
    this.#readsLinksAgain = false;
    const { alsoNamed } = this;
    this.take(
      await core.assignTargets({
        person: this.context.person,
        ...(alsoNamed.length === 0 ? {} : { alsoNamed: { [this.id]: alsoNamed } }),
      }),
    );
  }

  /** Links and configuration as they are now; false when the target is configured no more. */
  take(assignments: readonly TargetAssignment[]): boolean {
    const now = assignments.find(({ settings }) => settings.id === this.id);
    this.current = now ?? this.current;
    return now !== undefined;
  }

  /** User names to look for here besides those that the keys of the target cover. */
  protected get alsoNamed(): readonly string[] {
    return [];
  }

  /** Runs a step, keeps its evidence and hand-overs, and lets the flow show it. */
  async run<Report extends StepReport>(name: Name, attempt: () => Promise<Report>): Promise<Report | undefined> {
    if (this.givenUp) return undefined;
    const step = this.steps[name];
    const running = step.run(attempt);
    this.context.changed();
    const report = await running;
    if (report !== undefined) {
      this.#askedByPerson = false;
      this.context.note(report.evidence);
      for (const item of report.handOver ?? []) this.handOver.add(item);
    }
    this.context.changed();
    return report;
  }

  change(summary: string) {
    return changeOn({ target: this.id, urgent: this.context.urgent(), summary: `${summary} on ${this.id}` });
  }

  input(step: Step): StepInput {
    const { settings, protectedUsernames, links, notTheirs, linkedToOthers } = this.current;
    return {
      target: this.id,
      person: this.context.person,
      mode: settings.mode,
      links,
      notTheirs,
      linkedToOthers,
      protectedUsernames,
      ...(this.#releasedBy.protected.size >= 2 ? { protectionReleased: true } : {}),
      ...(this.#releasedBy['last-administrator'].size >= 2 ? { lastAdministratorReleased: true } : {}),
      ...(step.cutOff ? { ranBefore: true } : {}),
      ...(this.#askedByPerson ? { askedByPerson: true } : {}),
    };
  }

  async beforeResolve(): Promise<void> {}

  /** A person's `resolve`; the answer says what it led to. */
  resolve({ step: only, action, by, reason, mayRelease }: ResolveRequest): string {
    const open = this.allSteps.filter((step) => isOpen(step) && (only === undefined || step.name === only));
    if (open.length === 0)
      return `nothing to resolve on ${this.id}: no step${only === undefined ? '' : ` ${only}`} is parked or waiting`;
    const named = open.map((step) => step.name).join(', ');
    if (action === 'skip') {
      for (const step of open) step.skip(`skipped by ${by}: ${reason}`);
      this.context.changed();
      return `skipped ${named} on ${this.id}`;
    }
    const isParkedFor = (why: Parked['reason']) => open.some((step) => step.parked?.reason === why);
    const releasedBy = this.#releasedBy;
    if (isParkedFor('protected')) {
      releasedBy.protected.add(by.toLowerCase());
      if (releasedBy.protected.size < 2)
        return `${by} released the protected account on ${this.id}; one more person has to`;
    }
    // Somebody may have become an administrator meanwhile: it is looked at again whoever asks, and by two it is let go.
    const counts = mayRelease && isParkedFor('last-administrator');
    if (counts) releasedBy['last-administrator'].add(by.toLowerCase());
    this.#askedByPerson = true;
    this.again('begun again by a person');
    const who = [...releasedBy['last-administrator']].join(', ');
    return `began ${named} on ${this.id} again${counts ? `; let go by ${who} if it is still the last administrator, which takes two people` : ''}`;
  }

  /** Starts the track over; running attempts are cut off first. Links are read anew. */
  again(why: string): void {
    this.beginsAgain = true;
    this.#readsLinksAgain = true;
    for (const step of this.allSteps) {
      if (step.parked !== undefined) {
        step.parked = undefined;
        step.cutOff = true;
        step.show('pending', why);
      }
      if (this.restarts(step.name)) step.interrupt(why);
    }
    this.context.changed();
  }

  /** Whether beginning again cuts this step off when it runs. */
  protected restarts(_name: StepName): boolean {
    return true;
  }

  giveUp(why: string): void {
    this.givenUp = true;
    for (const step of this.allSteps) {
      if (step.parked !== undefined) step.show('skipped', why);
      step.parked = undefined;
      step.interrupt(why);
    }
    this.context.changed();
  }

  get allSteps(): readonly Step[] {
    return this.names.map((name) => this.steps[name]);
  }

  parkedSteps(): readonly { readonly name: StepName; readonly parked: Parked }[] {
    return this.allSteps.flatMap(({ name, parked }) => (parked === undefined ? [] : [{ name, parked }]));
  }

  /** Something here stands still until a person or the vendor moves. */
  get isBlocked(): boolean {
    return this.allSteps.some(({ outcome }) => ['parked', 'waiting', 'residual-sessions'].includes(outcome));
  }

  /** Nothing is left to do here in this flow. */
  get finished(): boolean {
    return this.settled;
  }

  get progress(): TargetProgress {
    return {
      id: this.id,
      steps: this.allSteps.map(({ name, outcome, at, detail }) => ({
        name,
        outcome,
        ...(at === undefined ? {} : { at }),
        ...(detail === undefined ? {} : { detail }),
      })),
    };
  }
}

function isOpen(step: Step): boolean {
  return step.parked !== undefined || step.isRunning;
}
