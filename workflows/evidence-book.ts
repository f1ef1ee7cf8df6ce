import { condition } from '@temporalio/workflow';
import type { EvidenceDraft } from '../domain/evidence';

/** A batch is written when this many drafts have come together, or at the next chapter. */
const batchSize = 40;

/**
 * Keeps the flow's evidence in order and has it written in batches, one write in flight. Until it is written it is
 * safe in the history, because every draft comes from a recorded result.
 */
export class EvidenceBook {
  readonly #drafts: EvidenceDraft[] = [];
  #written = 0;
  #wanted = 0;
  #batch = 0;
  #closed = false;

  /** `write` is repeated by Temporal until it succeeds. */
  constructor(
    private readonly write: (batch: {
      readonly number: number;
      readonly entries: readonly EvidenceDraft[];
    }) => Promise<void>,
  ) {}

  note(drafts: readonly EvidenceDraft[]): void {
    this.#drafts.push(...drafts);
    if (this.#drafts.length - this.#wanted >= batchSize) this.chapter();
  }

  /** A point that people look for: what has been noted up to here is written now. */
  chapter(): void {
    this.#wanted = this.#drafts.length;
  }

  /** Something has been noted that no batch was asked for. */
  get isBehind(): boolean {
    return this.#drafts.length > this.#wanted;
  }

  /** What `write` has not taken yet; the conclusion writes it together with the flow's end. */
  takeRest(): readonly EvidenceDraft[] {
    const rest = this.#drafts.slice(this.#written);
    this.#written = this.#wanted = this.#drafts.length;
    return rest;
  }

  /** Writes for as long as the flow lives. */
  async keep(): Promise<void> {
    while (!this.#closed || this.#wanted > this.#written) {
      await condition(() => this.#wanted > this.#written || this.#closed);
      if (this.#wanted <= this.#written) continue;
      const entries = this.#drafts.slice(this.#written, this.#wanted);
      this.#written = this.#wanted;
      await this.write({ number: (this.#batch += 1), entries });
    }
  }

  /** The number of the write that concludes the flow. */
  get lastNumber(): number {
    return this.#batch + 1;
  }

  close(): void {
    this.#closed = true;
  }
}
