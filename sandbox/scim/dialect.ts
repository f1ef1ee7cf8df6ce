/** Where SCIM 2.0 service providers differ from each other and from RFC 7644. */
export interface ScimDialect {
  /** `METHOD /path` below the root; whatever is not here answers 404 or 405. */
  readonly verbs: readonly Verb[];
  /** A successful PATCH: the resource, nothing, or both by turns (seed 003: "200 or 204"). */
  readonly patchAnswer: 200 | 204 | 'alternating';
  /** Attributes that may be filtered with `eq`; others answer 400 `invalidFilter`. */
  readonly userFilters: readonly string[];
  readonly groupFilters: readonly string[];
  /** What a filter that is not offered is answered: 400 `invalidFilter` (RFC 7644 3.12), a bare 400, or 501. */
  readonly refusesFilter: 'invalidFilter' | 'bare' | 'not-implemented';
  readonly filterCase: 'exact' | 'ignore';
  /** Every so many filtered searches return everybody; 0 is never. */
  readonly filterIgnoredEvery: number;
  /**
   * What comes of a request without an `externalId`: nothing odd; a second user where the name is taken already; or that,
   * and one more for every PATCH or PUT on a user that has one (seed 003).
   */
  readonly missingExternalId: 'harmless' | 'duplicates-on-create' | 'duplicates-on-write';
  readonly deletion: 'permanent' | 'disables';
  readonly errorStatus: 'text' | 'number';
  /** `mixed` writes some attribute names with a capital (vendor-apis 2.5). */
  readonly attributeCase: 'rfc' | 'mixed';
  /** `remove` with path `members` and no value. RFC 7644 takes every member away. */
  readonly bareMemberRemove: 'wipes' | 'refused';
  /** `remove` with path `members` and a value array: no RFC form; strict servers overlook the value (vendor-apis 6). */
  readonly valueArrayRemove: 'accepted' | 'wipes' | 'ignored' | 'refused';
  readonly filterMemberRemove: 'accepted' | 'refused';
  /** The refusal to change a group that a directory owns: 400 `mutability` (RFC 7644 section 3.12), or a bare 403. */
  readonly ownedMembers: 'mutability' | 'forbidden';
  /** `active: "False"`, as some identity providers send it. */
  readonly textBooleans: 'accepted' | 'refused' | 'ignored';
  /** Forms of a change of `active` that a PATCH reads (vendor-apis 6): `path`, `pathless` (`value: {active}`), `string`. */
  readonly patchForms: readonly ('path' | 'pathless' | 'string')[];
  /** What comes of the others: nothing at all, 400 `invalidPath`, a bare 400, or 501. */
  readonly otherPatchForms: 'ignored' | 'invalidPath' | 'bare' | 'not-implemented';
  readonly operationCase: 'any' | 'lower';
  /** A body of `application/scim+json`: read, or left empty as `express.json()` leaves it, and a bare 400 for what is missing. */
  readonly scimBodies: 'read' | 'left-empty';
  readonly requestTypes: readonly ('application/scim+json' | 'application/json')[];
  readonly passwordRequired: boolean;
  readonly usersShowGroups: boolean;
  /** Users carry `groups: []` whatever they hold: memberships are kept with the groups alone. */
  readonly staticEmptyGroups: boolean;
  /** Rows of a listing carry `id` and `userName` alone, as seed 003 prints them; `GET /Users/:id` carries everything. */
  readonly abridgedRows: boolean;
  /** A group without members carries an empty list, or no `members` at all (RFC 7643 2.5 allows both). */
  readonly emptyMembers: 'shown' | 'omitted';
  /** Vendor-apis 5.2: the on-premises connector gives no groups to a disabled user. */
  readonly groupsForDisabled: 'accepted' | 'refused';
  /** A PUT of a user takes the user out of every group (vendor-apis 2.5, not confirmed). */
  readonly putWipesGroups: boolean;
  readonly defaultCount: number;
  readonly maxCount: number;
}

export const verbs = [
  'GET /Users',
  'GET /Users/:id',
  'POST /Users',
  'PUT /Users/:id',
  'PATCH /Users/:id',
  'DELETE /Users/:id',
  'GET /Groups',
  'GET /Groups/:id',
  'POST /Groups',
  'PUT /Groups/:id',
  'PATCH /Groups/:id',
  'DELETE /Groups/:id',
  'GET /ServiceProviderConfig',
  'GET /Schemas',
] as const;
export type Verb = (typeof verbs)[number];

/** RFC 7644 to the letter, where it has one. */
export const plainDialect: ScimDialect = {
  verbs,
  patchAnswer: 200,
  userFilters: ['id', 'userName', 'externalId', 'emails.value', 'emails', 'displayName', 'active'],
  groupFilters: ['id', 'displayName', 'externalId'],
  refusesFilter: 'invalidFilter',
  filterCase: 'ignore',
  filterIgnoredEvery: 0,
  missingExternalId: 'harmless',
  deletion: 'permanent',
  errorStatus: 'text',
  attributeCase: 'rfc',
  bareMemberRemove: 'wipes',
  valueArrayRemove: 'wipes',
  filterMemberRemove: 'accepted',
  ownedMembers: 'mutability',
  textBooleans: 'refused',
  patchForms: ['path', 'pathless', 'string'],
  otherPatchForms: 'ignored',
  operationCase: 'any',
  scimBodies: 'read',
  requestTypes: ['application/scim+json', 'application/json'],
  passwordRequired: false,
  usersShowGroups: true,
  staticEmptyGroups: false,
  abridgedRows: false,
  emptyMembers: 'shown',
  groupsForDisabled: 'accepted',
  putWipesGroups: false,
  defaultCount: 100,
  maxCount: 200,
};
