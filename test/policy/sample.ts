import { momentOf } from '../../activities/moment';
import type { Person } from '../../domain/person';
import type { PolicyTarget } from '../../policy/cross-check';
import type { MomentOf } from '../../policy/grant';
import { loadPolicy } from '../../policy/load';
import type { LoadedPolicy } from '../../policy/open';

export const targets: readonly PolicyTarget[] = [
  { id: 'vault', type: 'cyberark-privilege-cloud', kinds: ['group', 'safe'] },
  {
    id: 'delinea',
    type: 'delinea-rest',
    kinds: ['role'],
    unsupported: { group: 'give the tenant’s SCIM surface as `scim`' },
  },
];

export const inOslo: MomentOf = ({ text, person }) => momentOf({ text, person, defaultTimeZone: 'Europe/Oslo' });

export const anna: Person = {
  id: 'e1042',
  username: 'aeriksen',
  email: 'anna.eriksen@acme.test',
  givenName: 'Anna',
  familyName: 'Eriksen',
  department: 'Platform',
  title: 'SRE',
  employmentType: 'employee',
  timeZone: 'Europe/Oslo',
};

export const at = '2026-03-01T12:00:00.000Z';

/** The policy of a text that has nothing wrong with it. */
export function policyOf(text: string): LoadedPolicy {
  const loaded = loadPolicy(text, { targets, momentOf: inOslo });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 2));
  return loaded.policy;
}

/** `line path: message` of everything wrong with a text. */
export function problemsOf(text: string): readonly string[] {
  const loaded = loadPolicy(text, { targets, momentOf: inOslo });
  if (!('problems' in loaded)) return [];
  return loaded.problems.map(({ line, path, message }) => `${line ?? '?'} ${path}: ${message}`);
}
