import type { Account } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { Call, Connector } from '../connector';
import { TargetMisconfigured, VendorConflict, VendorUnauthorized } from '../errors';
import { scimConnector } from '../scim';
import type { Target } from '../target';
import type { Options } from './config';

/** What is asked of the other surface. */
type Surface = Pick<Connector, 'findAccounts' | 'listEntitlements' | 'listGrants' | 'grant' | 'revoke' | 'members'>;

/** The tenant's SCIM surface, where group memberships are changed; absent unless the target has `scim`. */
export class ScimSurface {
  readonly connector: Surface;
  readonly #known = new WeakMap<Call, Map<string, Account>>();

  constructor(
    private readonly target: Target,
    surface: NonNullable<Target['scim']>,
    quirks: Options['scim'],
  ) {
    const { type } = target;
    this.connector = withOwnCredential(
      scimConnector({ type, target, quirks, surface, unsupported: {}, lostOnDelete: '' }),
    );
  }

  /** The same person on this surface, looked up once in a call. Ids may differ; the user name is the same, exactly but for case. */
  async accountOf(
    person: { readonly id: string; readonly userName: string },
    call: Call,
  ): Promise<Account | undefined> {
    const { id, userName } = person;
    const known = this.#known.get(call) ?? new Map<string, Account>();
    this.#known.set(call, known);
    const before = known.get(id);
    if (before !== undefined) return before;
    const { found } = await this.connector.findAccounts({ externalId: [], username: [userName], email: [] }, call);
    const named = found.map(({ account }) => account).filter(({ username }) => sameText(username, userName));
    const account = named.find((one) => one.id === id) ?? named[0];
    if (account === undefined) return undefined;
    if (named.length > 1 && account.id !== id)
      throw new VendorConflict(
        `the SCIM surface has ${String(named.length)} users ${userName}: a person has to tell which one is account ${id}`,
        { target: this.target.id, operation: 'find account' },
      );
    known.set(id, account);
    return account;
  }
}

/**
 * The two surfaces have credentials of their own (seed 003): a SCIM token that was rotated must not read as if the REST
 * client were refused, for which nobody would be disabled until somebody mends it.
 */
function withOwnCredential(scim: Connector): Surface {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw ofOwnCredential(error);
    }
  };
  const { members } = scim;
  return {
    findAccounts: (keys, call) => told(scim.findAccounts(keys, call)),
    listEntitlements: (after, call) => told(scim.listEntitlements(after, call)),
    listGrants: (account, call) => told(scim.listGrants(account, call)),
    grant: (account, wanted, call) => told(scim.grant(account, wanted, call)),
    revoke: (account, held, call) => told(scim.revoke(account, held, call)),
    ...(members !== undefined && {
      members: {
        kinds: members.kinds,
        async *of(entitlement, call) {
          try {
            yield* members.of(entitlement, call);
          } catch (error) {
            throw ofOwnCredential(error);
          }
        },
      },
    }),
  };
}

function ofOwnCredential(error: unknown): unknown {
  if (!(error instanceof VendorUnauthorized)) return error;
  const { status } = error.context;
  return new TargetMisconfigured(
    `the SCIM surface refuses scim.auth${status === undefined ? '' : ` (status ${String(status)})`}: group memberships ` +
      'wait for a new token (Admin, Integrations, SCIM); the REST surface is not concerned',
    error.context,
  );
}
