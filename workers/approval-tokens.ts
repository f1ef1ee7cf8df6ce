import { createHash } from 'node:crypto';
import { createSigner, createVerifier } from 'fast-jwt';
import type { ApprovalTokens, TokenClaims, TokenToIssue } from '../activities';
import type { Secret } from '../domain/secret';

/** Shorter keys can be guessed from one token (RFC 7518, 3.2: as long as the hash). */
const shortestKey = 32;
const required = ['sub', 'aud', 'exp', 'jti', 'runId', 'planHash'];

export interface TokenKeys {
  /** The first signs; all verify, which is how a key is rotated. */
  readonly keys: readonly Secret[];
  /** Verify tokens that something else issues. */
  readonly foreign: readonly Secret[];
}

/**
 * Personal approval tokens: JWTs (HS256) with `sub` (who), `aud` (the workflow), `runId`, `planHash`, `exp` (the plan's
 * deadline) and `jti`. A token is good for one person, one plan, one run, one message. Keys are read at each use.
 */
export function approvalTokens({ keys, foreign }: TokenKeys): ApprovalTokens | undefined {
  const live = [...keys, ...foreign];
  if (live.length === 0) return undefined;
  const [signing] = keys;
  return {
    verify: (token) => verify(token, live),
    ...(signing === undefined ? {} : { issue: (claims: TokenToIssue) => issue(claims, signing) }),
  };
}

/** The same token for the same plan and person, however often it is sent: a repeat gives nobody a second voice. */
function issue({ subject, workflowId, runId, planHash, issuedAt, expiresAt }: TokenToIssue, key: Secret) {
  const id = createHash('sha256')
    .update(JSON.stringify([workflowId, runId, planHash, subject.toLowerCase()]))
    .digest('hex')
    .slice(0, 32);
  const sign = createSigner({ key: keyOf(key), algorithm: 'HS256' });
  const times = { iat: Math.floor(Date.parse(issuedAt) / 1000), exp: Math.ceil(Date.parse(expiresAt) / 1000) };
  return { id, token: sign({ sub: subject, aud: workflowId, runId, planHash, jti: id, ...times }) };
}

function verify(token: string, live: readonly Secret[]): TokenClaims {
  const unreadable: string[] = [];
  for (const secret of live) {
    let key: string;
    try {
      key = keyOf(secret);
    } catch (error) {
      unreadable.push(error instanceof Error ? error.message : 'unreadable');
      continue;
    }
    const claims = read(token, key);
    if (claims !== undefined) return claims;
  }
  // It may have been signed with the very key that cannot be read.
  if (unreadable.length > 0) throw new Error(unreadable.join('; '));
  throw new Error('its signature fits no live key: it was not issued here, was altered, or its key has been retired');
}

/** Undefined: another key signed it. */
function read(token: string, key: string): TokenClaims | undefined {
  try {
    const found = createVerifier({ key, algorithms: ['HS256'], requiredClaims: required })(token) as Record<
      string,
      unknown
    >;
    const claim = (name: string): string => {
      const value = found[name];
      if (typeof value !== 'string' || value === '') throw new Error(`its ${name} is not a text`);
      return value;
    };
    return {
      ...{ subject: claim('sub'), id: claim('jti') },
      ...{ workflowId: claim('aud'), runId: claim('runId'), planHash: claim('planHash') },
    };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'FAST_JWT_INVALID_SIGNATURE') return undefined;
    throw typeof code === 'string' ? new Error(words[code] ?? 'it cannot be used as an approval token') : error;
  }
}

/** The library's own words may quote the token. */
const words: Readonly<Record<string, string>> = {
  FAST_JWT_EXPIRED: 'it has expired: the deadline of its plan has passed',
  FAST_JWT_MALFORMED: 'it is no token: copy it whole',
  FAST_JWT_INVALID_TYPE: 'it is no token: copy it whole',
  FAST_JWT_MISSING_SIGNATURE: 'it is not signed',
  FAST_JWT_INVALID_ALGORITHM: 'it is signed in another way than ours',
  FAST_JWT_MISSING_REQUIRED_CLAIM: `it lacks a claim that is needed (${required.join(', ')})`,
};

function keyOf(secret: Secret): string {
  const key = secret.reveal().trim();
  if (key.length >= shortestKey) return key;
  throw new Error(`the token key ${secret.reference} is shorter than ${shortestKey} characters`);
}
