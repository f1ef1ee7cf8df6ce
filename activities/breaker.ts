import { VendorUnauthorized } from '../connectors/errors';
import { notYet } from './failures';

const openForMs = 15 * 60_000;
/** `tenure resolve --all` asks for every flow at once, and one probe answers for all of them. */
const personMayAskAgainMs = 5_000;
const urgentAgainMs = 3_000;
/** An urgent step that was refused comes back within this, or somebody has skipped it. */
const urgentIsWaitingMs = 20_000;

/** One attempt of one step, on its way to the vendor. */
export interface Visitor {
  /** The same for all attempts of one step. */
  readonly id: string;
  readonly urgent: boolean;
  /** A person asked for this very attempt. */
  readonly askedByPerson: boolean;
}

/** What the visit showed; said once, at its end. */
export interface Visit {
  accepted(): void;
  refused(): void;
  /** It ended without proving anything either way. */
  undecided(): void;
}

/**
 * A refused credential stops everybody on this target in this process: fifty leavers must not lock the service account
 * out. One probe is let through when the secret changed, a person asked, or 15 minutes have passed; once a probe
 * succeeds (`check` is one too) all tracks go on, the urgent ones first.
 */
export class Breaker {
  #refusal: { readonly at: number; readonly fingerprint: string } | undefined;
  #probe: Visitor | undefined;
  /** Urgent steps that were turned away, and until when they are waited for. */
  readonly #urgent = new Map<string, number>();

  /** @param fingerprint of the secrets as they are now; never the secrets themselves. */
  constructor(
    private readonly target: string,
    private readonly fingerprint: () => string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Throws without asking the vendor while the credential is known to be refused. */
  enter(visitor: Visitor): Visit {
    const fingerprint = this.fingerprint();
    if (this.#refusal === undefined) this.#letUrgentGoFirst(visitor);
    else if (this.#probe === undefined && this.#mayProbe(visitor, fingerprint)) this.#probe = visitor;
    else throw this.#turnAway(visitor);
    this.#urgent.delete(visitor.id);
    return {
      accepted: () => {
        // Whoever was on the way when it was refused proves nothing about the credential as it is now.
        if (this.#probe === visitor) this.#refusal = undefined;
        this.#leave(visitor);
      },
      refused: () => {
        // With the secret as it was on entering: one that was mended meanwhile has not been tried.
        this.#refusal = { at: this.now(), fingerprint };
        this.#expect(visitor);
        this.#leave(visitor);
      },
      undecided: () => this.#leave(visitor),
    };
  }

  #leave(visitor: Visitor): void {
    if (this.#probe === visitor) this.#probe = undefined;
  }

  #mayProbe({ urgent, askedByPerson }: Visitor, fingerprint: string): boolean {
    if (this.#refusal === undefined) return false;
    const age = this.now() - this.#refusal.at;
    if (askedByPerson && age > personMayAskAgainMs) return true;
    const isDue = fingerprint !== this.#refusal.fingerprint || age > openForMs;
    return isDue && (urgent || !this.#isUrgentWaiting());
  }

  #turnAway(visitor: Visitor): VendorUnauthorized {
    this.#expect(visitor);
    return new VendorUnauthorized(
      'the credential was refused a moment ago; not tried again until it changes, a check succeeds or 15 minutes pass',
      {
        target: this.target,
        operation: 'sign on',
        ...(visitor.urgent ? { retryAfterMs: urgentAgainMs } : {}),
      },
    );
  }

  #expect({ id, urgent }: Visitor): void {
    if (urgent) this.#urgent.set(id, this.now() + urgentIsWaitingMs);
  }

  #letUrgentGoFirst({ urgent }: Visitor): void {
    if (urgent || !this.#isUrgentWaiting()) return;
    throw notYet({
      type: 'UrgentFirst',
      message: `${this.target}: urgent leavers that waited for the credential go first`,
      againInMs: 1_000,
    });
  }

  #isUrgentWaiting(): boolean {
    for (const [id, until] of this.#urgent) if (until < this.now()) this.#urgent.delete(id);
    return this.#urgent.size > 0;
  }
}
