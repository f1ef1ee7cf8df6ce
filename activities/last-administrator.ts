import type { Call } from '../connectors/connector';
import type { AccountId, Entitlement, Grant } from '../domain/account';
import type { AdminRule } from '../domain/administrator';
import type { KnownAccount, Parked } from '../domain/containment';
import { administratorsLeft, isRefusal, membersOf, nameOf, notTold, type AdminGrants } from './administrators';
import type { Caller, TargetDesk } from './target-run';

/** What must not be written now, because too few enabled administrators would be left. */
export interface Kept {
  /** By account: its administrator's grants that must stay. Whoever is in here must stay enabled too. */
  readonly grants: ReadonlyMap<AccountId, AdminGrants>;
  readonly parked?: Parked;
  /** What leaves too few and was released by two people, for the evidence. */
  readonly released: readonly string[];
  /** What this target cannot tell, and what a person has to do. */
  readonly handOver: readonly string[];
}

interface Question {
  readonly desk: TargetDesk;
  readonly run: Caller;
  /** All accounts of the leaving person here: they count as one. */
  readonly person: readonly KnownAccount[];
  /** What is about to be lost: of accounts that are enabled, by `administratorsAmong`. */
  readonly losing: ReadonlyMap<AccountId, AdminGrants>;
  /** Two people said that it may go all the same. */
  readonly released: boolean;
}

/**
 * Writes what takes administrators away, one step of this target (and of those that share its accounts) at a time:
 * two who leave together must not each take the other for the one who stays. `write` is told what it must leave alone.
 * Where nobody loses such a grant it is not held up, and nothing is asked of the vendor.
 */
export async function keepingAdministrators<T>(question: Question, write: (kept: Kept) => Promise<T>): Promise<T> {
  const { desk, run, losing } = question;
  const { administrators } = desk;
  if (administrators === undefined || losing.size === 0) return await write(await mustStay(question));
  return await administrators.turn.take(run.call.signal, async () => await write(await mustStay(question)));
}

/** The same question without a write after it, for a dry run. */
export async function mustStay({ desk, run, person, losing, released }: Question): Promise<Kept> {
  const call = freshCall(run.call);
  const short = new Map<string, string>();
  const handOver: string[] = [];
  for (const [key, entitlement] of distinct(losing)) {
    const why = await shortage({ desk, call, entitlement, person });
    if (why === 'not-told') handOver.push(notTold(desk, entitlement));
    else if (why !== undefined) short.set(key, why);
  }
  const grants = new Map<AccountId, AdminGrants>();
  for (const [id, held] of losing) {
    const staying = held === 'unknown' ? held : held.filter((one) => short.has(keyOf(one)));
    if (staying.length > 0) grants.set(id, staying);
  }
  const reasons = [...short.values(), ...unknownOf(person, losing)];
  if (reasons.length === 0) return { grants, released: [], handOver };
  if (released) return { grants: new Map(), released: reasons, handOver };
  return { grants, parked: parkedFor(desk, reasons), released: [], handOver };
}

/** Whether this grant of this account is one that must stay. */
export function isKept({ grants }: Kept, id: AccountId, { entitlement }: Grant): boolean {
  const held = grants.get(id);
  return held === 'unknown' || held?.some((one) => keyOf(one) === keyOf(entitlement)) === true;
}

/** Undefined: enough are left. Else in words who is, or that it cannot be told. */
async function shortage({
  desk,
  call,
  entitlement,
  person,
}: {
  readonly desk: TargetDesk;
  readonly call: Call;
  readonly entitlement: Entitlement;
  readonly person: readonly KnownAccount[];
}): Promise<string | undefined> {
  const { min: enough }: AdminRule = desk.administrators?.rule ?? { groups: [], min: 0 };
  const members = membersOf(desk, entitlement);
  if (members === undefined) return 'not-told';
  const what = nameOf(entitlement);
  try {
    const left = await administratorsLeft(desk, { call, members, entitlement, leaving: person, enough });
    if (left.length >= enough) return undefined;
    const who = left.length === 0 ? 'nobody enabled is' : `only ${left.map(({ username }) => username).join(', ')} is`;
    return `${who} left in ${what}, which must keep ${enough}`;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return `who would be left in ${what} cannot be told: ${error.message.slice(0, 300)}`;
  }
}

function unknownOf(person: readonly KnownAccount[], losing: Question['losing']): readonly string[] {
  return person
    .filter(({ id }) => losing.get(id) === 'unknown')
    .map(({ username }) => `which groups of administrators ${username} is in cannot be told`);
}

function parkedFor({ id }: TargetDesk, reasons: readonly string[]): Parked {
  return {
    reason: 'last-administrator',
    detail: reasons.join('; '),
    advice:
      `Make somebody else an administrator on ${id}, then resolve with retry: it is looked at again. ` +
      'Two people, each once with retry, let the account go all the same; skip leaves it as it is.',
  };
}

/** Sees what others have written since this step began: nothing that it has read before stands in for an answer. */
function freshCall({ reads: _older, ...call }: Call): Call {
  return { ...call, reads: new Map() };
}

function distinct(losing: Question['losing']): ReadonlyMap<string, Entitlement> {
  const all = [...losing.values()].flatMap((held) => (held === 'unknown' ? [] : held));
  return new Map(all.map((one) => [keyOf(one), one]));
}

function keyOf({ kind, id }: Entitlement): string {
  return `${kind}/${id}`;
}
