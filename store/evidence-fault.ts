import type { EvidenceFault, EvidenceHead } from '../domain/evidence';
import { isUnchanged } from './evidence-entry';
import type { EvidenceRow } from './schema';

/** A rewritten table can have as many faults as entries: the first ones say enough. */
const KEPT = 100;

/** Collects what is wrong with a chain. */
export class Faults {
  readonly kept: EvidenceFault[] = [];
  more = 0;

  add(fault: EvidenceFault): void {
    if (this.kept.length < KEPT) this.kept.push(fault);
    else this.more += 1;
  }

  get none(): boolean {
    return this.kept.length === 0;
  }
}

/** A place in a chain that was passed on the way: the number within that chain, and the hash there. */
export interface Passed {
  readonly number: number;
  readonly hash: string;
}

/** Reports a row that does not say what its hash was made of; true when it can be trusted further. */
export function checkContent(row: EvidenceRow, faults: Faults): boolean {
  const at = placeOf(row);
  try {
    if (isUnchanged(row)) return true;
    faults.add({ ...at, what: 'changed', detail: `${named(row)} was changed: its content does not match its hash` });
  } catch {
    faults.add({ ...at, what: 'unreadable', detail: `${named(row)} was changed: its content cannot be read` });
  }
  return false;
}

/** Compares the end of what was read with the head that the store keeps. */
export function checkEnd({
  chain,
  last,
  head,
  personId,
  faults,
}: {
  /** What the chain is called in messages. */
  readonly chain: string;
  readonly last: Passed;
  readonly head: EvidenceHead;
  readonly personId?: string;
  readonly faults: Faults;
}): void {
  const whose = personId === undefined ? {} : { personId };
  if (last.number < head.count) {
    const detail = `${chain} is cut off: it ends at ${last.number}, and its head says ${head.count}`;
    faults.add({ ...whose, what: 'cut-off', detail });
  } else if (last.number > head.count) {
    const detail = `${chain} goes on to ${last.number}, and its head says ${head.count}: entries were added, or the head was changed`;
    faults.add({ ...whose, what: 'inserted', detail });
  } else if (last.hash !== head.head) {
    const detail = `the head of ${chain} is not the hash of its last entry (${last.number})`;
    faults.add({ ...whose, what: 'head-differs', detail });
  }
}

/** Watches for a head that was kept elsewhere, which the chain must pass through. */
export class Waypoint {
  #seen: string | undefined;
  constructor(private readonly head: EvidenceHead | undefined) {}

  pass({ number, hash }: Passed): void {
    if (number === this.head?.count) this.#seen = hash;
  }

  check({
    chain,
    last,
    personId,
    faults,
  }: {
    readonly chain: string;
    readonly last: Passed;
    readonly personId?: string;
    readonly faults: Faults;
  }): void {
    const { head } = this;
    if (head === undefined || head.count === 0) return;
    const whose = personId === undefined ? {} : { personId };
    if (last.number < head.count) {
      const detail = `${chain} is cut off: it ends at ${last.number}, and the head given to compare with says ${head.count}`;
      faults.add({ ...whose, what: 'cut-off', detail });
    } else if (this.#seen !== head.head) {
      const detail = `${chain} does not pass through the head given to compare with, at ${head.count}: it was rewritten`;
      faults.add({ ...whose, what: 'head-differs', detail });
    }
  }
}

export function placeOf({ personId, seq, personSeq }: EvidenceRow): {
  personId: string;
  seq: number;
  personSeq: number;
} {
  return { personId, seq, personSeq };
}

/** How an entry is called in messages. */
export function named({ seq, personSeq, personId }: EvidenceRow): string {
  return `entry ${seq} (${personId}, ${personSeq})`;
}

/** The numbers that a gap leaves out, for messages. */
export function range(from: number, to: number): string {
  return from === to ? `${from} is` : `${from} to ${to} are`;
}
