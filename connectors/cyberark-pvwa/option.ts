import { z } from 'zod';

/** Fields of a user that a PUT writes, in seed 002's words; one that the body leaves out may go back to its default. */
export const writableFields = [
  'userType',
  'firstName',
  'lastName',
  'email',
  'location',
  'enableUser',
  'changePassOnNextLogon',
  'passwordNeverExpires',
  'distinguishedName',
  'authenticationMethod',
] as const;
/** Further fields that a PUT writes where the user comes nested (vendor's "Update user"). */
export const nestedFields = [
  'description',
  'expiryDate',
  'unAuthorizedInterfaces',
  'vaultAuthorization',
  'businessAddress',
  'phones',
] as const;
export type WritableField = (typeof writableFields)[number] | (typeof nestedFields)[number];

/** Set when a user is created and never after: the vault clears it by itself when the person has chosen a password. */
export const createOnlyFields: readonly string[] = ['changePassOnNextLogon'];

/** User types of the vault's own components and applications; nobody's account (vendor's "Get user types"). */
const componentTypes = [
  'Built-InAdmins',
  'AIMAccount',
  'AppProvider',
  'OPMProvider',
  'CPM',
  'PVWA',
  'PSM',
  'PSMApp',
  'PSMHTML5Gateway',
  'PSMPServer',
  'DCAInstance',
  'DAPService',
  'ENE',
  'EVD',
  'DR',
  'Telemetry',
];

/**
 * Dialect options that both PVWA targets share. Every default is the wire shape of seed 002; each point where public
 * sources contradict the seed can be set (vendor-apis 4, 11).
 */
export function pvwaOptions({ tokenLifetime }: { readonly tokenLifetime: string }) {
  return z.strictObject({
    /** How a group member is named: by the vault user's number (seed), or by the user name (vendor's "Add member to group"). */
    memberRef: z.enum(['id', 'name']).default('id'),
    /** `memberType` of a new group member: `User` (seed) or `vault` (vendor's documentation). */
    memberType: z.enum(['User', 'vault']).default('User'),
    /** `trailing-slash`: `DELETE …/Members/{ref}/`, which IIS needs for names with a dot. */
    memberRemove: z.enum(['plain', 'trailing-slash']).default('plain'),
    /**
     * `put-merged`: read, change one flag, write everything back. `endpoint`: `POST /Users/{id}/disable/` and `/enable/`
     * (12.6 and later). `put-bare`: `PUT {"enableUser":false}` exactly as the seed prints it, which resets the other
     * fields on versions where a PUT replaces.
     */
    disableStyle: z.enum(['put-merged', 'endpoint', 'put-bare']).default('put-merged'),
    /** Of `GET /Users`: `limit`/`offset` (seed), `pageSize`/`pageOffset` (14 and later), or the whole list at once. */
    paging: z.enum(['limit-offset', 'pageOffset', 'none']).default('limit-offset'),
    /** Rows asked for at a time; fewer are accepted. */
    pageSize: z.int().min(1).max(1000).default(100),
    /** How a new user's names and e-mail are written: flat (seed), or nested in `personalDetails` and `internet`. Both are read. */
    userShape: z.enum(['flat', 'nested']).default('flat'),
    /** `search`: contains, over several names. `filter`: `userName eq x` (12.2 and later). Either way compared exactly here. */
    findBy: z.enum(['search', 'filter']).default('search'),
    /** Name of the search parameter. */
    searchParam: z.enum(['Search', 'search']).default('Search'),
    /** Ask for `ExtendedDetails` (12.1 and later), so that listings show state and groups. */
    extendedDetails: z.boolean().default(false),
    /** Besides the disable, give the user a random password that nobody knows. Needs the right to reset passwords. */
    resetPasswordOnDisable: z.boolean().default(false),
    /** Besides the disable, `DELETE /Users/{id}/Secret/SSHKeys/Cache`: a cached SSH key outlives a disable. */
    clearSshKeysOnDisable: z.boolean().default(false),
    /** `GET /Users/{id}/safes` is offered: direct safe memberships are listed and taken away. */
    safes: z.boolean().default(false),
    /** `GET /LiveSessions` is offered and the service account may see and terminate sessions. */
    sessions: z.boolean().default(true),
    /** Live sessions asked for at a time; the vendor's default is 25. */
    sessionPageSize: z.int().min(1).max(1000).default(25),
    terminatePath: z.string().startsWith('/').includes('{id}').default('/LiveSessions/{id}/Terminate'),
    /** Body codes of a 404 that prove a user gone without a look at the list of users; an empty list takes every 404. */
    goneCodes: z.array(z.string().min(1)).default(['ITATS003E']),
    /** Body codes of a 409 that mean "is a member already". */
    memberAlreadyCodes: z.array(z.string().min(1)).default(['PASWS213E', 'ITATS262E']),
    /** Body codes that mean "try again" whatever the status (idsec-sdk). */
    retryableCodes: z.array(z.string().min(1)).default(['ITADM111E', 'SRAPIE0006']),
    /** Further fields that this version refuses in a PUT and does not reset without, such as `authenticationMethod`. */
    dropOnUpdate: z.array(z.string().min(1)).default([]),
    /** Writable fields that this vault never shows and that a PUT may reset; by default none, and such a PUT is refused. */
    mayReset: z.array(z.enum([...writableFields, ...nestedFields])).default([]),
    /** `userType` of users that Tenure creates; it decides the licence. */
    userType: z.string().min(1).default('EPVUser'),
    /** Length of passwords that Tenure generates; the vault takes at most 39 characters (vendor's "Add user"). */
    passwordLength: z.int().min(12).max(39).default(32),
    /** User types that name no person; such accounts are never changed. */
    serviceUserTypes: z.array(z.string().min(1)).default(componentTypes),
    /** ISO 8601: how long a token may open new sessions after the disable. */
    tokenLifetime: z.string().startsWith('P').default(tokenLifetime),
  });
}
export type Options = z.output<ReturnType<typeof pvwaOptions>>;
