import { compile } from '../../policy/cel/compile';
import { isAlways } from '../../policy/cel/constant';
import { neverBecause } from '../../policy/cel/never';
import { factsOf } from '../../policy/facts';
import { fieldsWith } from '../../policy/person-field';
import { anna, at } from './sample';

const fields = fieldsWith(['level', 'badges', 'home']);
const read = (text: string) => compile({ text, fields, gives: ['bool'] });
const problemsOf = (text: string) => {
  const found = read(text);
  return 'problems' in found ? found.problems.map(({ message }) => message) : [];
};
const ask = (text: string, more: Record<string, unknown> = {}) => {
  const found = read(text);
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found.expression.evaluate(factsOf({ person: { ...anna, ...more }, at }));
};
const never = (text: string) => {
  const found = read(text);
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return neverBecause(found.expression.expr, (part) => isAlways(part, false));
};

describe('what a condition says of a person', () => {
  it.each([
    ['person.department == "Platform" && person.title in ["SRE", "DBA"]', true],
    ['person.email.endsWith("@acme.test") && !person.email.startsWith("ext-")', true],
    ['person.department.lowerAscii() == "platform"', true],
    ['person["title"] == "SRE"', true],
    ['has(person.sponsor) || person.id.matches("^e[0-9]{4}$")', true],
    ['person.level >= 3', true],
    ['person.level == 3 && person.level > 2.5', true],
    ['person.badges.exists(b, b.site == "oslo" && b.level > 1)', true],
    ['person.badges.all(b, has(b.site))', true],
    ['person.badges.filter(b, b.level > 1).size() == 1', true],
    ['person.home.city == "Oslo"', true],
    ['has(person.home.street)', false],
    ['now > timestamp("2026-02-01T00:00:00Z") && now < timestamp("2026-02-01T00:00:00Z") + duration("720h")', true],
    ['timestamp(person.contractEndsAt) - now > duration("24h")', true],
    ['now.getHours("Europe/Oslo") == 13', true],
    ['has(person.manager) ? person.manager == "e1001" : true', true],
    ['person.title == null', false],
  ])('%s', (text, value) => {
    const more = {
      ...{ level: 3, contractEndsAt: '2026-06-30T00:00:00Z', home: { city: 'Oslo', street: null } },
      badges: [
        { site: 'oslo', level: 2 },
        { site: 'rome', level: 1 },
      ],
    };
    expect(ask(text, more)).toEqual({ value });
  });

  it('looks at own fields only, whatever they are called', () => {
    const { home } = JSON.parse('{"home":{"__proto__":{"city":"Rome"},"constructor":"x"}}') as { home: object };
    expect(ask('has(person.home.city)', { home })).toEqual({ value: false });
    expect(ask('has(person.home.toString)', { home })).toEqual({ value: false });
    expect(ask('person.home.constructor == "x"', { home })).toEqual({ value: true });
  });

  it('ends soon, whatever the text and the pattern', () => {
    const started = process.hrtime.bigint();
    expect(ask('person.level.matches("^(a+)+$")', { level: `${'a'.repeat(20_000)}b` })).toEqual({ value: false });
    const many = Array.from({ length: 5_000 }, () => 'x');
    expect(ask('person.badges.exists(a, person.badges.exists(b, a != b))', { badges: many })).toEqual({ value: false });
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(50);
  });

  it('says what is absent, and is content with what it does not need', () => {
    expect(ask('person.sponsor == "a" && person.home.city == "b"')).toEqual({
      problem: expect.stringContaining('the person has no sponsor, no home.city'),
    });
    expect(ask('person.sponsor == "a" || person.title == "SRE"')).toEqual({ value: true });
    expect(ask('person.sponsor == "a" && person.title == "DBA"')).toEqual({ value: false });
  });
});

describe('what can never work is found when it is read', () => {
  it.each([
    ['', /is no CEL/],
    ['person.title = "SRE"', /is no CEL/],
    ['title == "SRE"', /there is no title here/],
    ['person.titel == "SRE"', /no field titel; did you mean title\?/],
    ['person["titel"] == "SRE"', /no field titel/],
    ['has(person.badge)', /no field badge/],
    ['person.title', /gives a text, and must give true or false/],
    ['person.title && true', /&& needs true or false, not a text/],
    ['!person.title', /! cannot be used with a text/],
    ['person.title > 3', /> cannot be used with a text and a number/],
    ['person.aliases == "x"', /a list never equals a text/],
    ['person.title in [1, 2]', /a text is never in a list of a number/],
    ['person.title in "SRE"', /in cannot be used with a text and a text/],
    ['person.title.name == "x"', /a text has nothing inside/],
    ['person.aliases["x"] == "y"', /a list is counted/],
    ['person.title.exists(x, true)', /a text cannot be gone through/],
    ['person.aliases.exists(x, x + 1 > 2)', /\+ cannot be used with a text and a number/],
    ['person.aliases.exists(x, x)', /\|\| needs true or false, not a text/],
    ['person.title ? true : false', /\? needs true or false, not a text/],
    ['person.title.replace("a", "b") == "x"', /there is no function replace/],
    ['fetch("x") == 1', /there is no function fetch/],
    ['now > "2026-01-01"', /> cannot be used with a time and a text/],
    ['now > timestamp("tomorrow")', /"tomorrow" is no time such as/],
    ['now - duration("3 days") < now', /"3 days" is no duration of CEL/],
    ['person.title.matches("(")', /"\(" is no regular expression/],
    ['Person{id: "x"} == person', /there is no type Person/],
    ['person.badges.all(a, person.badges.all(b, person.badges.all(c, a == c)))', /more than 2 loops/],
    [`person.title == "${'x'.repeat(2000)}"`, /longer than 2000/],
  ])('%s', (text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
  });

  it('finds all of it at once, each with its place', () => {
    expect(problemsOf('person.titel == 1 || nobody || person.id > 3')).toEqual([
      expect.stringMatching(/titel.*\(at character 7\)/),
      expect.stringMatching(/there is no nobody here.*\(at character 22\)/),
      expect.stringMatching(/> cannot be used.*\(at character 42\)/),
    ]);
  });
});

describe('conditions that match nobody', () => {
  it.each([
    'false',
    '1 > 2 || "a" == "b"',
    'person.title == "A" && 1 > 2',
    'person.title == "A" && person.title == "B"',
    '"A" == person.title && person.title != "A"',
    'person.title in ["A", "B"] && person.title in ["C"]',
    'person.title in ["A"] && !has(person.title) && person.title == "A"',
    '!has(person.title) && person.title == "A"',
    '(person.title == "A" && person.title == "B") || false',
    'person.externalIds.badge == "1" && person.externalIds["badge"] == "2"',
    'person.title in []',
  ])('%s', (text) => expect(never(text)).toMatch(/always false|cannot/));

  it.each([
    'person.title == "A" || person.title == "B"',
    'person.title == "A" && person.department == "B"',
    'person.title in ["A", "B"] && person.title == "B"',
    'person.title == "A" && has(person.title)',
    'person.title != "A" && person.title != "B"',
    'person.title == person.department && person.title == "A"',
    '(person.title == "A" && person.title == "B") || person.title == "C"',
    '!(person.title == "A" && person.title == "B")',
  ])('but not %s', (text) => expect(never(text)).toBeUndefined());
});
