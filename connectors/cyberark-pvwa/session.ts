import type { Account } from '../../domain/account';
import type { Call, Drain, Ended, Live } from '../connector';
import { Unobservable } from '../errors';
import { where, type Context } from './context';
import { hasUnownedSession, liveSessionsOf } from './mapping';

/** Live PSM sessions: disabling a user does not end them (vendor-apis 4.4). */
export function sessionsOf(context: Context): Drain {
  return {
    list: (account, call) => list(context, account, call),
    end: (live, account, call) => end(context, live, account, call),
  };
}

async function list(context: Context, account: Account, call: Call): Promise<readonly Live[]> {
  const all = await context.client.sessions(call);
  if (hasUnownedSession(all))
    throw new Unobservable(
      `the vault shows live sessions without their user, so none can be ruled out for ${account.username}`,
      where(context, 'list sessions'),
    );
  return liveSessionsOf(all, account.username);
}

/** The vendor answers 200 and ends the session in its own time; 404 means that it has ended. */
async function end(context: Context, live: Live, account: Account, call: Call): Promise<Ended> {
  if (live.endable === false)
    return {
      change: 'refused',
      reason:
        `CanTerminate is false for session ${live.id} of ${account.username}: add the service account to ` +
        'PSMLiveSessionTerminators, or end the session on the PSM server',
    };
  const said = await context.client.terminate(live.id, call);
  if (said.ok) return { change: 'done' };
  if (said.status === 404) return { change: 'already' };
  return {
    change: 'refused',
    reason: `${String(said.status)} ${said.problem.code ?? ''} ${said.problem.message ?? ''}`.trim(),
  };
}
