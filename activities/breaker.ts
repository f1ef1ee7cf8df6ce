import { VendorUnauthorized } from '../connectors/errors';

const openForMs = 15 * 60_000;

/**
 * A refused credential stops everybody on this target in this process: fifty leavers must not lock the service account
 * out. It opens for one probe when the secret changed, a person asked, or 15 minutes have passed; a probe that
 * succeeds (`check` is one too) lets all tracks go on.
 */
export class Breaker {
  #refusedAt: number | undefined;
  #fingerprint = '';
  #probing = false;

  /** @param fingerprint of the secrets as they are now; never the secrets themselves. */
  constructor(
    private readonly target: string,
    private readonly fingerprint: () => string,
  ) {}

  /** Throws `VendorUnauthorized` without asking the vendor while the credential is known to be refused. */
  enter({ askedByPerson }: { askedByPerson: boolean }): void {
    if (this.#refusedAt === undefined) return;
    const mayProbe =
      askedByPerson || this.fingerprint() !== this.#fingerprint || Date.now() - this.#refusedAt > openForMs;
    if (mayProbe && !this.#probing) {
      this.#probing = true;
      return;
    }
    throw new VendorUnauthorized(
      'the credential was refused a moment ago; not tried again until it changes, a check succeeds or 15 minutes pass',
      {
        target: this.target,
        operation: 'sign on',
      },
    );
  }

  refused(): void {
    this.#refusedAt = Date.now();
    this.#fingerprint = this.fingerprint();
    this.#probing = false;
  }

  accepted(): void {
    this.#refusedAt = undefined;
    this.#probing = false;
  }

  /** The probe ended without proving anything either way. */
  undecided(): void {
    this.#probing = false;
  }
}
