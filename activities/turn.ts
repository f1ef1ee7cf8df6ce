/**
 * One at a time, in the order of asking: between a look and the write that it allows, nobody else of this process
 * writes. Whoever is cut off while waiting leaves the line.
 */
export class Turn {
  #last: Promise<void> = Promise.resolve();

  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    let finish!: () => void;
    const mine = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.#last = before.then(() => mine);
    try {
      await orAborted(before, signal);
      return await work();
    } finally {
      finish();
    }
  }
}

async function orAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let cutOff!: () => void;
  const aborted = new Promise<never>((_resolve, reject) => {
    cutOff = () => reject(signal.reason as Error);
  });
  signal.addEventListener('abort', cutOff, { once: true });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener('abort', cutOff);
  }
}
