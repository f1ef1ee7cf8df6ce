import { z } from 'zod';
import type { PersonField } from '../connector';

/** The forms in which servers read a change of `active`, in the order in which they are tried (vendor-apis 6). */
export const activeStyles = ['path', 'pathless', 'string'] as const;
export type ActiveStyle = (typeof activeStyles)[number];

/** How one SCIM 2.0 server differs from another, as data (vendor-apis 6). Every field is an option of the target. */
export interface Quirks {
  /** Rows asked for at a time; always sent, since some servers give none without a `count`. */
  readonly pageSize: number;
  /**
   * `path`: replace path "active"; `pathless`: replace {active}; `string`: "True" and "False", for servers that ignore
   * booleans. The forms after it are tried where the server refuses or overlooks it.
   */
  readonly activeStyle: ActiveStyle;
  /** `capitalised`: Add, Replace, Remove, as Entra sends them. */
  readonly opCase: 'lower' | 'capitalised';
  /** How one member is named in a removal. A strict server may take the value array as "remove all members". */
  readonly memberRemove: 'filter' | 'value-array';
  /** `every-write`: on every POST and PATCH of a user, because its absence makes the vendor lose the link. */
  readonly externalId: 'create' | 'every-write';
  /** Attributes that the server can filter by; where it refuses a filter, everybody is read and compared instead. */
  readonly searchBy: readonly ('username' | 'externalId' | 'email')[];
  /**
   * `sensitive`: a key with capitals that nobody answers to is asked for once more in lower case. `insensitive`: never, for
   * servers that compare names case aside, as RFC 7643 4.1.1 wants it.
   */
  readonly filterCase: 'insensitive' | 'sensitive';
  /** Given up for `application/json` where the server answers 415, or a PATCH only then. */
  readonly contentType: 'application/scim+json' | 'application/json';
  /**
   * What a group without the attribute `members` means. `unknown`: empty, once this server has shown members of a group;
   * `none`: always empty.
   */
  readonly omittedMembers: 'unknown' | 'none';
  /**
   * What `groups: []` on a user means: `none`, or `unknown` where nobody promises that users show their groups. Then the
   * groups' own lists decide, on a server that shows members.
   */
  readonly emptyGroups: 'unknown' | 'none';
  /** What DELETE does to a user. */
  readonly deletion: 'permanent' | 'disables';
  readonly password: 'required' | 'accepted' | 'never';
  /** Length of the initial password, where one is required. */
  readonly passwordLength: number;
  /** What the server keeps of a person beside name, e-mail and external id (RFC 7643 4.1.1 and 4.3). */
  readonly keeps: readonly ('department' | 'title' | 'manager')[];
  /** Values of `userType` that name no person, case aside; such accounts are never changed. */
  readonly serviceUserTypes: readonly string[];
  /** ISO 8601: how long a live token or web session may go on opening new sessions after the disable. */
  readonly tokenLifetime: string;
}

export const standardQuirks: Quirks = {
  pageSize: 100,
  activeStyle: 'path',
  opCase: 'lower',
  memberRemove: 'filter',
  externalId: 'create',
  searchBy: ['username', 'externalId'],
  filterCase: 'sensitive',
  contentType: 'application/scim+json',
  omittedMembers: 'unknown',
  emptyGroups: 'none',
  deletion: 'permanent',
  password: 'never',
  passwordLength: 24,
  keeps: ['department', 'title', 'manager'],
  serviceUserTypes: ['service', 'serviceaccount', 'application', 'machine'],
  tokenLifetime: 'PT1H',
};

/** The options of a SCIM target: every quirk, with the vendor's own defaults; unknown keys are refused. */
export function scimOptions(own: Quirks) {
  return z.strictObject({
    pageSize: z.int().min(1).max(1000).default(own.pageSize),
    activeStyle: z.enum(activeStyles).default(own.activeStyle),
    opCase: z.enum(['lower', 'capitalised']).default(own.opCase),
    memberRemove: z.enum(['filter', 'value-array']).default(own.memberRemove),
    externalId: z.enum(['create', 'every-write']).default(own.externalId),
    searchBy: z
      .array(z.enum(['username', 'externalId', 'email']))
      .min(1)
      .default([...own.searchBy]),
    filterCase: z.enum(['insensitive', 'sensitive']).default(own.filterCase),
    contentType: z.enum(['application/scim+json', 'application/json']).default(own.contentType),
    omittedMembers: z.enum(['unknown', 'none']).default(own.omittedMembers),
    emptyGroups: z.enum(['unknown', 'none']).default(own.emptyGroups),
    deletion: z.enum(['permanent', 'disables']).default(own.deletion),
    password: z.enum(['required', 'accepted', 'never']).default(own.password),
    passwordLength: z.int().min(12).max(128).default(own.passwordLength),
    keeps: z.array(z.enum(['department', 'title', 'manager'])).default([...own.keeps]),
    serviceUserTypes: z.array(z.string().min(1)).default([...own.serviceUserTypes]),
    tokenLifetime: z.string().startsWith('P').default(own.tokenLifetime),
  }) satisfies z.ZodType<Quirks>;
}

/** Every SCIM server keeps these (RFC 7643 4.1). */
export const coreFields: readonly PersonField[] = ['email', 'displayName', 'givenName', 'familyName', 'externalId'];
