/** What a vendor was sent and should have kept to itself. */
export interface Sent {
  /** Each on its own: the token, the password, the cookie. */
  readonly secrets: readonly string[];
  /** As the header or the body had it. */
  readonly context: string;
}

/** How a careless vendor writes down what it was sent. */
export const quotations = {
  plain: ({ secrets }: Sent) => secrets.join(' '),
  'url-encoded': ({ secrets }: Sent) => secrets.map(encodeURIComponent).join('&'),
  'form-encoded': ({ secrets }: Sent) => secrets.map((one) => new URLSearchParams({ s: one }).toString()).join(' '),
  'for HTML': ({ secrets }: Sent) =>
    secrets.join(' ').replace(/[&"+/<>]/g, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`),
  base64: ({ secrets }: Sent) => secrets.map((one) => Buffer.from(one).toString('base64')).join(' '),
  'base64 of more': ({ secrets }: Sent) => secrets.map((one) => base64(`u:${one}`)).join(' '),
  base64url: ({ secrets }: Sent) => secrets.map((one) => Buffer.from(`${one}?>`).toString('base64url')).join(' '),
  hex: ({ secrets }: Sent) => secrets.map((one) => Buffer.from(one).toString('hex')).join(' '),
  'in its context': ({ context }: Sent) => context,
  'in JSON in its text': ({ secrets }: Sent) => JSON.stringify({ received: secrets }),
} as const satisfies Record<string, (sent: Sent) => string>;
export type Quotation = keyof typeof quotations;

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export interface Spoken {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = { 'content-type': 'application/json' };
const page = (text: string) =>
  `<!DOCTYPE html><html><head><title>${text}</title></head><body><h1>Error</h1><pre>${text}</pre></body></html>`;
const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = json): Spoken => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** Where it says so. Whatever the step does next, none of it may be kept. */
export const carriers = {
  'a server error': (said: string) => answer(500, { message: `could not serve ${said}` }),
  'plain text': (said: string) => answer(503, `upstream refused ${said}`, { 'content-type': 'text/plain' }),
  'a throttled answer': (said: string) =>
    answer(429, { error: 'slow_down', error_description: said }, { ...json, 'retry-after': '0' }),
  'a title': (said: string) => answer(502, page(said), { 'content-type': 'text/html' }),
  'a request id': (said: string) => answer(500, { message: 'failed' }, { ...json, 'x-request-id': inHeader(said) }),
  'an error code': (said: string) => answer(403, { ErrorCode: said, ErrorMessage: said }),
  'a SCIM error': (said: string) => answer(400, { schemas: [], status: '400', scimType: said, detail: said }),
  'names of fields': (said: string) => answer(422, { message: 'invalid', errors: { [said]: [said] } }),
  'a login page': (said: string) => answer(200, page(said), { 'content-type': 'text/html' }),
  'a redirect': (said: string) =>
    answer(302, '', { location: `https://login.acme.test/?token=${encodeURIComponent(said)}` }),
} as const satisfies Record<string, (said: string) => Spoken>;
export type Carrier = keyof typeof carriers;

function inHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, ' ');
}
