import { timeBoxKey } from '../../domain/access';
import { anna, at, policyOf } from './sample';

const rules = (text: string, more = '') => policyOf(`access:\n${more}  rules:\n${text}`);
const asked = { person: anna, at, timeBoxes: {} };

describe('what a policy wants of a person', () => {
  it('adds the rules that match, with defaults, templates and every reason', () => {
    const policy = rules(
      `
    - { id: everybody, when: 'true', target: vault, grants: [{ kind: group, name: Vault Users }] }
    - id: platform
      when: has(person.department) && person.department == "Platform"
      target: vault
      account: { attributes: { location: '\\Platform', authenticationMethod: [AuthTypeRadius] } }
      grants: [{ kind: group, name: vault users }, { kind: group, name: Linux Operators, privileged: true }]
    - { id: finance, when: 'person.department == "Finance"', target: vault, grants: [{ kind: safe, name: Ledger }] }
    - id: admins
      when: person.title == "SRE"
      target: vault
      account: { username: '{username}-adm', attributes: { note: null } }
    - id: contractors
      when: 'true'
      unless: person.employmentType == "employee"
      target: delinea
`,
      `  defaults: { vault: { account: { attributes: { userType: EPVUser, note: 'of {givenName}' } } } }\n`,
    );
    expect(policy.desired(asked)).toEqual({
      accounts: [
        {
          target: 'vault',
          username: 'aeriksen',
          attributes: {
            authenticationMethod: ['AuthTypeRadius'],
            location: '\\Platform',
            note: 'of Anna',
            userType: 'EPVUser',
          },
          grants: [
            { kind: 'group', name: 'Linux Operators', privileged: true, because: ['platform'] },
            { kind: 'group', name: 'Vault Users', privileged: false, because: ['everybody', 'platform'] },
          ],
          because: ['everybody', 'platform'],
        },
        {
          target: 'vault',
          username: 'aeriksen-adm',
          attributes: { userType: 'EPVUser' },
          grants: [],
          because: ['admins'],
        },
      ],
      problems: [],
    });
    expect(policy.managed).toEqual([
      { target: 'vault', kind: 'group', name: 'vault users' },
      { target: 'vault', kind: 'group', name: 'Linux Operators' },
      { target: 'vault', kind: 'safe', name: 'Ledger' },
    ]);
  });

  it('cannot decide on a field that is absent, unless the condition asks for it first or does not need it', () => {
    const policy = rules(`
    - { id: bare, when: 'person.sponsor == "e1"', target: vault }
    - { id: guarded, when: 'has(person.sponsor) && person.sponsor == "e1"', target: vault }
    - { id: needless, when: 'person.sponsor == "e1" || true', target: delinea }
    - { id: template, when: 'true', target: delinea, account: { username: '{externalIds.badge}' } }
`);
    const { accounts, problems } = policy.desired(asked);
    expect(accounts.map(({ because }) => because)).toEqual([['needless']]);
    expect(problems).toEqual([
      'rule bare, when: the person has no sponsor: write has(person.sponsor) && … where that is fine, or have HR send it',
      'rule template on delinea: account: the person has no externalIds.badge: have HR send it',
    ]);
    expect(policy.desired({ ...asked, person: { ...anna, sponsor: null as never } }).problems).toHaveLength(2);
    expect(
      policy.desired({ ...asked, person: { ...anna, sponsor: 'e1', externalIds: { badge: 'b7' } } }),
    ).toMatchObject({
      accounts: [{ username: 'aeriksen' }, { username: 'b7' }, { username: 'aeriksen' }],
      problems: [],
    });
  });

  it('says so when two rules set one attribute differently, and which', () => {
    const policy = rules(`
    - { id: b, when: 'true', target: vault, account: { attributes: { userType: BasicUser } } }
    - { id: a, when: 'true', target: vault, account: { attributes: { userType: EPVUser } } }
    - { id: c, when: 'true', target: vault, account: { attributes: { userType: EPVUser } } }
`);
    expect(policy.desired(asked).problems).toEqual([
      'vault, account aeriksen: rules a, c and b set userType to different values',
    ]);
  });

  it('leaves out whom the policy excludes, where it excludes them', () => {
    const policy = rules(
      `    - { id: all, when: 'true', targets: all }\n`,
      `  exclude: [{ when: 'person.title == "SRE"', targets: [delinea], why: trial }]\n`,
    );
    expect(policy.desired(asked).accounts.map(({ target }) => target)).toEqual(['vault']);
  });
});

