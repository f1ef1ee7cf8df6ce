import type { StandInType } from '../sandbox';
import type { ContainmentStep } from './http/recording';

/** What a step must ask a vendor, at least, and why no less will do. */
interface Need {
  readonly request: string;
  readonly times: number;
  readonly why: string;
}

/** What the leaver of the recording had, and how often the list of live things had to be read. */
export interface Circumstance {
  readonly groups: number;
  readonly ended: number;
  readonly polls: number;
}

const once = (request: string, why: string): Need => ({ request, times: 1, why });

const scimSearch: Need = {
  request: 'GET /Users?filter=externalId, ?filter=userName',
  times: 2,
  why: 'two keys; `or` is in no vendor’s list of filters',
};
const wholeUser = once('GET user', 'the row of a search is not the whole record, and a full PUT needs it');
const readBack = once('GET user', 'read back: an answer to a write proves nothing');

type Needs = (circumstance: Circumstance) => readonly Need[];
type StepNeeds = Readonly<Record<ContainmentStep, Needs>>;

/** SCIM where a user's record lists the groups. */
const scimWithGroups: StepNeeds = {
  disableAccounts: () => [scimSearch, once('PATCH user', 'disable'), readBack],
  stripEntitlements: ({ groups }) => [
    once('GET user', 'groups and roles as they are now'),
    { request: 'PATCH group', times: groups, why: 'members are removed group by group' },
    readBack,
  ],
  drainSessions: () => [scimSearch],
};

const cyberArkVault: StepNeeds = {
  disableAccounts: () => [once('GET Users?Search', 'find'), wholeUser, once('PUT user', 'disable'), readBack],
  stripEntitlements: ({ groups }) => [
    once('GET user', 'groups as they are now'),
    { request: 'DELETE member', times: groups, why: 'members are removed group by group' },
    readBack,
  ],
  drainSessions: ({ polls, ended }) => [
    { request: 'GET LiveSessions', times: polls, why: 'every poll' },
    { request: 'POST Terminate', times: ended, why: 'each session' },
    once('GET Users?Search', 'the last poll looks once more for accounts'),
    once('GET user', 'and whether they are still disabled and stripped: not in the row'),
  ],
};

export const leastRequests: Readonly<Record<StandInType, StepNeeds>> = {
  'beyondtrust-rest': {
    disableAccounts: () => [
      once('GET users?username', 'find'),
      once('GET groups', 'the before-image: the user’s record holds group ids alone'),
      wholeUser,
      once('PUT user', 'disable'),
      readBack,
    ],
    stripEntitlements: () => [
      once('GET user', 'the full PUT needs the record as it is now'),
      once('GET groups', 'which groups a directory owns is not in the user’s record'),
      once('PUT user', 'all groups at once'),
      readBack,
    ],
    drainSessions: () => [once('GET users?username', 'no sessions here; the last look, groups are in the row')],
  },
  'beyondtrust-scim': {
    disableAccounts: () => [
      scimSearch,
      once('GET Groups', 'the before-image: users do not list their groups'),
      once('PATCH user', 'disable'),
      readBack,
    ],
    stripEntitlements: ({ groups }) => [
      once('GET user', 'roles and entitlements as they are now'),
      once('GET Groups', 'users do not list their groups'),
      { request: 'PATCH group', times: groups, why: 'members are removed group by group' },
      once('GET Groups', 'read back'),
    ],
    drainSessions: () => [scimSearch, once('GET Groups', 'the last look: groups that came back')],
  },
  'beyond-identity': {
    disableAccounts: () => [
      once('GET identities?filter', 'find; the row is the whole record'),
      once('GET listGroups', 'the before-image'),
      once('GET resource-servers', 'roles are listed by resource server'),
      once('GET listRoles', 'the before-image'),
      once('PATCH identity', 'suspend'),
      readBack,
    ],
    stripEntitlements: ({ groups }) => [
      once('GET listGroups', 'groups as they are now'),
      once('GET resource-servers', 'roles are listed by resource server'),
      once('GET listRoles', 'roles as they are now'),
      { request: 'POST deleteMembers', times: groups, why: 'members are removed group by group' },
      once('GET listGroups', 'read back'),
    ],
    drainSessions: ({ polls, ended }) => [
      { request: 'GET credential-binding-jobs', times: polls, why: 'every poll: a pending enrolment makes a passkey' },
      { request: 'GET credentials', times: polls, why: 'every poll' },
      { request: 'POST revoke', times: ended, why: 'each passkey' },
      once('GET identities?filter', 'the last poll looks once more for accounts'),
      once('GET listGroups', 'and for groups'),
      once('GET resource-servers', 'roles are listed by resource server'),
      once('GET listRoles', 'and for roles'),
    ],
  },
  'cyberark-privilege-cloud': cyberArkVault,
  'cyberark-pam-self-hosted': cyberArkVault,
  'cyberark-identity-scim': scimWithGroups,
  'delinea-rest': {
    disableAccounts: () => [
      once('GET users?filter', 'find'),
      once('GET user', 'the row of a search is abridged: the before-image needs the record'),
      once('GET SCIM Users?filter', 'the before-image: groups, which REST does not show'),
      once('PATCH user', 'disable'),
      readBack,
    ],
    stripEntitlements: ({ groups }) => [
      once('GET user', 'roles as they are now'),
      once('GET SCIM Users?filter', 'groups as they are now'),
      { request: 'PATCH SCIM group', times: groups, why: 'members are removed group by group' },
      once('GET SCIM user', 'read back'),
    ],
    drainSessions: ({ polls, ended }) => [
      { request: 'GET sessions', times: polls, why: 'every poll' },
      { request: 'POST terminate', times: ended, why: 'each session' },
      once('GET users?filter', 'the last poll looks once more for accounts'),
      once('GET user', 'the row is abridged: enabled and roles'),
      once('GET SCIM Users?filter', 'and for groups'),
    ],
  },
  'delinea-scim': scimWithGroups,
};

export function countLeast(type: StandInType, step: ContainmentStep, circumstance: Circumstance): number {
  return leastRequests[type][step](circumstance).reduce((sum, need) => sum + need.times, 0);
}
