import { startServer, TokenDesk, type StandIn, type StandInOptions } from '../core';
import { apiRoot, makePvwa, type PvwaOptions, type Vault } from '../cyberark-pvwa';

export interface CyberArkPrivilegeCloudOptions extends StandInOptions, PvwaOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Seconds; default 1800, as seed 002 has it. */
  readonly tokenLifetimeSeconds?: number;
}

/** Privilege Cloud: the PVWA API behind bearer tokens of the identity tenant, which here lives on the same host. */
export async function startCyberArkPrivilegeCloud(
  options: CyberArkPrivilegeCloudOptions = {},
): Promise<StandIn & { readonly tokens: TokenDesk; readonly vault: Vault }> {
  const { clientId = 'svc-tenure@cyberark.cloud.4711', clientSecret = 'play-cyberark-secret' } = options;
  const tokens = new TokenDesk({ clientId, clientSecret, lifetimeSeconds: options.tokenLifetimeSeconds ?? 1800 });
  const { vault, routes, answers } = makePvwa(options, clientId);
  const tokenPath = '/oauth2/platformtoken';
  const expired = { code: 'UNAUTHORIZED', message: 'The access token is missing or has expired.' };
  const server = await startServer({
    ...options,
    type: 'cyberark-privilege-cloud',
    apiRoot,
    state: vault,
    tokens,
    tokenPath,
    auth: (origin) => ({ tokenUrl: `${origin}${tokenPath}`, clientId, clientSecret }),
    routes,
    answers: { ...answers, unauthorized: () => ({ status: 401, body: expired }) },
  });
  return Object.assign(server, { tokens, vault });
}
