import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/**
 * The time-skipping server has a clock of its own, and flows live by it. This makes activities, connectors and
 * stand-ins of this process do so too: whatever asks for the time hears the server's. Real timers stay real.
 */
export class SkippedClock {
  readonly #real = Date;
  #skippedMs = 0;

  constructor(private readonly env: TestWorkflowEnvironment) {
    const now = (): number => this.#real.now() + this.#skippedMs;
    globalThis.Date = new Proxy(this.#real, {
      construct: (target, given, newTarget) =>
        Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
      get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
    });
  }

  /** Catches up with the server. While an activity runs the server skips nothing: then this is right until its end. */
  async sync(): Promise<void> {
    const server = await this.env.currentTimeMs();
    // Never back: the answer is older than now by the time that it travelled.
    this.#skippedMs = Math.max(this.#skippedMs, server - this.#real.now());
  }

  /** For the workers: every activity begins at the server's time. */
  get interceptor(): ActivityInterceptorsFactory {
    return () => ({
      inbound: {
        execute: async (input, next) => {
          await this.sync();
          return await next(input);
        },
      },
    });
  }

  /** The real time again. */
  stop(): void {
    globalThis.Date = this.#real;
  }
}
