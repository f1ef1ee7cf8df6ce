import { Complaint } from './exit';
import { wordsFor } from './failure';
import type { Terminal } from './terminal';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes Ctrl-C on to us although the terminal has done so: the echo is no second one. */
const ECHO_MS = 1500;
const INTERRUPTED = 130;

/** Listens for Ctrl-C (or a request to end) from the moment it is made. A second Ctrl-C ends the process at once. */
export class StopSignal {
  #since = 0;
  readonly #told: Promise<void>;
  readonly #listener: () => void;

  constructor(terminal: Terminal) {
    let tell: () => void = () => undefined;
    this.#told = new Promise((resolve) => (tell = resolve));
    this.#listener = () => {
      if (this.#since !== 0) {
        if (Date.now() - this.#since > ECHO_MS) process.exit(INTERRUPTED);
        return;
      }
      this.#since = Date.now();
      terminal.err('Stopping …');
      tell();
    };
    for (const signal of signals) process.on(signal, this.#listener);
  }

  /** The work, unless somebody stops it first: then it throws, and what the work had begun is to be taken down. */
  async unless<T>(work: Promise<T>): Promise<T> {
    const stopped = this.#told.then((): never => {
      throw new Complaint('Stopped.');
    });
    work.catch(() => undefined);
    return await Promise.race([work, stopped]);
  }

  /** Resolves when told to stop; rejects when one of the parts ends by itself, and names it. */
  async wait(parts: Readonly<Record<string, Promise<unknown>>>): Promise<void> {
    await Promise.race([this.#told, ...endings(parts)]);
  }

  /** Other code may handle the signals again. */
  close(): void {
    // While stopping, the second Ctrl-C is still ours.
    if (this.#since === 0) for (const signal of signals) process.off(signal, this.#listener);
  }
}

function endings(parts: Readonly<Record<string, Promise<unknown>>>): Promise<never>[] {
  return Object.entries(parts).map(async ([name, ended]) => {
    const reason = await ended.then((value) => (typeof value === 'string' ? value : 'no reason given'), wordsFor);
    throw new Complaint(`${name} ended by itself: ${reason}`);
  });
}
