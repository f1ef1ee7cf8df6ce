import type { SeedPerson, StandInType } from '../sandbox';
import type { Job } from './company';
import type { Stage } from './stage';

/** Systems whose accounts are given a role besides a group. */
const withRoles: readonly StandInType[] = ['beyond-identity', 'delinea-rest'];
const vaults: readonly StandInType[] = ['cyberark-privilege-cloud', 'cyberark-pam-self-hosted'];

interface Place extends Job {
  readonly group: string;
  readonly role: string;
  /** Something that BeyondTrust keeps of an account and that differs from place to place. */
  readonly locale: string;
}

/** Two places that share no entitlement but the one that everybody has, so that a mover loses and gains everywhere. */
export const platform: Place = {
  ...{ department: 'Platform', title: 'Engineer', locale: 'nb-NO' },
  ...{ group: 'Operators', role: 'Reader' },
};
export const sales: Place = {
  ...{ department: 'Sales', title: 'Buyer', locale: 'en-GB' },
  ...{ group: 'Network', role: 'Auditor' },
};
/** Here policy gives nothing at all: who comes here keeps no account. */
export const nowhere: Job = { department: 'Nowhere', title: 'Guest' };
const everybody = 'Everybody';

/** Accounts on all eight systems, with the attributes that vendors ask for, and entitlements by department. */
export const accessPolicy = {
  defaults: {
    'beyondtrust-rest': { account: { attributes: { account_type: 'local' } } },
    ...Object.fromEntries(
      vaults.map((id) => [id, { account: { attributes: { userType: 'EPVUser', location: '\\{department}' } } }]),
    ),
  },
  rules: [
    {
      id: 'everybody',
      when: `person.department != "${nowhere.department}"`,
      targets: 'all',
      grants: [{ kind: 'group', name: everybody }],
    },
    ...[platform, sales].flatMap(rulesOf),
  ],
};

function rulesOf({ department, group, role, locale }: Place) {
  const when = `person.department == "${department}"`;
  return [
    { id: `${department}-groups`, when, targets: 'all', grants: [{ kind: 'group', name: group }] },
    { id: `${department}-roles`, when, targets: withRoles, grants: [{ kind: 'role', name: role }] },
    { id: `${department}-locale`, when, target: 'beyondtrust-rest', account: { attributes: { locale } } },
  ];
}

/** Policy can give only what is there: a colleague who holds all of it brings it into every system. */
export function seedEntitlements(stage: Stage): void {
  const username = 'colleague@acme.test';
  const colleague: SeedPerson = {
    ...{ id: 'colleague', username, email: username, displayName: 'A Colleague', sessions: 0 },
    groups: [everybody, platform.group, sales.group],
    roles: [platform.role, sales.role],
  };
  stage.vendors.seed([colleague]);
}

/** The systems are asked themselves: a count of steps that did nothing would prove nothing. */
export function mustHold(stage: Stage, { username }: SeedPerson, place: Place): void {
  for (const [target, standIn] of stage.vendors.standIns) {
    const account = standIn.account(username);
    const roles = withRoles.includes(target) ? [place.role] : [];
    const isSo =
      account?.enabled === true && isSame(account.groups, [everybody, place.group]) && isSame(account.roles, roles);
    if (!isSo)
      throw new Error(`${username} does not have what ${place.department} has: ${target} ${JSON.stringify(account)}`);
  }
}

/** Kept, and of no use any more. */
export function mustHoldNothing(stage: Stage, { username }: SeedPerson): void {
  for (const [target, standIn] of stage.vendors.standIns) {
    const account = standIn.account(username);
    const isSo =
      account?.enabled === false && !account.deleted && isSame(account.groups, []) && isSame(account.roles, []);
    if (!isSo) throw new Error(`${username} is not contained on ${target}: ${JSON.stringify(account)}`);
  }
}

function isSame(names: readonly string[], wanted: readonly string[]): boolean {
  return [...names].sort().join('\n') === [...wanted].sort().join('\n');
}
