import fc from 'fast-check';
import type { Person } from '../../domain/person';
import { knownFields } from '../../policy/person-field';
import { loadPolicy } from '../../policy/load';
import { anna, at, inOslo, policyOf, targets } from './sample';

const names = Object.keys(knownFields);
/** Anything that could come out of a JSON parser, and things that could not, under the names that policies read. */
const anyPerson = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...names), fc.anything({ withBigInt: true, withDate: true, withMap: true })),
    fc.dictionary(fc.string(), fc.anything()),
  )
  .map(([known, more]): Person => ({ ...more, ...known, id: 'e1' }));

/** A person of the right shape, fields there or not. */
const likelyPerson = fc.record(
  {
    id: fc.constant('e1'),
    username: fc.constantFrom('aeriksen', 'AEriksen', ''),
    department: fc.constantFrom('Platform', 'Finance'),
    title: fc.constantFrom('SRE', 'Analyst'),
    aliases: fc.array(fc.constantFrom('old', 'older')),
    contractEndsAt: fc.constantFrom('2026-06-30', '2020-01-01', 'soon'),
  },
  { requiredKeys: ['id'] },
) as fc.Arbitrary<Person>;

const conditions = [
  'true',
  'has(person.department) && person.department == "Platform"',
  'person.title == "SRE"',
  'has(person.aliases) && person.aliases.exists(x, x.startsWith("old"))',
  'now >= timestamp("2026-05-01T00:00:00Z")',
  'has(person.title) ? person.title.lowerAscii() == "sre" : false',
];
const anyRule = fc.record(
  {
    when: fc.constantFrom(...conditions),
    unless: fc.constantFrom(...conditions.slice(1)),
    target: fc.constantFrom('vault', 'delinea'),
    account: fc.record(
      {
        username: fc.constantFrom('{username}', '{username}-adm'),
        attributes: fc.dictionary(fc.constantFrom('userType', 'location'), fc.constantFrom('a', '{title}', null)),
      },
      { requiredKeys: [] },
    ),
    grants: fc.array(
      fc.record(
        {
          name: fc.constantFrom('Users', 'users', 'Admins'),
          privileged: fc.boolean(),
          for: fc.constantFrom('P10D', 'P90D'),
          until: fc.constantFrom('2026-06-30', 'person.contractEndsAt', '2020-01-01'),
        },
        { requiredKeys: ['name'] },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['when', 'target'] },
);
const anyRules = fc.array(anyRule, { minLength: 1, maxLength: 6 }).map((rules) =>
  rules
    .filter(({ when, unless }) => when !== unless)
    .map((rule, index) => ({
      ...rule,
      id: `r${index}`,
      grants: (rule.grants ?? []).map((grant) => ({ ...grant, kind: rule.target === 'vault' ? 'group' : 'role' })),
    })),
);
const policyWith = (rules: readonly unknown[]) => policyOf(JSON.stringify({ access: { rules } }));

describe('whatever comes', () => {
  it('asking a policy never throws, and always gives an answer that JSON can carry', () => {
    fc.assert(
      fc.property(anyRules, fc.oneof(anyPerson, likelyPerson), (rules, person) => {
        const { access, traces } = policyWith(rules).explain({ person, at, timeBoxes: {} });
        expect(traces).toHaveLength(rules.length);
        expect(JSON.parse(JSON.stringify(access))).toEqual(access);
      }),
      { numRuns: 100 },
    );
  });

  it('the order of rules means nothing', () => {
    const shuffled = anyRules.chain((rules) =>
      fc.tuple(
        fc.constant(rules),
        fc.shuffledSubarray([...rules], { minLength: rules.length, maxLength: rules.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, likelyPerson, ([rules, others], person) => {
        const question = { person, at, timeBoxes: {} };
        expect(policyWith(others).desired(question)).toEqual(policyWith(rules).desired(question));
      }),
      { numRuns: 60 },
    );
  });

  it('a further rule takes no account and no grant away', () => {
    const grantsOf = (rules: readonly unknown[], person: Person) =>
      policyWith(rules)
        .desired({ person, at, timeBoxes: {} })
        .accounts.flatMap(({ target, username, grants }) => [
          `${target} ${username.toLowerCase()}`,
          ...grants.map(({ kind, name }) => `${target} ${username} ${kind} ${name}`.toLowerCase()),
        ]);
    fc.assert(
      fc.property(anyRules, likelyPerson, (rules, person) => {
        const more = grantsOf(rules, person);
        for (const one of grantsOf(rules.slice(1), person)) expect(more).toContain(one);
      }),
      { numRuns: 60 },
    );
  });

  it('a later moment only ends time-boxed grants', () => {
    const rule = { id: 'r', when: 'true', target: 'vault', grants: [{ kind: 'group', name: 'A', for: 'P30D' }] };
    const policy = policyWith([rule]);
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), (days) => {
        const later = new Date(Date.parse(at) + days * day).toISOString();
        const [account] = policy.desired({ person: anna, at: later, timeBoxes: { 'r|vault|group|a': at } }).accounts;
        expect(account?.grants.map(({ name }) => name)).toEqual(days < 30 ? ['A'] : []);
      }),
    );
  });

  it('reading a policy never throws, be it text or nearly a policy', () => {
    const nearly = fc.record(
      {
        leaver: fc.anything(),
        joiner: fc.anything(),
        access: fc.oneof(
          fc.anything(),
          fc.record(
            {
              personFields: fc.anything(),
              defaults: fc.anything(),
              exclude: fc.oneof(fc.anything(), fc.array(fc.record({ when: fc.string(), targets: fc.anything() }))),
              rules: fc.array(
                fc.oneof(
                  fc.anything(),
                  fc.record({ id: fc.anything(), when: fc.string(), target: fc.anything(), grants: fc.anything() }),
                ),
              ),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      nearly.map((value) => JSON.stringify(value) ?? ''),
    );
    fc.assert(
      fc.property(text, (one) => {
        const loaded = loadPolicy(one, { targets, momentOf: inOslo });
        expect('policy' in loaded || loaded.problems.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('conditions of any text are read or refused, and what is read is asked without throwing', () => {
    const piece = fc.constantFrom(
      ...['person', '.', 'title', 'department', 'now', '"a"', '1', '1.5', '==', '&&', '||', '!', '(', ')', '[', ']'],
      ...['has(', 'size(', 'in', ',', '.exists(x,', 'x', '?', ':', '+', '<', 'timestamp(', '.matches(', 'null', '{}'],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join(' ')),
        ),
        likelyPerson,
        (when, person) => {
          const rules = [{ id: 'r', when, target: 'vault' }];
          const loaded = loadPolicy(JSON.stringify({ access: { rules } }), { targets, momentOf: inOslo });
          if ('policy' in loaded) expect(() => loaded.policy.desired({ person, at, timeBoxes: {} })).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });
});
