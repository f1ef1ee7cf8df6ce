import { showProgress } from '../workers/engine/progress';

type Progress = ReturnType<typeof showProgress>;

/** Says what is being done while it takes longer than two seconds, and leaves the terminal clean in between. */
export class Patience {
  #progress: Progress | undefined;

  /** Free of `this`, to be handed on. */
  readonly say = (text: string): void => {
    this.#progress ??= showProgress();
    this.#progress.say(text);
  };

  /** Before anything else is printed. */
  readonly quiet = (): void => {
    this.#progress?.done();
    this.#progress = undefined;
  };
}
