import { sql } from 'kysely';
import type { AccountId, TargetId } from '../domain/account';
import type { Database } from './database';
import type { AccountLinkRow, LinkTombstoneRow, Tx } from './schema';

/** Whose an account is, by the vendor's immutable id. */
export interface AccountLink {
  readonly personId: string;
  readonly targetId: TargetId;
  readonly accountId: AccountId;
  readonly username: string;
  readonly system: string;
  /** `found` by correlation, `adopted` by a joiner, told by an `operator`. */
  readonly origin: 'found' | 'adopted' | 'operator';
  readonly recordedAt: string;
  /** The operator, where one said so. */
  readonly recordedBy?: string;
}

/** A person's word that an account is not this person's: it is not found again by itself. */
export interface LinkTombstone {
  readonly personId: string;
  readonly targetId: TargetId;
  readonly accountId: AccountId;
  readonly by: string;
  readonly why: string;
  readonly at: string;
}

export type LinkAnswer =
  | { readonly linked: true; readonly already: boolean }
  /** It belongs to somebody else; unlink it there first. */
  | { readonly linked: false; readonly conflict: string }
  | { readonly linked: false; readonly notTheirs: LinkTombstone };

/**
 * Operators link accounts one by one, and every step of a flow is told of them: so many fit into what a flow may carry.
 * The newest come first; a leaver must never fail for what a script has linked.
 */
const mostToldLinks = 2_000;

/** One account of one target has one owner. */
export class Links {
  constructor(private readonly database: Database) {}

  /** Records an owner. Only an operator's word gets past an earlier word that the account is not theirs. */
  async link(link: AccountLink): Promise<LinkAnswer> {
    const [answer] = await this.linkAll([link]);
    return answer as LinkAnswer;
  }

  /** Records the owners of several accounts of one person in one write; the answers come in the same order. */
  async linkAll(links: readonly AccountLink[]): Promise<readonly LinkAnswer[]> {
    if (links.length === 0) return [];
    return this.database.write('links', (tx) => linkAllIn(tx, links));
  }

  /** Breaks a link, or says beforehand that there must be none; who and why stay. */
  async unlink({
    personId,
    targetId,
    accountId,
    by,
    why,
    at,
  }: LinkTombstone): Promise<{ readonly wasLinked: boolean }> {
    return this.database.write('links', async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('accountLink')
        .where('targetId', '=', targetId)
        .where('accountId', '=', accountId)
        .where('personId', '=', personId)
        .executeTakeFirst();
      await tx
        .insertInto('linkTombstone')
        .values({ personId, targetId, accountId, brokenBy: by, why, at })
        .onConflict((conflict) => conflict.columns(['personId', 'targetId', 'accountId']).doNothing())
        .execute();
      return { wasLinked: Number(numDeletedRows) > 0 };
    });
  }

  /** The account is gone for good. No word on whose it is: a vendor that gives its id again gives it to somebody new. */
  async end({
    personId,
    targetId,
    accountId,
  }: Pick<AccountLink, 'personId' | 'targetId' | 'accountId'>): Promise<void> {
    await this.database.write('links', async (tx) => {
      await tx
        .deleteFrom('accountLink')
        .where('targetId', '=', targetId)
        .where('accountId', '=', accountId)
        .where('personId', '=', personId)
        .execute();
    });
  }

  /** A person's accounts, on one target or all. */
  async of({
    personId,
    targetId,
  }: {
    readonly personId: string;
    readonly targetId?: TargetId;
  }): Promise<readonly AccountLink[]> {
    let query = this.database.kysely.selectFrom('accountLink').selectAll().where('personId', '=', personId);
    if (targetId !== undefined) query = query.where('targetId', '=', targetId);
    return (await query.orderBy('targetId').orderBy('accountId').execute()).map(linkOf);
  }

  async tombstones({
    personId,
    targetId,
  }: {
    readonly personId: string;
    readonly targetId?: TargetId;
  }): Promise<readonly LinkTombstone[]> {
    let query = this.database.kysely.selectFrom('linkTombstone').selectAll().where('personId', '=', personId);
    if (targetId !== undefined) query = query.where('targetId', '=', targetId);
    return (await query.orderBy('targetId').orderBy('accountId').execute()).map(read);
  }

  async ownerOf(place: Place): Promise<string | undefined> {
    return (await ownersIn(this.database.kysely, [place])).get(placeKey(place));
  }

  /**
   * Accounts of others that a search for this person may come upon: those of a user name given for their target, case
   * aside, and all that an operator linked there, whose names say nothing: an external id or an e-mail address of this
   * person may still lead to them.
   */
  async ofOthers({
    personId,
    usernames,
  }: {
    readonly personId: string;
    readonly usernames: Readonly<Record<TargetId, readonly string[]>>;
  }): Promise<readonly AccountLink[]> {
    const targetIds = Object.keys(usernames);
    if (targetIds.length === 0) return [];
    const told = await this.database.kysely
      .selectFrom('accountLink')
      .selectAll()
      .where('targetId', 'in', targetIds)
      .where('origin', '=', sql.lit('operator')) // a literal, or the partial index is not used
      .where('personId', '<>', personId)
      .orderBy('recordedAt', 'desc')
      .limit(mostToldLinks)
      .execute();
    const rows = [...(await this.named({ personId, usernames })), ...told];
    return [...new Map(rows.map((row) => [placeKey(row), row])).values()].map(linkOf);
  }

  private async named({
    personId,
    usernames,
  }: {
    readonly personId: string;
    readonly usernames: Readonly<Record<TargetId, readonly string[]>>;
  }): Promise<readonly AccountLinkRow[]> {
    const wanted = Object.entries(usernames).filter(([, names]) => names.length > 0);
    if (wanted.length === 0) return [];
    return this.database.kysely
      .selectFrom('accountLink')
      .selectAll()
      .where((eb) =>
        eb.or(
          wanted.map(([targetId, names]) =>
            eb('targetId', '=', targetId).and(
              eb('usernameKey', 'in', [...new Set(names.map((name) => name.toLowerCase()))]),
            ),
          ),
        ),
      )
      .where('personId', '<>', personId)
      .orderBy('targetId')
      .orderBy('accountId')
      .execute();
  }
}

