import {
  ActivityFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { pingHints, type PingHint } from '../domain/hr-record';
import { hrPingSignal } from './messages';
import { core, readFrom } from './proxies';

/** One record of one HR system. */
export interface HrRecordState {
  /** `/hr/<type>/<id>`, as in the events. */
  readonly source: string;
  readonly sourceId: string;
  readonly recordId: string;
  readonly lookAgainMs: number;
  /** Hints of pings that no look has answered yet. */
  readonly hints?: readonly PingHint[];
  /** Counts the looks over all runs. */
  readonly looks?: number;
}

/** What came of the last look. */
export interface HrRecordReport {
  readonly looks: number;
  readonly told: readonly string[];
  readonly gone: boolean;
}

/** When a record cannot be acted on, it is read again this often besides each ping. */
const MENDED_WITHIN = '1h';

/**
 * An HR system's ping says only where to look. The record is read for as long as that takes, compared with how it was,
 * and what is news goes to the flow of its person. While an end or a start is announced it is looked at again now and
 * then, because some systems are silent when they take one back.
 */
export async function hrRecord(state: HrRecordState): Promise<HrRecordReport> {
  const desk = new RecordDesk(state);
  for (;;) {
    const wait = await desk.look();
    // No await between this look at the pings and the return: one that comes now starts another run.
    if (wait === undefined && !desk.hasNews) return desk.report;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof hrRecord>(desk.carryOver());
    if (wait !== undefined) await condition(() => desk.hasNews, wait);
  }
}

class RecordDesk {
  #hints: readonly PingHint[];
  #hasNews = true;
  #looks: number;
  #told: readonly string[] = [];
  #gone = false;

  constructor(private readonly state: HrRecordState) {
    this.#hints = state.hints ?? [];
    this.#looks = state.looks ?? 0;
    setHandler(hrPingSignal, (ping: unknown) => this.take(ping));
  }

  get hasNews(): boolean {
    return this.#hasNews;
  }
  get report(): HrRecordReport {
    return { looks: this.#looks, told: this.#told, gone: this.#gone };
  }

  carryOver(): HrRecordState {
    return { ...this.state, hints: this.#hints, looks: this.#looks };
  }

  /** Reads and compares; how long to wait for the next look, if there is to be one without a ping. */
  async look(): Promise<number | typeof MENDED_WITHIN | undefined> {
    const { source, sourceId, recordId, lookAgainMs } = this.state;
    const hints = this.#hints;
    this.#hints = [];
    this.#hasNews = false;
    this.#looks += 1;
    try {
      const urgent = hints.includes('revoke-now');
      const read = await readFrom({ source: sourceId, recordId, urgent }).readHrRecord({ recordId });
      const taken = await core.takeHrRecord({ source, recordId, read, hints, batch: this.#looks });
      this.#told = [...this.#told, ...taken.told.map(({ id }) => id)];
      this.#gone = taken.gone === true;
      this.show(taken.awaits === undefined ? 'seen' : `seen; ${taken.awaits} is awaited`);
      return taken.awaits === undefined ? undefined : lookAgainMs;
    } catch (error) {
      this.#hints = [...hints, ...this.#hints];
      this.show(
        `it cannot be acted on: ${wordsOf(error)}. It is read again when that is mended and HR changes it, at the latest after ${MENDED_WITHIN}.`,
      );
      return MENDED_WITHIN;
    }
  }

  private take(ping: unknown): void {
    const hint = (ping as { hint?: unknown } | null | undefined)?.hint;
    this.#hints = [...this.#hints, pingHints.find((known) => known === hint) ?? 'updated'];
    this.#hasNews = true;
  }

  private show(state: string): void {
    const { source, recordId } = this.state;
    const told = this.#told.map((id) => `\`${id}\``).join(', ');
    setCurrentDetails(
      [
        `**Record ${recordId} of ${source}**, look ${this.#looks}: ${state}`,
        told === '' ? 'Nothing in it was news.' : `Told: ${told}.`,
      ].join('\n\n'),
    );
  }
}

/** The reason below Temporal's wrapping. */
function wordsOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
