import type { NewAccount, PersonFields } from '../connectors/connector';
import { VendorConflict } from '../connectors/errors';
import type { DesiredAccount } from '../domain/access';
import type { Account, AccountId, BeforeImage } from '../domain/account';
import type { Parked } from '../domain/containment';
import { sameText } from '../domain/correlation';
import type { ProvisionInput } from '../domain/provisioning';
import { notYet } from './failures';
import { findAccounts } from './finding';
import { externalIdFor } from './person-fields';
import type { TargetDesk, TargetRun } from './target-run';

/** What survives a lost attempt of `provisionAccounts`. */
export interface ProvisionProgress {
  /** User names that nobody had, and when their creation began: written down before the vendor is asked. */
  readonly creating: Readonly<Record<string, string>>;
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
}

/** That, and what this attempt has seen of accounts that it need not write to. */
export interface Progress extends ProvisionProgress {
  readonly creating: Record<string, string>;
  readonly before: Record<AccountId, BeforeImage>;
  readonly seen: Record<AccountId, BeforeImage>;
}

export interface Creation {
  readonly desk: TargetDesk;
  readonly run: TargetRun<ProvisionProgress>;
  readonly input: ProvisionInput;
  readonly progress: Progress;
  readonly desired: DesiredAccount;
  readonly fields: PersonFields;
}
export type Created =
  { readonly account: Account; readonly outcome: 'done' | 'done-on-retry' | 'found' } | { readonly refusal: Parked };

/** A user name that the vendor calls taken and does not show: it may still be spreading the news of our own creation. */
const spreadsWithinMs = 10 * 60_000;
const lookAgainInMs = 3_000;

/**
 * Creates one account. The intent is durable before the vendor hears of it, so that a later attempt knows that the
 * account it finds, or that the vendor calls taken, may be its own.
 */
export async function createOne(creation: Creation): Promise<Created> {
  const { desk, run, progress, desired } = creation;
  const { username } = desired;
  const mayBeOurs = progress.creating[username] !== undefined;
  progress.creating[username] ??= new Date().toISOString();
  await keep(creation);
  const wanted = newAccount(creation);
  const { password } = desk.connector.firstSignIn(wanted);
  try {
    // The password exists from here until the request has left, and nowhere else.
    const secret = password === undefined ? {} : { initialPassword: password() };
    const account = await desk.connector.createAccount({ ...wanted, ...secret }, run.call);
    return { account, outcome: 'done' };
  } catch (error) {
    if (!(error instanceof VendorConflict)) throw error;
    return await takenName(creation, { error, mayBeOurs });
  }
}

/** What has to outlast this attempt, without what it merely saw. */
export async function keep({ run, progress }: Pick<Creation, 'run' | 'progress'>): Promise<void> {
  await run.save({ creating: progress.creating, before: progress.before });
}

export function newAccount({ desk, input, desired, fields }: Omit<Creation, 'run' | 'progress'>): NewAccount {
  const externalId = externalIdFor(desk, input, desired);
  return {
    username: desired.username,
    ...fields,
    ...(externalId !== undefined && { externalId }),
    ...(Object.keys(desired.attributes).length > 0 && { attributes: desired.attributes }),
  };
}

/** Somebody has the name: an attempt of ours whose reply was lost, or somebody else. */
async function takenName(
  { desk, run, input, progress, desired }: Creation,
  { error, mayBeOurs }: { readonly error: VendorConflict; readonly mayBeOurs: boolean },
): Promise<Created> {
  const { username } = desired;
  if (!mayBeOurs) {
    // It was there before we asked after all: no later attempt, and no undo, may take it for ours.
    delete progress.creating[username];
    await keep({ run, progress });
  }
  const finding = await findAccounts(desk, input, run, [username]);
  const account = finding.accounts.find((one) => sameText(one.username, username));
  if (account !== undefined) return { account, outcome: mayBeOurs ? 'done-on-retry' : 'found' };
  if (finding.parked !== undefined) return { refusal: finding.parked };
  const began = Date.parse(progress.creating[username] ?? '');
  if (mayBeOurs && Date.now() - began < spreadsWithinMs)
    throw notYet({
      type: 'NotVisibleYet',
      message: `${desk.id}: ${username} was perhaps created by an attempt whose reply was lost: the vendor calls it taken and does not show it yet`,
      againInMs: lookAgainInMs,
    });
  return {
    refusal: {
      reason: 'ambiguous',
      detail: `${error.message}, and no account of that name that could be this person's is to be seen`,
      advice:
        `Look at ${desk.id} for who or what has the name ${username} (another person, a group, a deleted or hidden user). ` +
        'Theirs: make it visible to the service account. Not theirs: let policy give another user name. Then resolve with retry.',
    },
  };
}
