import type { Call } from '../connector';
import { ConnectorError, VendorAnswerInvalid } from '../errors';
import { positionOf, type ListingPosition } from '../http';
import type { Problem } from '../http/contract';
import type { Client } from './client';
import type { Options } from './option';

/** A user that we hold by its number; the name, where it is known, makes it quick to look for. */
export interface Held {
  readonly id: string | number;
  readonly username?: string | null | undefined;
}

interface Proof {
  readonly targetId: string;
  readonly options: Pick<Options, 'goneCodes'>;
  readonly users: Client['users'];
}

interface NotFound {
  readonly problem: Problem;
  readonly who: Held;
  readonly operation: string;
}

/**
 * What makes a 404 a proof that the user is gone; throws `VendorAnswerInvalid` where it is none. A proxy, a wrong baseUrl
 * or a missing right can answer 404 too, and a leaver must not be closed on that. The vault's own code is enough
 * (`ITATS003E`, vendor-apis 4.2). Other versions may send another one or none (seed 002 prints no error at all): then the
 * list of users is asked at the same address, and one that answers and does not hold the number is the proof.
 */
export async function proveGone(proof: Proof, { problem: { code }, who, operation }: NotFound, call: Call) {
  const { targetId, options, users } = proof;
  if (options.goneCodes.length === 0 || (code !== undefined && options.goneCodes.includes(code))) return;
  const noProof = (why: string) =>
    new VendorAnswerInvalid(
      `the 404 for user ${String(who.id)} carries ${code ?? 'no code'} instead of ${options.goneCodes.join(' or ')}, and ${why}, ` +
        'so it does not prove that the user is gone; check baseUrl, or name the code in options.goneCodes',
      { target: targetId, operation, status: 404, ...(code !== undefined && { code }) },
    );
  try {
    if (!(await isListed(users, who, call))) return;
  } catch (error) {
    if (error instanceof ConnectorError && error.context.status === 404)
      throw noProof('the list of users is a 404 too');
    throw error;
  }
  throw noProof('the list of users still holds it');
}

async function isListed(users: Client['users'], { id, username }: Held, call: Call): Promise<boolean> {
  const ask = { operation: 'look whether the user is gone', ...(username != null && { term: username }) };
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const { items, nextPosition }: Awaited<ReturnType<Client['users']>> = await users({ ...ask, position }, call);
    if (items.some((row) => String(row.id) === String(id))) return true;
    position = nextPosition;
  }
  return false;
}
