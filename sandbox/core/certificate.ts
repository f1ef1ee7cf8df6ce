import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bits, integer, octets, oid, sequence, set, tagged, text, time, yes } from './der';

/** A play authority's certificate and the one that it signed for this machine. Never trusted by anybody else. */
export interface Certificate {
  /** PEM of the authority: what a target's `tls.caFile` holds. */
  readonly ca: string;
  /** PEM of the server's certificate, then the authority's. */
  readonly chain: string;
  readonly key: string;
  /** SHA-256 of the server's certificate, in hex: what a target's `tls.pinSha256` holds. */
  readonly pinSha256: string;
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;

/** Makes both anew; node has no builder for certificates, so they are written byte by byte. */
export function makeCertificate({ days = 365 }: { days?: number } = {}): Certificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ca = certify({
    subject: 'Sandbox play authority',
    issuer: 'Sandbox play authority',
    days,
    of: authority.publicKey,
    by: authority,
    extensions: [
      extension('2.5.29.19', sequence(yes()), true),
      extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
      extension('2.5.29.14', octets(keyId(authority.publicKey)), false),
    ],
  });
  const leaf = certify({
    subject: 'localhost',
    issuer: 'Sandbox play authority',
    days,
    of: server.publicKey,
    by: authority,
    extensions: [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')), false),
      extension('2.5.29.35', sequence(tagged(0x80, keyId(authority.publicKey))), false),
      extension(
        '2.5.29.17',
        sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1]))),
      ),
    ],
  });
  return {
    ca: pem(ca),
    chain: pem(leaf) + pem(ca),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pinSha256: createHash('sha256').update(leaf).digest('hex'),
  };
}

/** The one of last time, so that a restart needs no new trust; a new one when there is none or it has run out. */
export function keptCertificate(directory: string): Certificate {
  const file = join(directory, 'play-certificate.json');
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Certificate;
    if (Date.parse(new X509Certificate(kept.ca).validTo) > Date.now() + DAY_MS) return kept;
  }
  const made = makeCertificate();
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  writeFileSync(join(directory, 'play-ca.pem'), made.ca);
  return made;
}

interface Wish {
  readonly subject: string;
  readonly issuer: string;
  readonly days: number;
  readonly of: KeyObject;
  readonly by: { readonly privateKey: KeyObject };
  readonly extensions: readonly Buffer[];
}

function certify({ subject, issuer, days, of, by, extensions }: Wish): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const signed = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    name(issuer),
    // From yesterday on: clocks of two machines differ.
    sequence(time(new Date(Date.now() - DAY_MS)), time(new Date(Date.now() + days * DAY_MS))),
    name(subject),
    spki(of),
    tagged(0xa3, sequence(...extensions)),
  );
  return sequence(signed, ECDSA_SHA256, bits(sign('sha256', signed, by.privateKey)));
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(oid('2.5.4.3'), text(commonName))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [yes()] : []), octets(value));
}

function spki(key: KeyObject): Buffer {
  return createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' });
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(spki(key)).digest();
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
