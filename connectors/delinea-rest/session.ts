import type { Account } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { Call, Drain, Ended, Live } from '../connector';
import { Unobservable, VendorRejected } from '../errors';
import { listWhole } from '../http';
import { where, type Context } from './context';
import { listing } from './finding';
import { isLive, toLive, type Session } from './mapping';

/** Live vault sessions: ending one is asked for (202) and happens later, so only an empty list proves it (seed 003). */
export function sessionDrain(context: Context): Drain {
  return {
    list: (account, call) => listSessions(context, account, call),
    end: (live, account, call) => endSession(context, { live, account }, call),
  };
}

/** Nobody else's, whatever the filter did; and never "none" because the vault counts users in another way (vendor-apis 5.1). */
async function listSessions(context: Context, account: Account, call: Call): Promise<readonly Live[]> {
  const operation = 'list sessions';
  const sessions = await listWhole(
    async ({ offset: skip }) => {
      const page = await context.client.listSessions({ userId: account.id, skip }, call);
      if (page === 'absent') throw noSuchPath(context);
      return page;
    },
    listing<Session>(context, operation),
  );
  const other = sessions.find(({ userId }) => isUuid(userId) !== isUuid(account.id));
  if (other !== undefined)
    throw new Unobservable(
      `sessions name users by another kind of id (${other.userId}) than account ${account.id} (${account.username}): ` +
        'whose they are cannot be told; set options.sessionsPath to a list by platform user, or options.sessions to off',
      where(context, operation),
    );
  return sessions.filter((one) => sameText(one.userId, account.id) && isLive(one, context.options)).map(toLive);
}

async function endSession(
  context: Context,
  { live, account }: { readonly live: Live; readonly account: Account },
  call: Call,
): Promise<Ended> {
  try {
    const asked = await context.client.terminateSession({ id: live.id, userId: account.id }, call);
    return { change: asked ? 'done' : 'already' };
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    return { change: 'refused', reason: error.message };
  }
}

/** A missing path says nothing about sessions: it must never read as "none". */
export function noSuchPath(context: Context): VendorRejected {
  return new VendorRejected(
    `the tenant has no ${context.options.sessionsPath}: set options.sessionsPath to where it lists sessions, ` +
      'or options.sessions to off, which hands them over to a person',
    where(context, 'list sessions', 404),
  );
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
