import type { Shape } from './user';
import type { VaultHabits } from './vault';

/** How this PVWA speaks. `seed` shows what the table of seed 002 names, `printed` no more than its examples, `vendor` what newer versions document. */
export interface Dialect {
  readonly memberRef: 'id' | 'name';
  readonly memberType: 'User' | 'vault';
  readonly userShape: Shape;
  /** Fields that this version does not have: no record shows them, and a PUT neither sets nor resets them. */
  readonly absentFields: readonly string[];
  /** Parameters that page `GET /Users`; `none` sends the whole list whatever is asked. */
  readonly paging: 'limit-offset' | 'pageOffset' | 'none';
  /** Listings of users and of sessions say how many there are. */
  readonly totals: boolean;
  /** `GET /LiveSessions` comes page by page; otherwise the whole list is sent whatever is asked. */
  readonly sessionPages: boolean;
  /** Most rows that a page holds. */
  readonly maxRows: number;
  /** `POST /Users/{id}/disable/` and `/enable/` exist (12.6 and later). */
  readonly disableEndpoint: boolean;
  /** `filter=userName eq x` works; otherwise it is ignored and everybody comes. */
  readonly filter: boolean;
  /** A search finds names that hold the term anywhere, or only those that begin with it. */
  readonly search: 'contains' | 'begins';
  /** IIS refuses `+`, `&` and `%` in the values of a query, however they are encoded. */
  readonly refusesPlus: boolean;
  /** `ExtendedDetails=true` shows more in rows. */
  readonly extendedDetails: boolean;
  /** `GET /Users/{id}/safes` exists. */
  readonly safes: boolean;
  /** A PUT without `username` is refused. */
  readonly putNeedsName: boolean;
  /** A PUT that holds one of these fields is refused. */
  readonly refusedOnUpdate: readonly string[];
  /** Status of a successful delete: 204 by the documentation, 200 by the vendor's own swagger. */
  readonly deleteStatus: 200 | 204;
  /** What a 404 holds: the vendor's code, a code of another version, or nothing at all. */
  readonly notFound: 'coded' | 'other-code' | 'empty';
  /** Groups come by `nextLink` instead of all at once. */
  readonly groupLinks: boolean;
  /** A member's name with a dot is found only with a trailing slash, as IIS has it. */
  readonly dotNeedsSlash: boolean;
  /** `GET /LiveSessions` exists. */
  readonly sessions: boolean;
}

const seed: Dialect = {
  memberRef: 'id',
  memberType: 'User',
  userShape: 'flat',
  absentFields: [],
  paging: 'limit-offset',
  totals: true,
  sessionPages: true,
  maxRows: 1000,
  disableEndpoint: false,
  filter: false,
  search: 'contains',
  refusesPlus: false,
  extendedDetails: false,
  safes: false,
  putNeedsName: true,
  refusedOnUpdate: [],
  deleteStatus: 204,
  notFound: 'coded',
  groupLinks: false,
  dotNeedsSlash: false,
  sessions: true,
};

const vendor: Dialect = {
  ...seed,
  memberRef: 'name',
  memberType: 'vault',
  userShape: 'nested',
  paging: 'pageOffset',
  disableEndpoint: true,
  filter: true,
  refusesPlus: true,
  extendedDetails: true,
  safes: true,
  deleteStatus: 200,
  groupLinks: true,
  dotNeedsSlash: true,
};

/** What the user of seed 002's "Get User Details" lacks of the seed's own table. */
const notPrinted = [
  ...['source', 'componentUser', 'location', 'suspended', 'changePassOnNextLogon', 'passwordNeverExpires'],
  ...['distinguishedName', 'authenticationMethod'],
];

const printed: Dialect = { ...seed, absentFields: notPrinted };

export const profiles = { seed, vendor, printed } as const;

/** What the caller of either stand-in may say beside the ordinary options. */
export interface PvwaOptions extends Partial<Dialect>, Partial<VaultHabits> {
  readonly profile?: keyof typeof profiles;
}

export function dialectOf(options: PvwaOptions): Dialect {
  const base = profiles[options.profile ?? 'seed'];
  const named = Object.entries(options).filter(([key, value]) => key in base && value !== undefined);
  return { ...base, ...(Object.fromEntries(named) as Partial<Dialect>) };
}

export function habitsOf(options: PvwaOptions): VaultHabits {
  return {
    directoryGroups: options.directoryGroups ?? [],
    ldapUsers: options.ldapUsers ?? [],
    sshKeys: options.sshKeys ?? 0,
    lateSessionMs: options.lateSessionMs,
    terminateDelayMs: options.terminateDelayMs ?? 0,
    endedStay: options.endedStay ?? false,
    unterminatable: options.unterminatable ?? [],
  };
}
