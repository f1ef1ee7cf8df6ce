import type { Account, AccountId, Entitlement, Grant } from '../../domain/account';
import { matchesAmong, type CorrelationKeys, type Search } from '../../domain/correlation';
import type {
  Abilities,
  AccountChanges,
  Call,
  Change,
  CheckReport,
  Connector,
  Deleted,
  Difference,
  Drain,
  FirstSignIn,
  Members,
  NewAccount,
  Page,
  PageToken,
  Revoked,
  Written,
} from '../connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected, type ErrorContext } from '../errors';
import { openHttp } from '../http';
import type { Http } from '../http/contract';
import type { Target } from '../target';
import type { Vendor } from '../vendor';
import { Client } from './client';
import { optionsSchema, type Options } from './config';
import { differing, toAccount, toEntitlement, toFields, toGrant, toLive, type Fields, type Member } from './mapping';

/** The template for a new vendor: an imaginary vault with members, teams and leases. Copied, never registered. */
export const acmeVault: Vendor = {
  type: 'acmevault',
  options: optionsSchema,
  open: (target) => new AcmeVault(target, openHttp(target)),
};

class AcmeVault implements Connector {
  readonly type: string;
  readonly abilities: Abilities;
  /** Present, so leases are drained. `sessions` and `credentials` are absent: `abilities.unsupported` must say why. */
  readonly checkouts: Drain;
  readonly members: Members;
  readonly #client: Client;

