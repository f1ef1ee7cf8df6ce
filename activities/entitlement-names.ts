import { Unobservable, VendorRejected } from '../connectors/errors';
import { names, type DesiredGrant } from '../domain/access';
import type { Entitlement } from '../domain/account';
import type { Parked } from '../domain/containment';
import { refusalOf } from './accounts';
import type { Caller, TargetDesk } from './target-run';

/** What the target makes of an entitlement as policy names it. */
export type Named =
  | { readonly wanted: DesiredGrant; readonly entitlement: Entitlement }
  /** Policy names what is not there, or not only once; or it cannot be looked up. */
  | { readonly wanted: DesiredGrant; readonly parked: Parked }
  /** Tenure cannot give this kind here: a person does. */
  | { readonly wanted: DesiredGrant; readonly handOver: string };

/** Finds each entitlement by id or by exact name, case aside. Asks for the list once, and only where something is looked for. */
export async function nameEntitlements(
  desk: TargetDesk,
  run: Caller,
  wanted: readonly DesiredGrant[],
): Promise<readonly Named[]> {
  const { namedOnly = [] } = desk.connector.abilities;
  const lookedUp = wanted.filter((one) => notGiven(desk, one) === undefined && !namedOnly.includes(one.kind));
  const listed = lookedUp.length === 0 ? [] : await entitlementsHere(desk, run);
  return wanted.map((one): Named => {
    const handOver = notGiven(desk, one);
    if (handOver !== undefined) return { wanted: one, handOver };
    if (namedOnly.includes(one.kind))
      return { wanted: one, entitlement: { kind: one.kind, id: one.name, name: one.name } };
    if ('reason' in listed) return { wanted: one, parked: listed };
    return chosen(desk, one, listed);
  });
}

export function wordsOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

/** Why this kind cannot be given here; undefined where it can. */
export function notGiven(desk: TargetDesk, { kind, name }: DesiredGrant): string | undefined {
  const { grants, unsupported, notGranted = {} } = desk.connector.abilities;
  const why = notGranted[kind];
  if (why !== undefined) return `${wordsOf({ kind, name })}: ${why}`;
  if (grants.includes(kind)) return undefined;
  const reason = unsupported[kind] ?? unsupported[`${kind}s`];
  return `${wordsOf({ kind, name })}: Tenure cannot give a ${kind} on ${desk.id}. ${reason ?? 'A person gives it there and notes it, or policy asks for something else.'}`;
}

async function entitlementsHere(desk: TargetDesk, run: Caller): Promise<readonly Entitlement[] | Parked> {
  const all: Entitlement[] = [];
  let after: string | undefined;
  try {
    do {
      const page = await desk.connector.listEntitlements(after, run.call);
      all.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return all;
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof Unobservable)) throw error;
    return refusalOf(error);
  }
}

/** An id names one thing; a name may be borne by several, and then nobody guesses. */
function chosen(desk: TargetDesk, wanted: DesiredGrant, listed: readonly Entitlement[]): Named {
  const matches = listed.filter((one) => names(wanted, one));
  const byId = matches.filter((one) => one.id.toLowerCase() === wanted.name.toLowerCase());
  const [entitlement, second] = byId.length > 0 ? byId : matches;
  if (entitlement !== undefined && second === undefined) return { wanted, entitlement };
  const what = wordsOf(wanted);
  if (entitlement === undefined)
    return {
      wanted,
      parked: {
        reason: 'rejected',
        detail: `${desk.id} has no ${what}`,
        advice: `Correct the name in the policy (${wanted.because.join(', ')}), or create the ${wanted.kind} on ${desk.id}; then resolve with retry, or skip it with a reason.`,
      },
    };
  return {
    wanted,
    parked: {
      reason: 'ambiguous',
      detail: `${desk.id} has several that are called ${what}: ${matches.map(({ id }) => id).join(', ')}`,
      advice: `Name the one that is meant by its id in the policy (${wanted.because.join(', ')}), then resolve with retry.`,
    },
  };
}
