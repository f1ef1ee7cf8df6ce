import type { Call } from '../connector';
import type { ConnectorError } from '../errors';
import { VendorUnauthorized } from '../errors';

/** What goes into the Authorization header, and until when. */
export interface Token {
  readonly value: string;
  /** Seconds, as the vendor told; unknown tokens live until they are refused. */
  readonly lifetimeSeconds?: number;
}

/** How a credential becomes a token. Reads its secrets afresh on every request. */
export interface TokenSource {
  /** A fingerprint of the secrets as they are now: a refused credential is not offered again at once. */
  fingerprint(): string;
  request(call: Call): Promise<Token>;
}

interface Flight {
  readonly token: Promise<Token>;
  readonly stop: AbortController;
  waiting: number;
}

/** A credential that was just refused would only bring the service account nearer to being locked. */
const refusalHoldsMs = 5_000;

/**
 * The one token of a target: cached for a little less than it lives, asked for once however many callers need it, and
 * replaced when the vendor refuses it. Nobody's cancellation fails the others; the last one to leave stops the request.
 */
export class TokenCache {
  #token: (Token & { readonly until: number }) | undefined;
  #flight: Flight | undefined;
  #refused: { readonly fingerprint: string; readonly until: number; readonly error: ConnectorError } | undefined;

  constructor(private readonly source: TokenSource) {}

  async current(call: Call): Promise<Token> {
    if (this.#token !== undefined && performance.now() < this.#token.until) return this.#token;
    if (this.#refused !== undefined && this.#flight === undefined) {
      const { fingerprint, until, error } = this.#refused;
      if (performance.now() < until && this.source.fingerprint() === fingerprint) throw error;
    }
    return this.#join(call);
  }

  /** Another token than the refused one. Callers that were refused with the same token share one request. */
  async replace(refused: Token, call: Call): Promise<Token> {
    if (this.#token?.value === refused.value) this.#token = undefined;
    return this.current(call);
  }

  /** A new token whatever is cached: the proof that the credential is accepted now. */
  async prove(call: Call): Promise<Token> {
    return this.#join(call);
  }

  async #join(call: Call): Promise<Token> {
    const flight = (this.#flight ??= this.#takeOff(call));
    flight.waiting += 1;
    try {
      return await unlessAborted(flight.token, call.signal);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.stop.abort();
    }
  }

  #takeOff(call: Call): Flight {
    const stop = new AbortController();
    const startedAt = performance.now();
    const token = this.source.request({ ...callFor(call), signal: stop.signal }).then(
      (issued) => {
        this.#token = { ...issued, until: startedAt + usableMs(issued.lifetimeSeconds) };
        this.#refused = undefined;
        return issued;
      },
      (error: unknown) => {
        if (error instanceof VendorUnauthorized) this.#remember(error);
        throw error;
      },
    );
    const flight: Flight = { token, stop, waiting: 0 };
    const land = (): void => {
      if (this.#flight === flight) this.#flight = undefined;
    };
    stop.signal.addEventListener('abort', land, { once: true });
    token.then(land, land);
    return flight;
  }

  #remember(error: VendorUnauthorized): void {
    this.#refused = { fingerprint: this.source.fingerprint(), until: performance.now() + refusalHoldsMs, error };
  }
}

/** Whoever starts the shared request notes it, once; its own signal has no say over the others. */
function callFor(call: Call): Omit<Call, 'signal'> {
  return {
    beforeWrite: (operation) => call.beforeWrite(operation),
    noteExchange: (exchange) => call.noteExchange(exchange),
    onWait: (milliseconds) => call.onWait?.(milliseconds),
  };
}

/** A minute before its end, or the last tenth of a short life: clocks differ and requests take time. */
function usableMs(lifetimeSeconds: number | undefined): number {
  if (lifetimeSeconds === undefined) return Infinity;
  return (lifetimeSeconds - Math.min(60, lifetimeSeconds / 10)) * 1000;
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
