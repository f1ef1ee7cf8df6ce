import { fillAttributes, readAttributes } from '../../policy/attributes';
import { factsOf } from '../../policy/facts';
import { fieldsWith } from '../../policy/person-field';
import { readTemplate } from '../../policy/template';
import { anna, at } from './sample';

const fields = fieldsWith(['costCentre']);
const fill = (text: string, more: Record<string, unknown> = {}) => {
  const found = readTemplate(text, fields);
  return 'problems' in found ? found : found.template.fill(factsOf({ person: { ...anna, ...more }, at }));
};

describe('templates', () => {
  it.each([
    ['{username}-adm', 'aeriksen-adm'],
    ['{ givenName } {familyName}', 'Anna Eriksen'],
    ['{{{username}}}', '{aeriksen}'],
    ['{externalIds.badge}', 'b7'],
    ['{costCentre}', '4711'],
    ['plain', 'plain'],
    ['', ''],
  ])('%s', (text, filled) =>
    expect(fill(text, { externalIds: { badge: 'b7' }, costCentre: 4711 })).toEqual({ text: filled }),
  );

  it.each([
    ['{sponsor}', /no sponsor/, {}],
    ['{costCentre}', /is no text/, { costCentre: { id: 1 } }],
    ['{title}', /control characters/, { title: 'a\nb' }],
    ['{title}', /no title/, { title: '' }],
  ])('%s cannot be filled: %s', (text, message, more: object) =>
    expect(fill(text, { ...more })).toEqual({ problem: expect.stringMatching(message) }),
  );

  it.each([
    ['{user}', /no field user/],
    ['{aliases}', /is a list/],
    ['{externalIds}', /name one/],
    ['{title.first}', /has nothing inside/],
    ['{username', /a \{ alone/],
    ['username}', /a \} alone/],
    ['{}', /no field/],
  ])('%s is refused', (text, message) => expect(fill(text)).toEqual({ problems: [expect.stringMatching(message)] }));
});

describe('attributes', () => {
  it('are filled in wherever a text stands, and keep what is no text', () => {
    const { attributes, problems } = readAttributes(
      {
        a: '{username}',
        b: [1, true, { c: '{title}', d: null }],
        changePassOnNextLogon: true,
        passwordNeverExpires: false,
      },
      fields,
    );
    expect(problems).toEqual([]);
    expect(fillAttributes(attributes, factsOf({ person: anna, at })).values).toEqual({
      a: 'aeriksen',
      b: [1, true, { c: 'SRE', d: null }],
      changePassOnNextLogon: true,
      passwordNeverExpires: false,
    });
  });

  it('hold no secrets, and nothing that Tenure sets itself', () => {
    const wrong = {
      initialPassword: 'x',
      enableUser: false,
      groups: [],
      userName: 'x',
      active: true,
      n: NaN,
      d: ['{x}'],
    };
    const { problems } = readAttributes(wrong, fields);
    expect(problems.map(({ path }) => path.join('.'))).toEqual([
      ...['initialPassword', 'enableUser', 'groups', 'userName', 'active', 'n', 'd.0'],
    ]);
  });
});