describe('grants with an end', () => {
  const policy = rules(`
    - id: trial
      when: 'true'
      target: vault
      grants:
        - { kind: group, name: Trial, for: P30D }
        - { kind: group, name: Audit, until: 2026-03-31 }
        - { kind: group, name: Contract, until: person.contractEndsAt }
        - { kind: group, name: Both, for: P30D, until: '2026-03-10T08:00:00Z' }
        - { kind: group, name: Stamp, until: 'timestamp("2026-04-01T00:00:00Z") + duration("24h")' }
`);
  const person = { ...anna, contractEndsAt: '2026-06-30' };
  const key = timeBoxKey({ rule: 'trial', target: 'vault', kind: 'group', name: 'Trial' });
  const endsOf = (question: Partial<Parameters<typeof policy.desired>[0]>) => {
    const { accounts, reviewAt } = policy.desired({ ...asked, person, ...question });
    return { ...Object.fromEntries((accounts[0]?.grants ?? []).map(({ name, until }) => [name, until])), reviewAt };
  };

  it('counts from the first day, and takes dates as the end of that day where the person is', () => {
    expect(endsOf({})).toEqual({
      Trial: '2026-03-31T12:00:00.000Z',
      Audit: '2026-03-31T22:00:00.000Z',
      Contract: '2026-06-30T22:00:00.000Z',
      Both: '2026-03-10T08:00:00.000Z',
      Stamp: '2026-04-02T00:00:00.000Z',
      reviewAt: '2026-03-10T08:00:00.000Z',
    });
    expect(endsOf({ timeBoxes: { [key]: '2026-02-20T00:00:00.000Z' } })).toMatchObject({
      Trial: '2026-03-22T00:00:00.000Z',
    });
  });

  it('does not want what is over, and keeps the account', () => {
    const later = { at: '2026-05-01T00:00:00.000Z', timeBoxes: { [key]: at } };
    expect(endsOf(later)).toEqual({
      Contract: '2026-06-30T22:00:00.000Z',
      reviewAt: '2026-06-30T22:00:00.000Z',
    });
    expect(
      policy.desired({ ...asked, person, at: '2027-01-01T00:00:00.000Z', timeBoxes: { [key]: at } }),
    ).toMatchObject({
      accounts: [{ username: 'aeriksen' }],
      problems: [],
    });
  });

  it('names the first days that have to be kept', () => {
    const access = policy.desired({ ...asked, person });
    expect(policy.timeBoxesOf(access)).toEqual([
      timeBoxKey({ rule: 'trial', target: 'vault', kind: 'group', name: 'Both' }),
      key,
    ]);
  });

  it('lasts as long as the longest of several rules', () => {
    const two = rules(`
    - { id: short, when: 'true', target: vault, grants: [{ kind: group, name: A, for: P10D, privileged: true }] }
    - { id: long, when: 'true', target: vault, grants: [{ kind: group, name: a, for: P20D }] }
    - { id: other, when: 'true', target: vault, grants: [{ kind: group, name: B, for: P10D }] }
    - { id: endless, when: 'true', target: vault, grants: [{ kind: group, name: B }] }
`);
    const { accounts, reviewAt } = two.desired(asked);
    expect(accounts[0]?.grants).toEqual([
      { kind: 'group', name: 'A', privileged: true, until: '2026-03-21T12:00:00.000Z', because: ['long', 'short'] },
      { kind: 'group', name: 'B', privileged: false, because: ['endless', 'other'] },
    ]);
    expect(reviewAt).toBe('2026-03-21T12:00:00.000Z');
  });

  it('looks again when a condition changes its answer with the time', () => {
    const timed = rules(`    - { id: soon, when: 'now >= timestamp("2026-07-01T02:00:00+02:00")', target: vault }\n`);
    expect(timed.desired(asked)).toEqual({ accounts: [], reviewAt: '2026-07-01T00:00:00.000Z', problems: [] });
    const then = timed.desired({ ...asked, at: '2026-07-01T00:00:00Z' });
    expect(then.accounts).toHaveLength(1);
    expect(then.reviewAt).toBeUndefined();
  });

  it('says what is wrong with an end that is no date', () => {
    const wrong = policy.desired({ ...asked, person: { ...anna, contractEndsAt: 'soon' } });
    expect(wrong.problems).toEqual(['rule trial on vault: group Contract, until: "soon" is no ISO 8601 date or time']);
  });
});
