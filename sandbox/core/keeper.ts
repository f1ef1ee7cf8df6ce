import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whatever can be turned into JSON and back. */
export interface Savable {
  save(): unknown;
  restore(saved: unknown): void;
}

const DELAY_MS = 50;

/** Keeps a state on disk: read at the start, written shortly after every change, whole or not at all. */
export class Keeper {
  /** False when nothing was kept from an earlier life. */
  readonly found: boolean;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly file: string,
    readonly state: Savable,
  ) {
    mkdirSync(dirname(file), { recursive: true });
    this.found = existsSync(file);
    if (this.found) this.#read();
  }

  changed(): void {
    this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  #read(): void {
    try {
      this.state.restore(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch (cause) {
      throw new Error(`${this.file} holds no state of this stand-in; delete it to start afresh`, { cause });
    }
  }

  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const draft = `${this.file}.${process.pid}.new`;
    writeFileSync(draft, JSON.stringify(this.state.save()));
    renameSync(draft, this.file);
  }
}
