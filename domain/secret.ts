/**
 * A secret by reference. It prints as `[secret]` wherever it lands; only `reveal` gives the value, read afresh each
 * time so that a rotated file or a mended credential takes effect without a restart.
 */
export class Secret {
  readonly #read: () => string;

  /** @param reference what the configuration says, such as `${env:NAME}`; safe to show. */
  constructor(
    readonly reference: string,
    read: () => string,
  ) {
    this.#read = read;
  }

  /** The value now. Throws a plain `Error` that names the reference when it cannot be read. */
  reveal(): string {
    return this.#read();
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `[secret ${this.reference}]`;
  }
}
