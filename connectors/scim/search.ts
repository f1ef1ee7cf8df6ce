import type { AccountId } from '../../domain/account';
import { matchesAmong, sameText, type CorrelationKeys, type KeyName, type Search } from '../../domain/correlation';
import type { Call } from '../connector';
import { VendorRejected } from '../errors';
import { listWhole } from '../http';
import type { Context } from './context';
import { quoted, toAccount } from './mapping';
import { neededForWrite, recordOf } from './user';
import type { User } from './wire';

/** How a key is written in a filter, and the attribute that shows it. */
const attributes: Readonly<Record<KeyName, { readonly filter: string; readonly shown: string }>> = {
  externalId: { filter: 'externalId', shown: 'externalid' },
  username: { filter: 'userName', shown: 'username' },
  email: { filter: 'emails.value', shown: 'emails' },
};
const names: readonly KeyName[] = ['externalId', 'username', 'email'];

/**
 * Statuses that refuse a filter, not the caller: 400 `invalidFilter` (RFC 7644 3.12), which Delinea answers to a filter
 * that it does not have (vendor-apis 5.2), 422 of servers that validate so, and 501. 401 and 403 are about rights.
 */
const filterRefusals: readonly (number | undefined)[] = [400, 422, 501];

/** More rows than a filter by one value can give: where so many come, it was overlooked. */
const few = 10;

const operation = 'find account';

export interface Key {
  readonly name: KeyName;
  readonly value: string;
}

/** Asks for every key that the server can filter by; what comes back is compared here, whatever was asked. */
export async function findAccounts(context: Context, keys: CorrelationKeys, call: Call): Promise<Search> {
  const { quirks, habits, reads } = context;
  const needed = new Set([
    ...neededForWrite(context),
    ...names.filter((name) => keys[name].length > 0).map((name) => attributes[name].shown),
  ]);
  const asked = names
    .filter((name) => quirks.searchBy.includes(name))
    .flatMap((name) => keys[name].map((value) => ({ name, value })));
  const { users, untold } = await lookUp(context, { keys: asked, needed: [...needed] }, call);
  // A row that could not be read whole is nobody that a write may start from.
  const accounts = users.map((user) =>
    habits.isAbridged(user, [...needed]) ? toAccount(user, quirks) : reads.keep(user, call),
  );
  return {
    found: matchesAmong(accounts, keys),
    tried: asked.filter((key) => !untold.includes(key)).map(({ name, value }) => `${name}=${value}`),
    notSearchable: names.filter(
      (name) => keys[name].length > 0 && (!quirks.searchBy.includes(name) || untold.some((key) => key.name === name)),
    ),
  };
}

/** Somebody who has this user name, however little the row says of them. */
export async function holderOf(context: Context, username: string, call: Call): Promise<User | undefined> {
  const { users } = await lookUp(context, { keys: [{ name: 'username', value: username }], needed: [] }, call);
  return users[0];
}

interface Wanted {
  readonly keys: readonly Key[];
  /** Attributes without which a user is read whole. */
  readonly needed: readonly string[];
}

/** Users that one of the keys names. `untold`: keys of which the server's rows say too little to compare them. */
async function lookUp(
  context: Context,
  { keys, needed }: Wanted,
  call: Call,
): Promise<{ readonly users: readonly User[]; readonly untold: readonly Key[] }> {
  const lookup = new Lookup(context, needed, call);
  const found = new Map<AccountId, User>();
  const refused: Key[] = [];
  const untold: Key[] = [];
  const take = (key: Key, answer: readonly User[] | 'untold'): void => {
    if (answer === 'untold') untold.push(key);
    else for (const user of answer) if (!found.has(user.id)) found.set(user.id, user);
  };
  for (const key of keys) {
    const answer = await lookup.byFilter(key);
    if (answer === 'refused') refused.push(key);
    else take(key, answer);
  }
  if (refused.length > 0) {
    const everybody = await lookup.everybody();
    for (const { name } of refused) context.habits.refusedBy(name);
    for (const key of refused) take(key, await lookup.among(everybody, key));
  }
  return { users: [...found.values()], untold };
}

/** One search in one call: reads each record once. */
class Lookup {
  readonly #records = new Map<AccountId, User | undefined>();

