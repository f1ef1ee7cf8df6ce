import { sql } from 'kysely';
import type { Person } from '../domain/person';
import type { Database } from './database';
import type { PersonRow } from './schema';

export type PersonStatus = 'active' | 'suspended' | 'leaving' | 'left';

export interface KnownPerson {
  readonly person: Person;
  readonly status: PersonStatus;
  /** Time of the event that said so. */
  readonly asOf: string;
}

const roles = ['manager', 'sponsor'] as const;

/** Somebody who is left without a manager or sponsor when that one leaves. */
export interface RelyingPerson {
  readonly personId: string;
  readonly as: readonly (typeof roles)[number][];
}

/** The people as the source of authority described them last. */
export class People {
  constructor(private readonly database: Database) {}

  /**
   * Keeps what an event says of a person, unless a later event has spoken already (by `eventTime`, then `sequence`).
   * The same event may come again. `joins`: the event makes them active, whatever they were; otherwise they stay what
   * they are, and somebody who was not known is active.
   */
  async upsert({
    person,
    joins = false,
    eventTime,
    sequence = 0,
  }: {
    readonly person: Person;
    readonly joins?: boolean;
    readonly eventTime: string;
    readonly sequence?: number;
  }): Promise<{ readonly kept: boolean }> {
    const row: PersonRow = {
      id: person.id,
      body: JSON.stringify(person),
      status: 'active',
      joinedMs: joins ? Date.parse(eventTime) : 0,
      eventTimeMs: Date.parse(eventTime),
      eventSequence: sequence,
      updatedAt: new Date(eventTime).toISOString(),
    };
    const { id, status, joinedMs, ...described } = row;
    const rest = joins ? { ...described, status, joinedMs } : described;
    return this.database.write(`person:${id}`, async (tx) => {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('person')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet(rest)
            .where(
              sql<boolean>`(person.event_time_ms, person.event_sequence) <= (excluded.event_time_ms, excluded.event_sequence)`,
            ),
        )
        .executeTakeFirst();
      return { kept: Number(numInsertedOrUpdatedRows) > 0 };
    });
  }

  /**
   * Changes the status alone; not when they joined again by an event later than `eventTime` (a rehire after this
   * leaver) where that is given, and only from one of `from` when it is given.
   */
  async mark({
    personId,
    status,
    eventTime,
    from,
  }: {
    readonly personId: string;
    readonly status: PersonStatus;
    readonly eventTime?: string;
    readonly from?: readonly PersonStatus[];
  }): Promise<{ readonly kept: boolean }> {
    return this.database.write(`person:${personId}`, async (tx) => {
      let query = tx.updateTable('person').set({ status }).where('id', '=', personId);
      if (eventTime !== undefined) query = query.where('joinedMs', '<=', Date.parse(eventTime));
      if (from !== undefined) query = query.where('status', 'in', from);
      const { numUpdatedRows } = await query.executeTakeFirst();
      return { kept: Number(numUpdatedRows) > 0 };
    });
  }

  async get({ personId }: { readonly personId: string }): Promise<KnownPerson | undefined> {
    const row = await this.database.kysely
      .selectFrom('person')
      .selectAll()
      .where('id', '=', personId)
      .executeTakeFirst();
    return row === undefined ? undefined : read(row);
  }

  /** One page in the order of the ids; go on with the last id of the page as `after`. */
  async list({
    status,
    after = '',
    limit = 500,
  }: {
    readonly status?: PersonStatus;
    readonly after?: string;
    readonly limit?: number;
  } = {}): Promise<readonly KnownPerson[]> {
    let query = this.database.kysely
      .selectFrom('person')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit);
    if (status !== undefined) query = query.where('status', '=', status);
    return (await query.execute()).map(read);
  }

  /**
   * Who still works here and names this person as manager or sponsor, by id, user name or e-mail, case aside; in the
   * order of their ids, at most `limit` of them.
   */
  async relyingOn({
    person,
    limit,
  }: {
    readonly person: Person;
    readonly limit: number;
  }): Promise<readonly RelyingPerson[]> {
    const names = [person.id, person.username, person.email].filter((name) => name !== undefined);
    const wanted = names.map((name) => name.toLowerCase());
    const found: RelyingPerson[] = [];
    let after = '';
    for (;;) {
      const rows = await this.naming({ wanted, after, limit });
      for (const row of rows) {
        const { person: other } = read(row);
        const as = roles.filter((role) => wanted.includes(String(other[role] ?? '').toLowerCase()));
        if (as.length > 0 && other.id !== person.id) found.push({ personId: other.id, as });
      }
      const last = rows.at(-1);
      if (found.length >= limit || last === undefined || rows.length < limit) return found.slice(0, limit);
      after = last.id;
    }
  }

  /** Rows whose JSON holds one of the names in one of the fields; a field of that name further inside may be meant too. */
  private async naming({
    wanted,
    after,
    limit,
  }: {
    readonly wanted: readonly string[];
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly PersonRow[]> {
    const patterns = roles.flatMap((role) => wanted.map((name) => `%"${role}":${likeText(JSON.stringify(name))}%`));
    return await this.database.kysely
      .selectFrom('person')
      .selectAll()
      .where('status', 'in', ['active', 'suspended', 'leaving'])
      .where('id', '>', after)
      .where((eb) => eb.or(patterns.map((pattern) => sql<boolean>`lower(body) like ${pattern} escape '!'`)))
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** Everybody who still works here, those with a last day ahead included: what `percentPerDay` is a percentage of. */
  async countActive(): Promise<number> {
    const { n } = await this.database.kysely
      .selectFrom('person')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('status', 'in', ['active', 'suspended', 'leaving'])
      .executeTakeFirstOrThrow();
    return n;
  }
}

/** A text as it stands in a LIKE pattern whose escape is `!`. */
function likeText(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}

function read(row: PersonRow): KnownPerson {
  return { person: JSON.parse(row.body) as Person, status: row.status as PersonStatus, asOf: row.updatedAt };
}
