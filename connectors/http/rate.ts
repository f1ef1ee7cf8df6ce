import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../connector';
import { VendorThrottled } from '../errors';

/** Giving up comes before the activity's own timeout; the wait then goes on in the task queue. */
const longestWaitMs = 19_000;
const tickMs = 1_000;

export interface Limits {
  readonly requestsPerSecond: number;
  readonly concurrency: number;
}

/**
 * Guard of one target: at most so many requests a second (a burst of one second's worth is let through) and so many
 * at a time, first come first served. Most waiting happens in the task queue; this is for what slips past it.
 */
export class Rate {
  readonly #spacingMs: number;
  readonly #burstMs: number;
  /** When the next request would go if requests were evenly spaced; monotonic milliseconds. */
  #next = 0;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(
    private readonly target: string,
    private readonly limits: Limits,
  ) {
    this.#spacingMs = 1000 / limits.requestsPerSecond;
    this.#burstMs = Math.max(0, limits.requestsPerSecond - 1) * this.#spacingMs;
  }

  /** Runs `request` when its turn comes. Throws `VendorThrottled` when that would take too long, and the abort reason. */
  async run<T>(operation: string, call: Call, request: () => Promise<T>): Promise<T> {
    await this.#turn(operation, call);
    const startedAt = performance.now();
    await this.#place(operation, call, startedAt);
    try {
      return await request();
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }

  async #turn(operation: string, call: Call): Promise<void> {
    const now = performance.now();
    const at = Math.max(this.#next, now - this.#burstMs);
    const wait = at - now;
    if (wait > longestWaitMs) throw this.#throttled(operation, wait);
    this.#next = at + this.#spacingMs;
    for (let left = wait; left > 0; left = at - performance.now()) {
      call.onWait?.(Math.round(left));
      await sleep(Math.min(left, tickMs), undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted());
    }
  }

  /** Waits for one of the places at a time. */
  async #place(operation: string, call: Call, startedAt: number): Promise<void> {
    if (this.#running < this.limits.concurrency) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        clearInterval(ticking);
        call.signal.removeEventListener('abort', abort);
        const index = this.#queue.indexOf(enter);
        if (index >= 0) this.#queue.splice(index, 1);
      };
      const enter = (): void => {
        leave();
        this.#running += 1;
        resolve();
      };
      const abort = (): void => {
        leave();
        reject(call.signal.reason as Error);
      };
      const ticking = setInterval(() => {
        const waited = performance.now() - startedAt;
        if (waited < longestWaitMs) return call.onWait?.(Math.round(waited));
        leave();
        reject(this.#throttled(operation, tickMs));
      }, tickMs);
      call.signal.addEventListener('abort', abort, { once: true });
      this.#queue.push(enter);
    });
  }

  #throttled(operation: string, wait: number): VendorThrottled {
    const { requestsPerSecond, concurrency } = this.limits;
    const limits = `${String(requestsPerSecond)} requests a second, ${String(concurrency)} at a time`;
    return new VendorThrottled(`our own limit (${limits}) left no room within 19 s; the step goes on later`, {
      ...{ target: this.target, operation, retryAfterMs: Math.round(wait) },
    });
  }
}
