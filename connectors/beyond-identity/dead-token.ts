import type { Call } from '../connector';
import { VendorRejected, VendorUnauthorized } from '../errors';
import { noBody } from '../http';
import type { Http } from '../http/contract';

interface At {
  readonly id: string;
  readonly baseUrl: string;
}

/**
 * A 403 says "expired" as well as "not allowed" (vendor-apis 3.1), and a console token cannot be refreshed to find out
 * which. Asked for the realm and for one identity, a live token may see at least one of them: every leaver needs both.
 * Where all is refused the credential is, and the breaker has to hold the others back.
 */
export function tellingDeadTokens(http: Http, target: At): Http {
  return {
    proveCredential: (call) => http.proveCredential(call),
    send: async (request, call) => {
      try {
        return await http.send(request, call);
      } catch (error) {
        if (!(error instanceof VendorRejected) || error.context.status !== 403) throw error;
        if (await isAlive(http, target, call)) throw error;
        throw new VendorUnauthorized(
          'the token is refused for everything (403): it is dead, or has no right at all',
          error.context,
        );
      }
    },
  };
}

async function isAlive(http: Http, { baseUrl }: At, call: Call): Promise<boolean> {
  for (const path of [baseUrl, '/identities?page_size=1']) {
    try {
      await http.send({ operation: 'prove the token', method: 'GET', path, answer: noBody }, call);
      return true;
    } catch (error) {
      if (!(error instanceof VendorRejected) || error.context.status !== 403) throw error;
    }
  }
  return false;
}
