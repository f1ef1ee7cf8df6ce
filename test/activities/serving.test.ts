import { whoServes } from '../../activities/serving';
import type { Account } from '../../domain/account';
import type { Person } from '../../domain/person';
import type { ProvisionInput } from '../../domain/provisioning';

const person: Person = {
  id: 'e1042',
  username: 'ahansen',
  email: 'anna.hansen@acme.test',
  aliases: ['aeriksen', 'anna.eriksen@acme.test'],
};
const rule = { by: ['externalId', 'username', 'email'] as const, extraUsernames: ['{username}-adm'] };

interface Case {
  readonly desired: readonly string[];
  readonly there: readonly string[];
  readonly untouched?: readonly string[];
}

/** Desired name → the account that serves it; `-` for one that is to be made, `!` for one that must not be touched. */
function pairs({ desired, there, untouched = [] }: Case): Readonly<Record<string, string>> | string {
  const account = (username: string): Account => ({ id: `id-${username}`, username });
  const input = {
    ...{ target: 't', person, mode: 'full', links: [], protectedUsernames: [], renames: true, purpose: 'mover' },
    ...{
      desired: desired.map((username) => ({ target: 't', username, attributes: {}, grants: [], because: [] })),
    },
  } satisfies ProvisionInput;
  const finding = {
    ...{ accounts: there.map(account), tried: [] },
    untouched: untouched.map((username) => ({ account: account(username), why: 'is protected' })),
  };
  const serving = whoServes(input, finding, rule);
  if (serving.doubt !== undefined) return serving.doubt.reason;
  const shown = serving.pairs.map((pair) => [
    pair.desired.username,
    pair.account === undefined ? '-' : `${pair.isUntouchable ? '!' : ''}${pair.account.username}`,
  ]);
  return Object.fromEntries(shown) as Record<string, string>;
}

test.each<readonly [string, Case, Readonly<Record<string, string>> | string]>([
  ['nobody there: made', { desired: ['ahansen'], there: [] }, { ahansen: '-' }],
  ['the very name, case aside', { desired: ['ahansen'], there: ['AHansen'] }, { ahansen: 'AHansen' }],
  [
    'an address for a user name',
    { desired: ['ahansen'], there: ['anna.hansen@acme.test'] },
    { ahansen: 'anna.hansen@acme.test' },
  ],
  [
    'the very name before the address',
    { desired: ['ahansen'], there: ['anna.hansen@acme.test', 'ahansen'] },
    { ahansen: 'ahansen' },
  ],
  ['a former name', { desired: ['ahansen'], there: ['aeriksen'] }, { ahansen: 'aeriksen' }],
  [
    'a former name of a second account',
    { desired: ['ahansen', 'ahansen-adm'], there: ['aeriksen-adm', 'aeriksen'] },
    { ahansen: 'aeriksen', 'ahansen-adm': 'aeriksen-adm' },
  ],
  ['one account of another name, one wanted', { desired: ['ahansen'], there: ['x4711'] }, { ahansen: 'x4711' }],
  ['two accounts of other names: a person decides', { desired: ['ahansen'], there: ['x4711', 'x4712'] }, 'ambiguous'],
  [
    'one account of another name, two wanted: a person decides',
    { desired: ['ahansen', 'ahansen-adm'], there: ['x4711'] },
    'ambiguous',
  ],
  [
    'an everyday account never becomes the administrator’s',
    { desired: ['ahansen-adm'], there: ['ahansen'] },
    { 'ahansen-adm': '-' },
  ],
  ['nor the other way round', { desired: ['ahansen'], there: ['ahansen-adm'] }, { ahansen: '-' }],
  [
    'the second is made beside the first',
    { desired: ['ahansen', 'ahansen-adm'], there: ['ahansen'] },
    { ahansen: 'ahansen', 'ahansen-adm': '-' },
  ],
  [
    'a protected one is neither touched nor doubled',
    { desired: ['ahansen'], there: [], untouched: ['ahansen'] },
    { ahansen: '!ahansen' },
  ],
])('%s', (_what, given, wanted) => {
  expect(pairs(given)).toEqual(wanted);
});
