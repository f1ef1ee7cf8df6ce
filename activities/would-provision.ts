import { VendorRejected } from '../connectors/errors';
import type { ProvisionInput } from '../domain/provisioning';
import { changesFor, type ToldFields } from './person-fields';
import type { Pair, Serving } from './serving';
import type { Caller, TargetDesk } from './target-run';

/** What a step would do, a line for each change, and what is to be said besides. */
export interface Foreseen {
  readonly would: readonly string[];
  readonly remarks: readonly string[];
}

interface Foreseeing {
  readonly desk: TargetDesk;
  readonly run: Caller;
  readonly input: ProvisionInput;
  readonly serving: Serving;
  readonly told: ToldFields;
}

/** What `provisionAccounts` would do, from live reads. */
export async function wouldProvision(work: Foreseeing): Promise<Foreseen> {
  const would: string[] = [];
  const remarks: string[] = work.told.notKept.map((one) => `not set: ${one}`);
  for (const pair of work.serving.pairs) {
    const { desired, account, isUntouchable } = pair;
    if (isUntouchable) remarks.push(`${account?.username ?? desired.username} is left alone`);
    else if (account === undefined)
      would.push(
        `create ${desired.username}${work.input.staysDisabled === true ? ', disabled until the first day' : ''}`,
      );
    else await foreseeOne(work, { ...pair, account }, { would, remarks });
  }
  return { would, remarks };
}

async function foreseeOne(
  { desk, run, input, told }: Foreseeing,
  { desired, account }: Pair & { readonly account: NonNullable<Pair['account']> },
  { would, remarks }: { readonly would: string[]; readonly remarks: string[] },
): Promise<void> {
  const isLinked = input.links.some((link) => link.id === account.id);
  if (!isLinked) would.push(`adopt ${account.username} as ${desired.username}`);
  const changes = changesFor({ desk, input, desired, account, fields: told.fields });
  try {
    for (const { name, from, to } of await desk.connector.compareAccount(account, changes, run.call))
      would.push(
        `set ${name} of ${account.username}${from === undefined ? '' : ` from ${shown(from)}`} to ${shown(to)}`,
      );
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    remarks.push(error.message);
  }
  if (account.enabled !== true)
    would.push(`enable ${account.username}${input.staysDisabled === true ? ' on the first day' : ''}`);
}

/** A value for people. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
