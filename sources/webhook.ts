import type { IncomingHttpHeaders } from 'node:http';
import type { PingHint } from '../domain/hr-record';

export interface WebhookRequest {
  readonly headers: IncomingHttpHeaders;
  /** The body byte for byte as it came: signatures cover bytes, not what they mean. */
  readonly rawBody: Uint8Array;
  readonly now: Date;
}

export type Verified =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** For our log only: the sender learns no more than that it was refused. */
      readonly reason: string;
      /** The fault is ours, such as a secret that cannot be read: the sender shall come again. */
      readonly ours?: boolean;
    };

/** One record that an HR system points to. What else it says of it is not believed: the record is read again. */
export interface Ping {
  readonly recordId: string;
  readonly hint: PingHint;
}

export interface BodyProblem {
  readonly path: string;
  readonly message: string;
}

export type Pings =
  { readonly pings: readonly Ping[] } | { readonly problems: readonly [BodyProblem, ...BodyProblem[]] };

/** What a system sends once to see whether anybody listens. It is not signed, so that it may cause next to nothing. */
export type Handshake =
  | { readonly kind: 'hello' }
  /** A token that makes the subscription live, and that later requests are signed with. */
  | { readonly kind: 'token'; readonly subscription: string; readonly token: string };

/** One HR system's webhook: proves who sent a request and tells which records it points to. */
export interface Webhook {
  /** Media types of the bodies, without parameters. */
  readonly mediaTypes: readonly string[];
  verify(request: WebhookRequest): Verified;
  /** Every problem of the body, or its records; kinds of message that say nothing about people point to none. */
  read(rawBody: Uint8Array, contentType: string): Pings;
  /** Recognizes the system's handshake in a request that `verify` has not seen. */
  handshake?(request: WebhookRequest): Handshake | undefined;
}