interface Place {
  readonly targetId: TargetId;
  readonly accountId: AccountId;
}

async function linkAllIn(tx: Tx, links: readonly AccountLink[]): Promise<readonly LinkAnswer[]> {
  const owners = await ownersIn(tx, links);
  const tombstones = await tombstonesIn(tx, links);
  const answers = links.map((link): LinkAnswer => {
    const owner = owners.get(placeKey(link));
    if (owner !== undefined && owner !== link.personId) return { linked: false, conflict: owner };
    const tombstone = tombstones.get(placeKey(link));
    if (tombstone !== undefined && link.origin !== 'operator') return { linked: false, notTheirs: read(tombstone) };
    return { linked: true, already: owner !== undefined };
  });
  const linked = links.filter((_, index) => answers[index]?.linked === true);
  const kept = [...new Map(linked.map((link) => [placeKey(link), link])).values()];
  for (const link of kept) if (tombstones.has(placeKey(link))) await removeTombstone(tx, link);
  if (kept.length === 0) return answers;
  await tx
    .insertInto('accountLink')
    .values(kept.map(rowOf))
    // A renamed account keeps its first record but for the name.
    .onConflict((conflict) =>
      conflict.columns(['targetId', 'accountId']).doUpdateSet((eb) => ({
        username: eb.ref('excluded.username'),
        usernameKey: eb.ref('excluded.usernameKey'),
        system: eb.ref('excluded.system'),
      })),
    )
    .execute();
  return answers;
}

function placeKey({ targetId, accountId }: Place): string {
  return JSON.stringify([targetId, accountId]);
}

async function ownersIn(db: Database['kysely'] | Tx, places: readonly Place[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('accountLink')
    .select(['targetId', 'accountId', 'personId'])
    .where((eb) => eb.or(places.map(({ targetId, accountId }) => eb.and({ targetId, accountId }))))
    .execute();
  return new Map(rows.map((row) => [placeKey(row), row.personId]));
}

/** Each link's own person's. */
async function tombstonesIn(tx: Tx, links: readonly AccountLink[]): Promise<ReadonlyMap<string, LinkTombstoneRow>> {
  const rows = await tx
    .selectFrom('linkTombstone')
    .selectAll()
    .where((eb) => eb.or(links.map(({ personId, targetId, accountId }) => eb.and({ personId, targetId, accountId }))))
    .execute();
  return new Map(rows.map((row) => [placeKey(row), row]));
}

async function removeTombstone(tx: Tx, link: AccountLink): Promise<void> {
  await tx
    .deleteFrom('linkTombstone')
    .where('personId', '=', link.personId)
    .where('targetId', '=', link.targetId)
    .where('accountId', '=', link.accountId)
    .execute();
}

function rowOf({ recordedBy, ...link }: AccountLink): AccountLinkRow {
  const { personId, targetId, accountId, username, system, origin, recordedAt } = link;
  const key = { targetId, accountId, personId };
  return {
    ...key,
    username,
    usernameKey: username.toLowerCase(),
    system,
    origin,
    recordedAt,
    recordedBy: recordedBy ?? null,
  };
}

function linkOf({ usernameKey: _, recordedBy, origin, ...row }: AccountLinkRow): AccountLink {
  return { ...row, origin: origin as AccountLink['origin'], ...(recordedBy === null ? {} : { recordedBy }) };
}

function read({ brokenBy, ...row }: LinkTombstoneRow): LinkTombstone {
  return { ...row, by: brokenBy };
}
