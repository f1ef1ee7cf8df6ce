import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openStore } from '../../store/open-store';
import { newDesk, type Desk } from './rig';

const config = `
store: { url: 'sqlite:tenure.db' }
defaultTimeZone: Europe/Oslo
policyFile: policy.yaml
targets:
  - { id: vault, type: cyberark-privilege-cloud, baseUrl: 'https://vault.acme.test/api', auth: { token: '\${env:T}' } }
  - { id: passkeys, type: beyond-identity, baseUrl: 'https://idp.acme.test/v1', auth: { token: '\${env:T}' } }
`;
const policy = `
access:
  defaults: { vault: { account: { attributes: { userType: EPVUser } } } }
  exclude: [{ when: 'person.id == "e2"', targets: [passkeys], why: on trial }]
  rules:
    - { id: all, when: 'true', targets: all }
    - id: platform
      when: has(person.department) && person.department == "Platform"
      unless: person.id == "e3"
      target: vault
      grants: [{ kind: group, name: Linux, privileged: true, for: P30D }, { kind: group, name: Old, until: 2020-01-01 }]
`;
const broken =
  'access:\n  rules:\n    - { id: a, when: person.id ==, target: vault }\n    - { id: a, when: "true", target: moon }\n';
const anna = { id: 'e1', username: 'anna', displayName: 'Anna', department: 'Platform' };

let desk: Desk;
const write = (name: string, text: string) => writeFileSync(path.join(desk.cwd, name), text);
beforeEach(() => {
  desk = newDesk();
  write('tenure.yaml', config);
  write('policy.yaml', policy);
});
afterEach(() => desk.remove());

describe('tenure policy check', () => {
  it('says that nothing is wrong, and what is hardly meant', async () => {
    const { code, out } = await desk.run('policy check');
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /tenure\.yaml: nothing is wrong: 2 rules, 2 entitlements managed, hash [0-9a-f]{64}\n {2}note: rule platform: group Old ended on 2020-01-01/,
      ),
    });
  });

  it('says which accounts a leaver would not find', async () => {
    write(
      'adm.yaml',
      `access: { rules: [{ id: adm, when: 'true', target: vault, account: { username: '{username}-adm' } }] }`,
    );
    const { code, out } = await desk.run('policy check adm.yaml');
    expect(code).toBe(0);
    expect(out).toMatch(
      /note: rule adm: accounts called \{username\}-adm on vault are not looked for.*extraUsernames of vault/,
    );
    write('tenure.yaml', config.replace('auth: {', "correlation: { extraUsernames: ['{username}-adm'] }, auth: {"));
    expect((await desk.run('policy check adm.yaml')).out).not.toContain('note:');
  });

  it('lists every problem with its line, also of a file that the configuration does not name', async () => {
    write('new.yaml', broken);
    const { code, out } = await desk.run('policy check new.yaml');
    expect(code).toBe(3);
    for (const text of [/new\.yaml:3 .*when .*is no CEL/, /new\.yaml:4 .*id .*another rule/, /:4 .*has the id moon/])
      expect(out).toMatch(text);
    const json = JSON.parse((await desk.run('policy check new.yaml --json')).out);
    expect(json).toMatchObject({ ok: false, problems: [{ line: 3, path: 'access.rules.0.when' }, {}, {}] });
  });

  it('checks the configuration’s own policy although nothing else can start with it', async () => {
    write('policy.yaml', broken);
    expect(await desk.run('policy check')).toMatchObject({ code: 3 });
    expect(await desk.run('policy check policy.yaml')).toMatchObject({ code: 3 });
    write('new.yaml', policy);
    expect(await desk.run('policy check new.yaml')).toMatchObject({ code: 0 });
  });

  it('does without a configuration, and says what it could not check', async () => {
    const bare = newDesk();
    try {
      writeFileSync(path.join(bare.cwd, 'p.yaml'), broken);
      const { code, out, err } = await bare.run('policy check p.yaml');
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('of targets is not checked') });
      expect(out).not.toContain('moon');
      expect(await bare.run('policy check')).toMatchObject({ code: 3, out: expect.stringContaining('name a file') });
      expect(await bare.run('policy check q.yaml')).toMatchObject({ out: expect.stringContaining('no such file') });
    } finally {
      bare.remove();
    }
  });
});

