import type { Verified, WebhookRequest } from '../sources/webhook';
import type { ParsedEvents } from './problem';

export type { Verified, WebhookRequest as HrRequest } from '../sources/webhook';

/**
 * One HR system's way of telling us something. `verify` proves who sent it, `toEvents` puts it into our own events.
 * A source never trusts what it has not verified, and accepts a request whole or not at all.
 */
export interface HrSource {
  /** Kebab-case; part of the address, `/hr/sources/<name>`, and of logs and metrics. */
  readonly name: string;
  /** Media types of the bodies, without parameters. */
  readonly mediaTypes: readonly string[];
  verify(request: WebhookRequest): Verified;
  /** May ask the HR system for what its message only points to. */
  toEvents(rawBody: Uint8Array): ParsedEvents | Promise<ParsedEvents>;
}
