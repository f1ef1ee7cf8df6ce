import { secondUsername, seedFrom, standInTypes } from '../../sandbox';

const people = Array.from({ length: 60 }, (_, index) => ({
  id: `e${index}`,
  username: `user${index}`,
  email: `user${index}@acme.test`,
  givenName: 'User',
  familyName: String(index),
}));
const seeds = seedFrom(people);

test('everybody has an account with a group and a session in every system, under the name used there', () => {
  for (const type of standInTypes) {
    expect(seeds[type]).toHaveLength(people.length);
    for (const one of seeds[type]) {
      expect(one.groups.length).toBeGreaterThan(0);
      expect(one.sessions).toBeGreaterThan(0);
    }
  }
  expect(seeds['beyondtrust-rest'][0]?.username).toBe('user0');
  expect(seeds['cyberark-identity-scim'][0]).toMatchObject({ username: 'user0@acme.test', displayName: 'User 0' });
});

test('the same people give the same accounts, whoever else is there', () => {
  expect(seedFrom(people)).toEqual(seeds);
  expect(seedFrom(people.slice(7, 8))['beyond-identity'][0]).toEqual(seeds['beyond-identity'][7]);
});

test('some have a second account, the same ones in every vault; the two surfaces of a tenant agree', () => {
  const second = (type: 'beyondtrust-rest' | 'cyberark-privilege-cloud' | 'cyberark-pam-self-hosted') =>
    seeds[type].flatMap((one) => one.extraUsernames ?? []);
  const names = second('beyondtrust-rest');
  expect(names.length).toBeGreaterThan(5);
  expect(names.length).toBeLessThan(40);
  expect(people.map((one) => secondUsername(one.username))).toEqual(expect.arrayContaining(names));
  expect(second('cyberark-privilege-cloud')).toEqual(names);
  expect(second('cyberark-pam-self-hosted')).toEqual(names);
  expect(seeds['delinea-rest']).toEqual(seeds['delinea-scim']);
});

test('people differ in groups and sessions', () => {
  const kinds = new Set(seeds['delinea-rest'].map((one) => JSON.stringify([one.groups, one.roles, one.sessions])));
  expect(kinds.size).toBeGreaterThan(5);
});