  constructor(
    private readonly context: Context,
    private readonly needed: readonly string[],
    private readonly call: Call,
  ) {}

  /**
   * A server may mind the case though RFC 7643 4.1.1 forbids it for names: CyberArk's does (vendor-apis 4.6), the others
   * promise nothing. So one that knows nobody by a key with capitals is asked once more, in lower case.
   */
  async byFilter(key: Key): Promise<readonly User[] | 'refused' | 'untold'> {
    const asGiven = await this.#filtered(key);
    const lower = key.value.toLowerCase();
    const knowsNobody = typeof asGiven !== 'string' && asGiven.length === 0;
    if (this.context.quirks.filterCase === 'insensitive' || lower === key.value || !knowsNobody) return asGiven;
    return this.#filtered({ ...key, value: lower });
  }

  everybody(): Promise<readonly User[]> {
    return this.#rows(undefined);
  }

  /** Only exact matches, as their records have them. `untold`: too many rows do not show the key at all. */
  async among(rows: readonly User[], key: Key): Promise<readonly User[] | 'untold'> {
    const silent = await this.#silent(rows, attributes[key.name].shown);
    if (silent === 'untold') return silent;
    const whole: User[] = [];
    for (const row of rows.filter((user) => hasKey(user, key))) {
      const isAbridged = this.context.habits.isAbridged(row, this.needed);
      // A 404 for somebody who is listed is no proof that there is nobody (vendor-apis 5.2): the row stays.
      whole.push((isAbridged ? await this.#record(row) : undefined) ?? row);
    }
    return [...whole, ...silent].filter((user) => hasKey(user, key));
  }

  /** An overlooked filter over rows that do not show the key is asked once more: Delinea's overlooks it now and then. */
  async #filtered(key: Key): Promise<readonly User[] | 'refused' | 'untold'> {
    if (this.context.habits.refuses(key.name)) return 'refused';
    for (const isLast of [false, true]) {
      const rows = await this.#answer(key);
      const answer = rows === 'refused' ? rows : await this.among(rows, key);
      if (answer !== 'untold' || isLast) return answer;
      this.call.reads?.clear();
    }
    return 'untold';
  }

  async #answer(key: Key): Promise<readonly User[] | 'refused'> {
    try {
      const rows = await this.#rows(`${attributes[key.name].filter} eq ${quoted(key.value)}`);
      this.context.habits.answeredBy(key.name);
      return rows;
    } catch (error) {
      if (error instanceof VendorRejected && filterRefusals.includes(error.context.status)) return 'refused';
      throw error;
    }
  }

  /** All pages, because a server that ignores the filter answers with everybody, and the person may be on the last page. */
  async #rows(filter: string | undefined): Promise<readonly User[]> {
    const { client, target, quirks, habits } = this.context;
    const rows = await listWhole(
      ({ offset }) => client.users({ offset, ...(filter !== undefined && { filter }), operation }, this.call),
      { target: target.id, operation, pageSize: quirks.pageSize, idOf: ({ id }) => id },
    );
    habits.sawRows(rows);
    return rows;
  }

  /** The records of those whose rows do not show the attribute, as long as records show it and there are few. */
  async #silent(rows: readonly User[], attribute: string): Promise<readonly User[] | 'untold'> {
    const { habits } = this.context;
    const silent = rows.filter((row) => habits.isAbridged(row, [attribute]));
    const records: User[] = [];
    for (const [index, row] of silent.entries()) {
      // What was read so far may have shown that records do not have it either.
      if (!habits.isAbridged(row, [attribute])) break;
      if (silent.length > few && (habits.leavesOut(attribute) || index >= few)) return 'untold';
      const record = await this.#record(row);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  async #record(row: User): Promise<User | undefined> {
    if (!this.#records.has(row.id)) this.#records.set(row.id, await recordOf(this.context, row, operation, this.call));
    return this.#records.get(row.id);
  }
}

function hasKey(user: User, { name, value }: Key): boolean {
  return valuesOf(user, name).some((one) => sameText(one, value));
}

function valuesOf(user: User, name: KeyName): readonly (string | undefined)[] {
  if (name === 'email') return (user.emails ?? []).map((email) => email.value);
  return [name === 'username' ? user.username : user.externalid];
}
