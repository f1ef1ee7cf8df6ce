/** Thrown by a route to answer with a vendor's error: a text goes through the vendor's error form, an object as it is. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: string | Readonly<Record<string, unknown>>,
    /** For vendors whose error form has a code beside the text. */
    readonly code?: string,
  ) {
    super(typeof body === 'string' ? body : JSON.stringify(body));
  }
}
