import { TargetMisconfigured } from '../../connectors/errors';
import { fingerprintOf, requestToken, revealed, type TokenAsker, type TokenSource } from '../../connectors/http';
import type { Secret } from '../../domain/secret';
import type { GustoAuth } from './config';

interface Application {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/**
 * Company tokens, two hours each. Gusto gives a new refresh token with every use and takes the old one no more, so that
 * the new one is kept before the token is used. Undefined where somebody else keeps the token fresh.
 */
export function companyTokens(baseUrl: string, auth: GustoAuth): ((asker: TokenAsker) => TokenSource) | undefined {
  const { refreshToken } = auth;
  const application = applicationOf(auth);
  if (refreshToken === undefined || application === undefined) return undefined;
  return (asker) => ({
    fingerprint: () => fingerprintOf(refreshToken),
    request: async (call) => {
      if (!refreshToken.isReplaceable) {
        throw new TargetMisconfigured(`auth.refreshToken ${refreshToken.reference} cannot be written to: use a file`, {
          ...{ target: asker.target, operation: 'token' },
        });
      }
      const secrets = [revealed(refreshToken, asker.target), revealed(application.clientSecret, asker.target)];
      const [refresh, client] = secrets;
      const issued = await requestToken(
        {
          url: tokenUrl(baseUrl),
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({
            ...{ grant_type: 'refresh_token', client_id: application.clientId, client_secret: client },
            refresh_token: refresh,
          }),
          secrets,
        },
        asker,
        call,
      );
      if (issued.refresh_token != null) refreshToken.replace(issued.refresh_token);
      return tokenOf(issued);
    },
  });
}

/** Tokens of the application itself, for its webhook subscription. */
export function systemTokens(baseUrl: string, auth: GustoAuth): ((asker: TokenAsker) => TokenSource) | undefined {
  const application = applicationOf(auth);
  if (application === undefined) return undefined;
  return (asker) => ({
    fingerprint: () => fingerprintOf(application.clientSecret),
    request: async (call) => {
      const client = revealed(application.clientSecret, asker.target);
      const issued = await requestToken(
        {
          url: tokenUrl(baseUrl),
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({
            ...{ grant_type: 'system_access', client_id: application.clientId, client_secret: client },
          }),
          secrets: [client],
        },
        asker,
        call,
      );
      return tokenOf(issued);
    },
  });
}

function applicationOf({ clientId, clientSecret }: GustoAuth): Application | undefined {
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
}

/** Beside the API, not below its version. */
function tokenUrl(baseUrl: string): URL {
  return new URL('/oauth/token', baseUrl);
}

function tokenOf({ access_token, expires_in }: { access_token: string; expires_in?: number | null | undefined }) {
  return { value: access_token, ...(typeof expires_in === 'number' && { lifetimeSeconds: expires_in }) };
}
