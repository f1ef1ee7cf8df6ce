import { anna, at, policyOf, problemsOf } from './sample';

describe('reading a policy', () => {
  it('lists every problem with its line, whatever else is wrong', () => {
    const text = `
joiner: { lead: 3 days }
colour: green
access:
  defaults:
    nowhere: { account: { username: alice } }
  exclude:
    - { when: 'person.nickname == "x"', targets: [vault, moon] }
  rules:
    - id: one
      when: person.department ==
      target: vault
    - id: one
      when: person.department == 3
      unless: 'true'
      target: attic
      account:
        username: '{user}'
        attributes: { password: secret, location: '{title}', note: '{' }
      grants:
        - { kind: role, name: Admin, for: PT0S }
        - { kind: group, name: '{department} people', until: 2026-02-31 }
    - id: two
      when: |
        person.title == "SRE" &&
        person.departement == "Platform"
      targets: [delinea]
      grants: [{ kind: group, name: Users, until: size(person.title) }]
    - id: three
      when: 'person.title == "A" && person.title in ["B", "C"]'
      account: { usrname: x }
    - id: four
      when: person.id == "a"
      unless: 'person.id  == "a"'
      target: vault
      targets: [vault]
`;
    expect(problemsOf(text)).toEqual([
      '2 joiner.lead: must be an ISO 8601 duration such as P30D, PT4H or PT0.2S',
      '3 colour: is no key that is known here',
      '6 access.defaults.nowhere.account.username: is the same for everybody: name a field of the person, as in {username}',
      '6 access.defaults.nowhere: no target has the id nowhere; there are vault, delinea',
      '8 access.exclude.0.when: a person has no field nickname; a field of your own HR system is named in access.personFields (at character 7)',
      '8 access.exclude.0.targets.1: no target has the id moon; there are vault, delinea',
      '11 access.rules.0.when: is no CEL: found = but expecting end of input, at character 19',
      '13 access.rules.1.id: one is the name of another rule already: explanations and time-boxes go by it',
      '14 access.rules.1.when: a text never equals a number (at character 19)',
      '15 access.rules.1.unless: excepts everybody: the rule can never match',
      '16 access.rules.1.target: no target has the id attic; there are vault, delinea',
      '18 access.rules.1.account.username: {user}: a person has no field user; a field of your own HR system is named in access.personFields',
      '19 access.rules.1.account.attributes.password: password is a secret: Tenure makes first passwords itself and keeps none',
      '19 access.rules.1.account.attributes.note: has a { alone: write {field}, or {{ for a brace',
      '21 access.rules.1.grants.0.for: must be more than nothing and at most 100 years',
      '22 access.rules.1.grants.1.name: takes no templates: what a policy manages must be known beforehand; write one rule for each',
      '22 access.rules.1.grants.1.until: "2026-02-31" is no ISO 8601 date or time',
      '26 access.rules.2.when: a person has no field departement; did you mean department? A field of your own HR system is named in access.personFields (at character 7)',
      '28 access.rules.2.grants.0.until: gives a number, and must give a text or a time (at character 1)',
      '28 access.rules.2.grants.0.kind: delinea (delinea-rest) has no group to grant, only role (give the tenant’s SCIM surface as `scim`)',
      '29 access.rules.3: says not where: give target or targets',
      '30 access.rules.3.when: can never match: person.title cannot have all of these values at once',
      '31 access.rules.3.account.usrname: is no key that is known here',
      '32 access.rules.4: give target or targets, not both',
      '34 access.rules.4.unless: is the same as when: the rule can never match',
    ]);
  });

  it('names what is no YAML by its line', () => {
    expect(problemsOf('access:\n  rules: [\n')).toEqual([expect.stringMatching(/^[23] : /)]);
    expect(problemsOf('access: &a\n  rules: *b\n')[0]).toMatch(/Unresolved alias/);
  });

  it('takes an empty text and a policy of leavers alone: they say nothing of access', () => {
    for (const text of ['', 'leaver: { retention: P90D }']) {
      const policy = policyOf(text);
      expect(policy.isGiven).toBe(false);
      expect(policy.desired({ person: anna, at, timeBoxes: {} })).toEqual({ accounts: [], problems: [] });
      expect(policy.managed).toEqual([]);
    }
    expect(policyOf('').hash).not.toBe(policyOf('leaver: { retention: P90D }').hash);
  });

  it('has the hash of its meaning as JSON, not of its text', () => {
    const one = policyOf('access: { rules: [{ id: a, when: "true", target: vault }] }');
    const same = policyOf('# the same\naccess:\n  rules:\n    - { target: vault, id: a, when: "true" }\n');
    expect(same.hash).toBe(one.hash);
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes the approvers of privileged grants from those of deletion when it names none', () => {
    const deletion = 'leaver: { deletion: { approvers: { count: 2, minStrength: token } } }';
    expect(policyOf(deletion).approval).toEqual({ approvers: { count: 2, minStrength: 'token' }, window: 'P7D' });
    const own = `${deletion}\napprovers: { count: 1 }\napprovalWindow: P2D`;
    expect(policyOf(own).approval).toEqual({ approvers: { count: 1, minStrength: 'principal' }, window: 'P2D' });
  });
});
