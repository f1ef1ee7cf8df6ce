import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Call } from '../connector';
import { TargetMisconfigured, VendorUnauthorized } from '../errors';
import type { Auth } from '../target';
import type { Secret } from '../../domain/secret';
import { bodyOf } from './answer';
import { refusalOf, textOf } from './classify';
import type { Problem } from './contract';
import { logonToken } from './logon';
import { problemOf } from './problem';
import type { Token, TokenSource } from './token';
import type { RawAnswer, RawRequest, Transport } from './transport';

const operation = 'token';
/** OAuth error codes (RFC 6749 5.2 and vendors' own) that speak about the credential, not about the request. */
const refusedCodes = ['invalid_client', 'unauthorized_client', 'invalid_grant', 'access_denied', 'invalid_credentials'];

const issuedSchema = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().nullish().catch(undefined),
  /** Of grants that hand out a new one with every use. */
  refresh_token: z.string().min(1).nullish().catch(undefined),
});

export interface Source {
  readonly target: string;
  readonly transport: Transport;
}

/** How `auth` becomes tokens; a static token needs no request and has no source. */
export function tokenSourceOf(auth: Exclude<Auth, { token: Secret }>, baseUrl: string, source: Source): TokenSource {
  return 'tokenUrl' in auth ? clientCredentials(auth, source) : logon(auth, baseUrl, source);
}

function clientCredentials(auth: Extract<Auth, { tokenUrl: string }>, { target, transport }: Source): TokenSource {
  return {
    fingerprint: () => fingerprintOf(auth.clientSecret),
    async request(call) {
      const secret = revealed(auth.clientSecret, target);
      const form = new URLSearchParams({ grant_type: 'client_credentials' });
      if (auth.scope !== undefined) form.set('scope', auth.scope);
      if (auth.clientAuth === 'body') {
        form.set('client_id', auth.clientId);
        form.set('client_secret', secret);
      }
      // RFC 6749 2.3.1: both halves are form-encoded before they are joined.
      const basic = Buffer.from(`${encodeURIComponent(auth.clientId)}:${encodeURIComponent(secret)}`).toString(
        'base64',
      );
      const { access_token, expires_in } = await requestToken(
        {
          url: new URL(auth.tokenUrl),
          headers: {
            'Content-Type': 'application/x-www-form-urlencoded',
            ...(auth.clientAuth === 'basic' && { Authorization: `Basic ${basic}` }),
          },
          body: form.toString(),
          secrets: [secret, basic],
        },
        { target, transport },
        call,
      );
      return { value: access_token, ...(typeof expires_in === 'number' && { lifetimeSeconds: expires_in }) };
    },
  };
}

export interface TokenRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secrets: readonly string[];
}

/** What an OAuth token endpoint issues, whatever the grant; throws `VendorUnauthorized` when it refuses the credential. */
export async function requestToken(
  { url, headers, body, secrets }: TokenRequest,
  { target, transport }: Source,
  call: Call,
): Promise<z.output<typeof issuedSchema>> {
  const request = { operation, method: 'POST', url, body, secrets };
  const answer = await transport.exchange({ ...request, headers: { Accept: 'application/json', ...headers } }, call);
  throwUnlessIssued(answer, { target, refused: isRefusedByOauth, address: 'auth.tokenUrl' });
  return bodyOf(answer, { target, operation, answer: issuedSchema });
}

/**
 * CyberArk's logon (vendor-apis 4.1): the answer is a bare JSON string, where something stands in front perhaps without
 * its quotes. `concurrentSession` keeps a second worker's logon from ending this one's session. A refused logon is never
 * repeated: a few of them suspend the service user.
 */
function logon(auth: Extract<Auth, { username: string }>, baseUrl: string, { target, transport }: Source): TokenSource {
  const url = new URL(`${baseUrl}/auth/${encodeURIComponent(auth.method)}/Logon`);
  return {
    fingerprint: () => fingerprintOf(auth.password),
    async request(call: Call): Promise<Token> {
      const password = revealed(auth.password, target);
      const request: RawRequest = {
        ...{ operation, method: 'POST', url },
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ username: auth.username, password, concurrentSession: true }),
        secrets: [password],
      };
      const answer = await transport.exchange(request, call);
      throwUnlessIssued(answer, { target, refused: isRefusedLogon, address: 'baseUrl and auth.method' });
      return { value: bodyOf(answer, { target, operation, answer: logonToken, bareWord: true }) };
    },
  };
}

interface Reading {
  readonly target: string;
  readonly refused: (status: number, problem: Problem) => boolean;
  /** What to check when nothing answers there. */
  readonly address: string;
}

function throwUnlessIssued(answer: RawAnswer, { target, refused, address }: Reading): void {
  const { status, headers, requestId, text, secrets } = answer;
  if (status >= 200 && status < 300) return;
  const problem = problemOf(text, secrets);
  const context = {
    ...{ target, operation, status },
    ...(problem.code !== undefined && { code: problem.code }),
    ...(requestId !== undefined && { requestId }),
  };
  if (refused(status, problem)) {
    throw new VendorUnauthorized(`the credential was refused: ${textOf(status, problem)}`, context);
  }
  if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) {
    throw new TargetMisconfigured(
      `no token: ${textOf(status, problem)}; check ${address}, scope and clientAuth`,
      context,
    );
  }
  throw refusalOf({ target, operation, status, headers, problem, ...(requestId !== undefined && { requestId }) });
}

function isRefusedByOauth(status: number, { code }: Problem): boolean {
  return status === 401 || status === 403 || (status === 400 && code !== undefined && refusedCodes.includes(code));
}

/** 403 ITATS004E (wrong password) and ITATS002E (suspended), 409 password expired, 500 ITATS542I (RADIUS challenge). */
function isRefusedLogon(status: number, { code = '' }: Problem): boolean {
  return [400, 401, 403, 409].includes(status) || (status === 500 && code.startsWith('ITATS'));
}

export function revealed(secret: Secret, target: string): string {
  try {
    const value = secret.reveal();
    if (value !== '') return value;
  } catch {
    // The reason may quote what was read; the reference says enough.
  }
  throw new TargetMisconfigured(`the secret ${secret.reference} is missing or empty: set it where the worker runs`, {
    ...{ target, operation },
  });
}

/** Tells one value of a secret from another without showing it. */
export function fingerprintOf(secret: Secret): string {
  try {
    return createHash('sha256').update(secret.reveal()).digest('hex');
  } catch {
    return 'unreadable';
  }
}
