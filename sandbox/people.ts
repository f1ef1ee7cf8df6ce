import { createHash } from 'node:crypto';
import type { SeedPerson } from './core';

export const standInTypes = [
  'beyondtrust-rest',
  'beyondtrust-scim',
  'beyond-identity',
  'cyberark-privilege-cloud',
  'cyberark-pam-self-hosted',
  'cyberark-identity-scim',
  'delinea-rest',
  'delinea-scim',
] as const;
/** The eight systems that have a stand-in. */
export type StandInType = (typeof standInTypes)[number];

/** As much of a person as an account needs. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly displayName?: string | undefined;
}

interface System {
  /** Where people are called by their e-mail address. */
  readonly named: 'username' | 'email';
  readonly groups: readonly [string, ...string[]];
  readonly roles?: readonly [string, ...string[]];
  /** A second account for privileged work exists here. */
  readonly secondAccounts: boolean;
}

const DELINEA: System = {
  named: 'email',
  groups: ['Platform Users', 'Vault Contributors', 'Server Admins', 'Break Glass Reviewers'],
  roles: ['User', 'Vault Admin', 'Auditor'],
  secondAccounts: false,
};
const VAULT: System = {
  named: 'username',
  groups: ['Vault Users', 'Linux Operators', 'Database Operators', 'Network Operators'],
  secondAccounts: true,
};

const SYSTEMS: Readonly<Record<StandInType, System>> = {
  'beyondtrust-rest': {
    named: 'username',
    groups: ['Jump Users', 'Windows Admins', 'Vendor Access'],
    secondAccounts: true,
  },
  'beyondtrust-scim': { named: 'email', groups: ['Remote Support', 'Access Console'], secondAccounts: false },
  'beyond-identity': {
    named: 'email',
    groups: ['Passwordless Users', 'Workforce Apps'],
    roles: ['Realm Reader', 'Realm Support'],
    secondAccounts: false,
  },
  'cyberark-privilege-cloud': VAULT,
  'cyberark-pam-self-hosted': VAULT,
  'cyberark-identity-scim': {
    named: 'email',
    groups: ['Everybody', 'Privilege Cloud Users', 'Portal Admins'],
    secondAccounts: false,
  },
  'delinea-rest': DELINEA,
  // The same tenant, so the same accounts.
  'delinea-scim': DELINEA,
};

/** The name of somebody's second account, where there is one: `correlation.extraUsernames: ["{username}-adm"]`. */
export function secondUsername(username: string): string {
  return `${username}-adm`;
}

/**
 * What each system knows of these people: an account for everyone, for about a third a second one in the vaults and on the
 * BeyondTrust appliance, groups, roles, live sessions. The same people always give the same accounts.
 */
export function seedFrom(people: readonly Person[]): Record<StandInType, readonly SeedPerson[]> {
  const seeds = {} as Record<StandInType, readonly SeedPerson[]>;
  for (const type of standInTypes) seeds[type] = people.map((person) => seedOne(person, SYSTEMS[type]));
  return seeds;
}

function seedOne(person: Person, system: System): SeedPerson {
  const { id, username, email, givenName, familyName } = person;
  const isPrivileged = throwDie(3, id, 'second account') === 0;
  return {
    id,
    username: system.named === 'email' ? email : username,
    email,
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
    displayName: person.displayName ?? ([givenName, familyName].filter(Boolean).join(' ') || username),
    ...(system.secondAccounts && isPrivileged ? { extraUsernames: [secondUsername(username)] } : {}),
    groups: pick(system.groups, id, 'group'),
    ...(system.roles === undefined ? {} : { roles: pick(system.roles, id, 'role') }),
    sessions: 1 + throwDie(3, id, 'sessions'),
  };
}

/** The first one, which everybody has, and about every second of the others. */
function pick([first, ...others]: readonly [string, ...string[]], id: string, what: string): readonly string[] {
  return [first, ...others.filter((name) => throwDie(2, id, what, name) === 0)];
}

function throwDie(sides: number, ...words: readonly string[]): number {
  return createHash('sha256').update(words.join('\u0000')).digest().readUInt32BE(0) % sides;
}
