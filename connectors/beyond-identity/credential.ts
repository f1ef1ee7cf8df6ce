import type { Account } from '../../domain/account';
import type { Call, Drain, Ended, Live } from '../connector';
import { Unobservable, VendorRejected } from '../errors';
import { pathOf } from '../http';
import { pathOfIdentity } from './client';
import { where, type Context } from './context';
import { notOffered } from './offer';
import {
  isLivePasskey,
  isOpenJob,
  liveKinds,
  liveToken,
  partsOfPair,
  toLive,
  type Credential,
  type Token,
} from './mapping';

/**
 * What outlives a disable at an identity provider: passkeys, enrolment links that can still bind a new one, and the
 * tokens of the applications that the target names (vendor-apis 3.1).
 */
export function credentialDrain(context: Context): Drain {
  return {
    list: (account, call) => listLive(context, account, call),
    end: (live, account, call) => endLive(context, live, account, call),
  };
}

async function listLive(context: Context, account: Account, call: Call): Promise<readonly Live[]> {
  const { client } = context;
  const identity = pathOfIdentity(account.id);
  const isTheirs = ({ identity_id: owner }: Credential): boolean => owner == null || owner === account.id;
  // Links first: one that is used between the two requests shows up as a passkey instead of in neither list.
  const jobs = await jobsOf(context, account, call);
  const ofIdentity = account.id;
  const passkeys = await client.all(
    { rows: 'credentials', path: `${identity}/credentials`, operation: 'list passkeys', ofIdentity },
    call,
  );
  const tokens: Live[] = [];
  for (const application of context.options.applications)
    for (const token of await tokensOf(context, { account, application }, call))
      tokens.push(liveToken(application, token));
  return [
    ...jobs.filter((job) => isTheirs(job) && isOpenJob(job)).map((job) => toLive(liveKinds.enrolment, job)),
    ...passkeys.filter((key) => isTheirs(key) && isLivePasskey(key)).map((key) => toLive(liveKinds.passkey, key)),
    ...tokens,
  ];
}

/** Enrolment links. A realm that has no such list is not held up by it: that is handed over, never taken for none. */
async function jobsOf({ client, offer }: Context, account: Account, call: Call): Promise<readonly Credential[]> {
  const path = `${pathOfIdentity(account.id)}/credential-binding-jobs`;
  const listing = { rows: 'credential_binding_jobs', path, operation: 'list enrolment links' } as const;
  try {
    const jobs = await client.all({ ...listing, ofIdentity: account.id }, call);
    offer.note('enrolment links', true);
    return jobs;
  } catch (error) {
    const isMissing = error instanceof Unobservable || error instanceof VendorRejected;
    if (!isMissing || !notOffered.includes(error.context.status ?? 0)) throw error;
    offer.note('enrolment links', false);
    return [];
  }
}

interface TokenQuestion {
  readonly account: Account;
  readonly application: string;
}

/**
 * A token in the documented answer does not say whose it is (OpenAPI 1.7.0, `ListTokens`), so the vendor's filter cannot
 * be checked row by row. Before such a list is believed, a question about nobody must come back empty, and the list must
 * say the same once more: ending the tokens of a whole application by mistake would log out everybody, ourselves included.
 */
async function tokensOf(
  context: Context,
  { account, application }: TokenQuestion,
  call: Call,
): Promise<readonly Token[]> {
  const ask = (principal: string) => askForTokens(context, { application, principal }, call);
  const tokens = await ask(account.id);
  const isAttributed = tokens.every(({ principal_id: owner }) => owner != null);
  if (isAttributed) return tokens.filter(({ principal_id: owner }) => owner === account.id);
  const strangers = await ask(nobody);
  if (strangers.length > 0)
    throw new Unobservable(
      `the tokens of application ${application} cannot be told apart by owner: the vendor ignores the filter; ` +
        'take the application out of options.applications and end the tokens by hand',
      where(context, 'list tokens'),
    );
  const again = new Set((await ask(account.id)).map(({ id }) => id));
  return tokens.filter(({ id, principal_id: owner }) => again.has(id) && (owner ?? account.id) === account.id);
}

/** An identity id that the vendor never gives. */
const nobody = '0000000000000000';

function askForTokens(
  context: Context,
  { application, principal }: { readonly application: string; readonly principal: string },
  call: Call,
): Promise<readonly Token[]> {
  const path = pathOf`/applications/${application}/tokens`;
  const query = { principal_type: 'identity', principal_id: principal };
  return context.client.all({ rows: 'tokens', path, operation: 'list tokens', query }, call);
}

async function endLive(context: Context, live: Live, account: Account, call: Call): Promise<Ended> {
  try {
    if (live.kind === liveKinds.token) {
      const { owner, own } = partsOfPair(live.id);
      const path = pathOf`/applications/${owner}/tokens/${own}`;
      return { change: (await context.client.remove({ path, operation: 'end token' }, call)) ? 'done' : 'already' };
    }
    return await revokeOne(context, { live, account }, call);
  } catch (error) {
    if (error instanceof VendorRejected) return { change: 'refused', reason: error.message };
    throw error;
  }
}

/** An enrolment link that was used meanwhile refuses its revocation: it is closed, and its passkey is in the next list. */
async function revokeOne(
  context: Context,
  { live, account }: { readonly live: Live; readonly account: Account },
  call: Call,
): Promise<Ended> {
  const isPasskey = live.kind === liveKinds.passkey;
  const list = `${pathOfIdentity(account.id)}/${isPasskey ? 'credentials' : 'credential-binding-jobs'}`;
  const operation = isPasskey ? 'revoke passkey' : 'revoke enrolment link';
  const expected = [...context.options.alreadyCodes, 404];
  const path = `${list}${pathOf`/${live.id}`}:revoke`;
  const answer = await context.client.post({ path, operation, expected }, call);
  if ('body' in answer) return { change: 'done' };
  if (answer.status === 404) return { change: 'already' };
  const isLeft = (await listLive(context, account, call)).some(({ kind, id }) => kind === live.kind && id === live.id);
  if (!isLeft) return { change: 'already' };
  const { code = '', message = '' } = answer.problem;
  return { change: 'refused', reason: `${String(answer.status)} ${code} ${message}`.trim() };
}
