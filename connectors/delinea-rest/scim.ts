import type { Account } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { Call, Connector } from '../connector';
import { VendorConflict } from '../errors';
import { scimConnector } from '../scim';
import type { Target } from '../target';
import type { Options } from './config';

/** The tenant's SCIM surface, where group memberships are changed; absent unless the target has `scim`. */
export class ScimSurface {
  readonly connector: Connector;
  readonly #known = new WeakMap<Call, Map<string, Account>>();

  constructor(
    private readonly target: Target,
    surface: NonNullable<Target['scim']>,
    quirks: Options['scim'],
  ) {
    const { type } = target;
    this.connector = scimConnector({ type, target, quirks, surface, unsupported: {}, lostOnDelete: '' });
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
