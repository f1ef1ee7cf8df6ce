/**
 * A secret by reference. It prints as `[secret]` wherever it lands; only `reveal` gives the value, read afresh each
 * time so that a rotated file or a mended credential takes effect without a restart.
 */
export class Secret {
  readonly #read: () => string;
  readonly #write: ((value: string) => void) | undefined;

  /** @param reference what the configuration says, such as `${env:NAME}`; safe to show. */
  constructor(
    readonly reference: string,
    read: () => string,
    write?: (value: string) => void,
  ) {
    this.#read = read;
    this.#write = write;
  }

  /** The value now. Throws a plain `Error` that names the reference when it cannot be read. */
  reveal(): string {
    return this.#read();
  }

  /** Whether `replace` works: the secret lies where Tenure may write. */
  get isReplaceable(): boolean {
    return this.#write !== undefined;
  }

  /** Keeps another value where this one is read from, for systems that hand out a new one with every use. */
  replace(value: string): void {
    if (this.#write === undefined) throw new Error(`${this.reference} cannot be written to: use \${file:path}`);
    this.#write(value);
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

/** There is no value yet: the place is missing or empty. Anything else that keeps one from being read is another error. */
export class NoSecretYet extends Error {}