describe('tenure policy explain', () => {
  const explain = (person: unknown, ...more: string[]) =>
    desk.run(['policy', 'explain', JSON.stringify(person), '--at', '2026-03-01T12:00:00Z', ...more]);

  it('tells which rule gives what, with the values that it looked at', async () => {
    const { code, out } = await explain(anna);
    expect(code).toBe(0);
    expect(out).toContain('Anna (e1), as of 2026-03-01T12:00:00.000Z');
    expect(out).toMatch(
      /vault +platform +gives +account anna, group Linux \(privileged\) \(until 2026-03-31T12:00:00\.000Z\), group Old \(over since 2020-01-01/,
    );
    expect(out).toContain('[person.department = "Platform", person.id = "e1"]');
    expect(out).toContain('Looked at again: 2026-03-31T12:00:00.000Z');
  });

  it('tells what does not match, is excepted, excluded or cannot be decided, and why', async () => {
    const answers = await Promise.all(
      [{ ...anna, id: 'e2' }, { ...anna, id: 'e3' }, { id: 'e4', username: 'x' }, { id: 'e5' }].map(async (person) => {
        const { code, out } = await explain(person, '--json');
        const { targets, problems } = JSON.parse(out);
        const verdicts = targets.flatMap(
          ({ target, rules }: { target: string; rules: { rule: string; verdict: string }[] }) =>
            rules.map(({ rule, verdict }) => `${target} ${rule} ${verdict}`),
        );
        return { code, verdicts, problems };
      }),
    );
    expect((await explain({ ...anna, id: 'e2' })).out).toContain('on trial: person.id == "e2" [person.id = "e2"]');
    expect(answers).toEqual([
      { code: 0, verdicts: ['vault all gives', 'vault platform gives', 'passkeys all excluded'], problems: [] },
      { code: 0, verdicts: ['vault all gives', 'vault platform excepted', 'passkeys all gives'], problems: [] },
      { code: 0, verdicts: ['vault all gives', 'vault platform does-not-match', 'passkeys all gives'], problems: [] },
      {
        code: 3,
        verdicts: ['vault all undecided', 'vault platform does-not-match', 'passkeys all undecided'],
        problems: [expect.stringContaining('on passkeys: account: the person has no username'), expect.any(String)],
      },
    ]);
  });

  it('takes a person of the store with the first days of their grants, an event, and a file of events', async () => {
    const store = await openStore(`sqlite:${path.join(desk.cwd, 'tenure.db')}`);
    await store.migrate();
    await store.people.upsert({ person: anna, joins: true, eventTime: '2026-01-01T00:00:00Z' });
    const keys = ['platform|vault|group|linux'];
    await store.timeBoxes.start({ personId: 'e1', keys, at: '2026-02-15T00:00:00.000Z' });
    await store.close();
    const known = await desk.run('policy explain e1 --at 2026-03-01T12:00:00Z');
    expect(known).toMatchObject({ code: 0, out: expect.stringContaining('(until 2026-03-17T00:00:00.000Z)') });
    expect(await desk.run('policy explain e9')).toMatchObject({ code: 1, err: expect.stringContaining('Nobody') });

    const event = {
      ...{ specversion: '1.0', id: '1', source: '/hr', type: 'tenure.joiner', time: '2026-02-01T00:00:00Z' },
      ...{ subject: 'e1', data: { person: anna } },
    };
    expect((await explain(event)).out).toContain('Anna (e1)');
    write('events.ndjson', `${JSON.stringify(event)}\n`);
    expect((await desk.run('policy explain events.ndjson')).out).toContain('Anna (e1)');
    expect(await explain({ name: 'x' })).toMatchObject({ code: 1, err: expect.stringContaining('it has no id') });
  });

  it('asks another policy, and says when there is none', async () => {
    write('other.yaml', 'access: { rules: [{ id: only, when: "true", target: passkeys }] }');
    expect((await explain(anna, '--policy', 'other.yaml')).out).toMatch(/passkeys +only +gives +account anna/);
    write('none.yaml', 'leaver: {}');
    expect((await explain(anna, '--policy', 'none.yaml')).out).toContain('says nothing of access');
  });
});
