/** What a stand-in says when a request goes wrong, in its vendor's form. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answers {
  /** Every error body: 404, 405, bodies that cannot be read, and each `Refusal` with a text. */
  error(status: number, message: string, code?: string): unknown;
  /** No credentials, or wrong ones. */
  unauthorized(): Answer;
  /** A token that has died. Default as `unauthorized`. */
  expiredToken(): Answer;
  throttled(): Answer;
  serverError(): Answer;
}

export function completeAnswers(given: Partial<Answers> = {}): Answers {
  const error = given.error ?? ((_status: number, message: string) => ({ message }));
  const plain = (status: number, message: string) => () => ({ status, body: error(status, message) });
  const unauthorized = given.unauthorized ?? plain(401, 'The credentials are missing or not valid.');
  return {
    error,
    unauthorized,
    expiredToken: given.expiredToken ?? unauthorized,
    throttled: given.throttled ?? plain(429, 'Too many requests.'),
    serverError: given.serverError ?? plain(500, 'An unexpected error occurred.'),
  };
}
