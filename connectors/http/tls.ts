import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { checkServerIdentity, rootCertificates, type PeerCertificate } from 'node:tls';
import { TargetMisconfigured } from '../errors';
import type { Tls } from '../target';

export interface Agents {
  readonly http: HttpAgent;
  /** For the target's own host: private CA, pin and server name. */
  readonly https: HttpsAgent;
  /** For other hosts of the vendor, such as the one that issues tokens: private CA only. */
  readonly elsewhere: HttpsAgent;
}

/** An idle connection is given up well before common load balancers do so, to not write into a closing one. */
const idleMs = 15_000;
export const pinMismatch = 'TENURE_PIN_MISMATCH';

/** Throws `TargetMisconfigured` when the CA file or the pin cannot be used. */
export function openAgents({
  target,
  tls,
  keepAlive,
  connections,
}: {
  readonly target: string;
  readonly tls: Tls;
  readonly keepAlive: boolean;
  readonly connections: number;
}): Agents {
  const ca = tls.caFile === undefined ? undefined : [...systemRoots(), readCa(target, tls.caFile)];
  const pin = tls.pinSha256 === undefined ? undefined : pinOf(target, tls.pinSha256);
  const pool = { keepAlive, maxFreeSockets: connections, ...(keepAlive && { timeout: idleMs }) };
  const trust = { ...pool, ...(ca !== undefined && { ca }) };
  return {
    http: new HttpAgent(pool),
    elsewhere: new HttpsAgent(trust),
    https: new HttpsAgent({
      ...trust,
      ...(tls.serverName !== undefined && { servername: tls.serverName }),
      ...(pin !== undefined && { checkServerIdentity: identityWithPin(pin) }),
    }),
  };
}

/** Passing `ca` to Node replaces its defaults, NODE_EXTRA_CA_CERTS included, so both are put back. */
function systemRoots(): readonly string[] {
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  if (extra === undefined || extra === '') return rootCertificates;
  try {
    return [...rootCertificates, readFileSync(extra, 'utf8')];
  } catch {
    return rootCertificates;
  }
}

function readCa(target: string, file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw misconfigured(target, `tls.caFile ${file} cannot be read (${why}): give the path of a PEM file`);
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw misconfigured(target, `tls.caFile ${file} holds no PEM certificate: export the CA in PEM (Base-64) form`);
}

/** Hex with or without colons, or base64, of 32 bytes. */
function pinOf(target: string, pin: string): string {
  const hex = pin.replaceAll(':', '').trim();
  if (/^[0-9a-f]{64}$/i.test(hex)) return hex.toLowerCase();
  const bytes = Buffer.from(pin.trim(), 'base64');
  if (bytes.length === 32 && /^[\w+/-]+=*$/.test(pin.trim())) return bytes.toString('hex');
  throw misconfigured(target, 'tls.pinSha256 is not a SHA-256 fingerprint: write 64 hex digits or its base64');
}

function identityWithPin(pin: string) {
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    const mismatch = checkServerIdentity(host, certificate);
    if (mismatch !== undefined) return mismatch;
    const seen = createHash('sha256').update(certificate.raw).digest('hex');
    return seen === pin ? undefined : Object.assign(new Error(`its SHA-256 is ${seen}`), { code: pinMismatch });
  };
}

function misconfigured(target: string, message: string): TargetMisconfigured {
  return new TargetMisconfigured(message, { target, operation: 'open target' });
}
