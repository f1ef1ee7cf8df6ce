import type { Account } from '../../domain/account';
import type { Call, Drain, Ended, Live } from '../connector';
import { VendorRejected } from '../errors';
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

async function listSessions(context: Context, account: Account, call: Call): Promise<readonly Live[]> {
  const sessions = await listWhole(
    async ({ offset: skip }) => {
      const page = await context.client.listSessions({ userId: account.id, skip }, call);
      if (page === 'absent') throw noSuchPath(context);
      return page;
    },
    listing<Session>(context, 'list sessions'),
  );
  return sessions.filter((one) => one.userId === account.id && isLive(one, context.options)).map(toLive);
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
