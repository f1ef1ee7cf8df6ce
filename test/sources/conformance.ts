import type { HrMessage, HrStandIn } from '../../sandbox/hr/contract';
import { apiPromises } from './conformance-api';
import { webhookPromises } from './conformance-webhook';

export interface Conformance {
  readonly type: string;
  start(): Promise<HrStandIn>;
  /** Another key that this system could sign with. */
  readonly nextSecret: string;
  /** Fields of `sources:` beyond what every stand-in says. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The header that holds the signature, as the system writes it. */
  readonly signatureHeader: string;
  /** Seconds after which a request is too old; absent: the scheme has no time. */
  readonly windowSeconds?: number;
  /** Bodies that are wrong, with the paths of all their problems. */
  readonly malformed: readonly { readonly body: unknown; readonly paths: readonly string[] }[];
  /** Well-formed messages that say nothing about people. */
  readonly otherMessages: readonly unknown[];
  /** Signs a body of the test's own. */
  sign(body: string, secret: string): HrMessage;
  /** Fields without which nobody can tell whether somebody leaves. */
  readonly vitalFields: readonly string[];
  /** A work location that the system itself knows the zone of, if it does. */
  readonly knowsZones: boolean;
}

/** What every HR system must keep, whatever its own ways are. */
export function testSource(system: Conformance): void {
  describe(`${system.type}: webhook`, () => webhookPromises(system));
  describe(`${system.type}: records`, () => apiPromises(system));
}
