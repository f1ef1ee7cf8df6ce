import { wordsFor } from './failure';
import type { Terminal } from './terminal';

/** Longest that one part may take to stop, in milliseconds. */
const STOP_WITHIN_MS = 8000;

/** What was started, to be stopped in the opposite order, each part whatever became of the others. */
export class Teardown {
  readonly #parts: { readonly name: string; readonly stop: () => Promise<unknown> | void }[] = [];

  constructor(private readonly terminal: Terminal) {}

  add(name: string, stop: () => Promise<unknown> | void): void {
    this.#parts.push({ name, stop });
  }

  async run(): Promise<void> {
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      const { name, stop } = part;
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<void>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`did not stop within ${STOP_WITHIN_MS / 1000} s`)), STOP_WITHIN_MS);
      });
      try {
        await Promise.race([stop(), tooLong]);
      } catch (error) {
        this.terminal.err(`${name}: ${wordsFor(error)}`);
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
