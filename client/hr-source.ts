import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedEvents } from './problem';

export interface HrRequest {
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

/**
 * One HR system's way of telling us something. `verify` proves who sent it, `toEvents` puts it into our own events.
 * A source never trusts what it has not verified, and accepts a request whole or not at all.
 */
export interface HrSource {
  /** Kebab-case; part of the address, `/hr/sources/<name>`, and of logs and metrics. */
  readonly name: string;
  /** Media types of the bodies, without parameters. */
  readonly mediaTypes: readonly string[];
  verify(request: HrRequest): Verified;
  /** May ask the HR system for what its message only points to. */
  toEvents(rawBody: Uint8Array): ParsedEvents | Promise<ParsedEvents>;
}
