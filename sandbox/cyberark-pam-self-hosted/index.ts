import { startServer, type StandIn, type StandInOptions } from '../core';
import { apiRoot, makePvwa, type PvwaOptions, type Vault } from '../cyberark-pvwa';
import { LogonDesk, type LogonHabits } from './logon';

export interface CyberArkPamSelfHostedOptions extends StandInOptions, PvwaOptions, Partial<LogonHabits> {
  readonly username?: string;
  readonly password?: string;
}

/** Self-hosted PAM: the PVWA API behind its own log-on, with a private CA when `tls` says so. */
export async function startCyberArkPamSelfHosted(
  options: CyberArkPamSelfHostedOptions = {},
): Promise<StandIn & { readonly logons: LogonDesk; readonly vault: Vault }> {
  const { username = 'svc-tenure', password = 'play-pvwa-secret' } = options;
  const { vault, routes, answers } = makePvwa(options, username);
  const own = vault.byName(username);
  if (own !== undefined) vault.setPassword(own, password);
  const logons = new LogonDesk(vault, {
    idleSeconds: options.idleSeconds ?? 1200,
    sticky: options.sticky ?? true,
    badLogonsUntilSuspended: options.badLogonsUntilSuspended ?? 5,
    tokenAs: options.tokenAs ?? 'json',
  });
  const gone = { ErrorCode: 'PASWS006E', ErrorMessage: 'The session has ended or never was.', Details: null };
  const server = await startServer({
    ...options,
    type: 'cyberark-pam-self-hosted',
    apiRoot,
    state: vault,
    admits: (request) => logons.admits(request),
    auth: () => ({ username, password, method: 'CyberArk' }),
    routes: (app) => {
      logons.serve(app);
      routes(app);
    },
    answers: { ...answers, unauthorized: () => ({ status: 401, body: gone }) },
  });
  return Object.assign(server, { logons, vault });
}