  constructor(
    private readonly target: Target,
    private readonly http: Http,
  ) {
    const options = target.options as Options;
    this.type = target.type;
    this.#client = new Client(http, target.id, options);
    this.checkouts = {
      // The vendor's filter is never trusted: only leases that name this member count.
      list: async ({ id }, call) =>
        (await this.#client.leases(id, call)).filter(({ memberId }) => memberId === id).map(toLive),
      end: async ({ id }, _account, call) => ({ change: (await this.#client.endLease(id, call)) ? 'done' : 'already' }),
    };
    this.members = { kinds: ['team'], of: (entitlement, call) => this.#holdersOf(entitlement, call) };
    this.abilities = {
      grants: ['team'],
      unsupported: {
        sessions: 'Acme Vault shows live sessions in its console only: a person ends them there and notes it.',
      },
      deletion: 'permanent',
      lostOnDelete: 'the member with its team memberships and its history of leases',
      tokenLifetime: options.tokenLifetime,
      searchableBy: ['username'],
      keeps: ['email', 'displayName'],
    };
  }

  async check(call: Call): Promise<CheckReport> {
    const { lifetimeSeconds, clockSkewMs } = await this.http.proveCredential(call);
    const { rows } = await this.#client.members({}, 'check', call);
    return {
      findings: [
        { name: 'authentication', state: 'proven', detail: 'a token was issued' },
        { name: 'read members', state: 'proven', detail: `${rows.length} on the first page` },
        { name: 'change members', state: 'unknown', detail: 'only a write proves it: tenure check --canary' },
      ],
      ...(clockSkewMs !== undefined && { clockSkewMs }),
      ...(lifetimeSeconds !== undefined && { tokenLifetimeSeconds: lifetimeSeconds }),
    };
  }

  /** All pages, since an ignored filter answers with everybody; `matchesAmong` compares exactly but for case. */
  async findAccounts(keys: CorrelationKeys, call: Call): Promise<Search> {
    const candidates: Account[] = [];
    for (const login of keys.username) {
      let after: string | undefined;
      do {
        const page = await this.#client.members({ login, after }, 'find account', call);
        candidates.push(...matchesAmong(page.rows.map(toAccount), keys).map(({ account }) => account));
        after = page.next;
      } while (after !== undefined);
    }
    return {
      found: matchesAmong(candidates, keys),
      tried: keys.username.map((login) => `username=${login}`),
      notSearchable: (['externalId', 'email'] as const).filter((name) => keys[name].length > 0),
    };
  }

  async getAccount(id: AccountId, call: Call): Promise<Account | undefined> {
    const member = await this.#client.member(id, 'read account', call);
    return member === undefined ? undefined : toAccount(member);
  }

  async listAccounts(after: PageToken | undefined, call: Call): Promise<Page<Account>> {
    const page = await this.#client.members({ after }, 'list accounts', call);
    return { items: page.rows.map(toAccount), ...(page.next !== undefined && { next: page.next }) };
  }

  async createAccount(wanted: NewAccount, call: Call): Promise<Account> {
    const operation = 'create account';
    const answer = await this.#client.create({ state: 'open', ...toFields(wanted) }, call);
    if ('problem' in answer) throw new VendorConflict(`login ${wanted.username} is taken`, this.#at(operation, 409));
    return toAccount(await this.#read(answer.body, operation, call));
  }

  async compareAccount(account: Account, changes: AccountChanges, call: Call): Promise<readonly Difference[]> {
    const before = await this.#read(account, 'update account', call);
    const open = Object.entries(differing(before, toFields(changes)));
    return open.map(([name, to]) => ({ name, from: before[name], to }));
  }

  /** Members sign in with a link by e-mail: nothing has to be generated, and nobody has to do anything. */
  firstSignIn(): FirstSignIn {
    return {};
  }

  async updateAccount(account: Account, changes: AccountChanges, call: Call): Promise<Written> {
    return this.#write(account, { fields: toFields(changes), operation: 'update account' }, call);
  }

  async setAccountEnabled(account: Account, enabled: boolean, call: Call): Promise<Written> {
    const fields = { state: enabled ? 'open' : 'closed' };
    return this.#write(account, { fields, operation: enabled ? 'enable account' : 'disable account' }, call);
  }

  async deleteAccount({ id }: Account, call: Call): Promise<Deleted> {
    if (!(await this.#client.remove(id, call))) return { change: 'already', proof: 'gone' };
    const left = await this.#client.member(id, 'delete account', call);
    if (left !== undefined) throw new VendorIgnoredWrite(`account ${id} is still there`, this.#at('delete account'));
    return { change: 'done', proof: 'gone' };
  }

  async listEntitlements(after: PageToken | undefined, call: Call): Promise<Page<Entitlement>> {
    const page = await this.#client.teams(after, call);
    return { items: page.rows.map(toEntitlement), ...(page.next !== undefined && { next: page.next }) };
  }

  /** A member that is gone holds nothing. */
  async listGrants({ id }: Account, call: Call): Promise<readonly Grant[]> {
    const member = await this.#client.member(id, 'list grants', call);
    return member === undefined ? [] : this.#teamsOf(member, 'list grants').map(toGrant);
  }

  /** Teams list no members, members list their teams: page by page, so that a caller who has seen enough stops. */
  async *#holdersOf({ id }: Entitlement, call: Call): AsyncIterable<Account> {
    let after: string | undefined;
    do {
      const page = await this.#client.members({ after }, 'list members', call);
      for (const member of page.rows)
        if (member.state !== 'closed' && this.#teamsOf(member, 'list members').some((team) => team.id === id))
          yield toAccount(member);
      after = page.next;
    } while (after !== undefined);
  }

  async grant(account: Account, wanted: Entitlement, call: Call): Promise<Change> {
    const operation = 'add to team';
    const holds = async () =>
      this.#teamsOf(await this.#read(account, operation, call), operation).some(({ id }) => id === wanted.id);
    if (wanted.kind !== 'team') throw new VendorRejected(`there are teams, no ${wanted.kind}`, this.#at(operation));
    if (await holds()) return 'already';
    if (!(await this.#client.join(wanted.id, account.id, call)))
      throw new VendorRejected(`there is no team ${wanted.id}`, this.#at(operation, 404));
    if (!(await holds()))
      throw new VendorIgnoredWrite(`account ${account.id} is not in team ${wanted.id}`, this.#at(operation));
    return 'done';
  }

  /** One request each; a refusal of one does not stop the others. Then one look whether they are gone. */
  async revoke(account: Account, held: readonly Grant[], call: Call): Promise<readonly Revoked[]> {
    const results: Revoked[] = [];
    for (const grant of held) results.push(await this.#revokeOne(account, grant, call));
    const holds = new Set((await this.listGrants(account, call)).map(({ entitlement }) => entitlement.id));
    const kept = results.filter(({ grant, change }) => change !== 'refused' && holds.has(grant.entitlement.id));
    if (kept.length === 0) return results;
    const names = kept.map(({ grant }) => grant.entitlement.id).join(', ');
    throw new VendorIgnoredWrite(`account ${account.id} is still in team ${names}`, this.#at('remove from team'));
  }

  async #revokeOne({ id }: Account, grant: Grant, call: Call): Promise<Revoked> {
    const { kind, id: team } = grant.entitlement;
    if (kind !== 'team') return { grant, change: 'refused', reason: `there are teams, no ${kind}` };
    try {
      return { grant, change: (await this.#client.leave(team, id, call)) ? 'done' : 'already' };
    } catch (error) {
      if (!(error instanceof VendorRejected)) throw error;
      return { grant, change: 'refused', reason: error.message };
    }
  }

  /** Read, write what differs, read back: the proof is never the write's own reply. */
  async #write(
    account: Account,
    change: { readonly fields: Fields; readonly operation: string },
    call: Call,
  ): Promise<Written> {
    const { operation } = change;
    const before = await this.#read(account, operation, call);
    const fields = differing(before, change.fields);
    const names = Object.keys(fields);
    if (names.length === 0) return { change: 'already', after: toAccount(before) };
    await this.#client.change(account.id, { fields, operation }, call);
    const after = await this.#read(account, operation, call);
    const hidden = names.filter((name) => after[name] === undefined);
    if (hidden.length > 0)
      throw new Unobservable(
        `account ${account.id}: the answer does not show ${hidden.join(', ')}`,
        this.#at(operation),
      );
    if (Object.keys(differing(after, fields)).length > 0)
      throw new VendorIgnoredWrite(`account ${account.id}: ${names.join(', ')} did not change`, this.#at(operation));
    return { change: 'done', after: toAccount(after) };
  }

  async #read({ id }: { readonly id: string }, operation: string, call: Call): Promise<Member> {
    const member = await this.#client.member(id, operation, call);
    if (member !== undefined) return member;
    throw new VendorConflict(`account ${id} does not exist any more`, this.#at(operation, 404));
  }

  #teamsOf({ id, teams }: Member, operation: string): NonNullable<Member['teams']> {
    if (teams !== undefined) return teams;
    throw new Unobservable(
      `account ${id}: the answer does not show teams; let the API client read them`,
      this.#at(operation),
    );
  }

  #at(operation: string, status?: number): ErrorContext {
    return { target: this.target.id, operation, ...(status !== undefined && { status }) };
  }
}
