import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { HrEvent } from '../../domain/event';
import type { PolicyTarget } from '../../policy/cross-check';
import { loadPolicy } from '../../policy/load';
import { seedFrom, standInTypes, type StandInType } from '../../sandbox/people';
import { inOslo } from './sample';

const sample = path.resolve(__dirname, '../../examples/acme');
const read = (name: string) => readFileSync(path.join(sample, name), 'utf8');

/** What the stand-ins have, by type: the names that turn up when many people are seeded. */
const people = Array.from({ length: 100 }, (_, index) => ({ id: `e${index}`, username: `u${index}`, email: 'a@b.c' }));
const seeds = seedFrom(people);
const namesOf = (type: StandInType, kind: string) =>
  new Set(seeds[type].flatMap(({ groups = [], roles = [] }) => (kind === 'role' ? roles : groups)));

const targets = (parse(read('tenure.yaml')) as { targets: { id: string; type: StandInType }[] }).targets;
const known: readonly PolicyTarget[] = targets.map(({ id, type }) => ({ id, type, kinds: ['group', 'role'] }));

describe('the policy of the sample company', () => {
  const loaded = loadPolicy(read('policy.yaml'), { targets: known, momentOf: inOslo });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 2));
  const { policy } = loaded;
  const events = read('hr-events.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as HrEvent);

  it('grants only what the stand-ins have', () => {
    expect(targets.every(({ type }) => standInTypes.includes(type))).toBe(true);
    const missing = policy.managed.filter(({ target, kind, name }) => {
      const type = targets.find(({ id }) => id === target)?.type;
      return type === undefined || !namesOf(type, kind).has(name);
    });
    expect(missing).toEqual([]);
  });

  it('decides on everybody of the sample, and gives everybody something', () => {
    for (const { data } of events) {
      const access = policy.desired({ person: data.person, at: '2026-03-04T08:00:00Z', timeBoxes: {} });
      expect(access.problems).toEqual([]);
      expect(access.accounts.length).toBeGreaterThan(1);
    }
  });

  it('gives an SRE a second account and a contractor nothing in the data centre', () => {
    const of = (id: string) => events.find(({ subject }) => subject === id)?.data.person ?? { id };
    const accountsOf = (id: string) =>
      policy
        .desired({ person: of(id), at: '2026-03-04T08:00:00Z', timeBoxes: {} })
        .accounts.map(({ target, username }) => `${target} ${username}`);
    expect(accountsOf('e1042')).toContain('vault-eu aeriksen-adm');
    expect(accountsOf('e1042')).toContain('vault-dc1 aeriksen');
    expect(accountsOf('e1051').filter((one) => /vault-dc1|delinea/.test(one))).toEqual([]);
  });

  it('has nothing in it that is hardly meant', () => {
    expect(policy.remarks('2026-03-04T08:00:00Z')).toEqual([]);
  });
});
