import { evidenceJson, type EvidenceExport } from '../../store/evidence-export';
import { evidencePage } from '../../store/evidence-page';
import { sha256OfJson } from '../../store/hash';
import { summarize } from '../../store/page/summary';
import { eachWithStore, sqlite } from './suite/dialect';
import { leaverStory } from './suite/leaver-story';
import { batch, draft } from './suite/sample';

const madeAt = '2027-01-04T08:00:00Z';
const personId = 'e1042';

describe('the evidence page', () => {
  const now = eachWithStore(sqlite);
  const read = async () => {
    const entries = [];
    for await (const entry of now.store.evidence.entries({ personId })) entries.push(entry);
    const verification = await now.store.evidence.verify({ personId });
    return { personId, madeAt, entries, verification, comparedWith: ['the result of leaver:e1042, run 1'] };
  };
  const tell = async () => {
    for (const one of leaverStory()) await now.store.evidence.append(one);
    return read();
  };
  /** What a reader sees: texts without markup, spaces made one. */
  const seen = (page: string) =>
    page
      .replace(/<style>[^]*<\/style>/, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');

  it('measures each target from the acceptance to the last account proven disabled', async () => {
    const { entries } = await tell();
    const [flow] = summarize(entries);
    expect(flow?.speed).toEqual([
      {
        target: 'vault-eu',
        system: 'acme-vault',
        accounts: ['aeriksen', 'aeriksen-adm'],
        dueAt: '2026-11-20T09:00:00.000Z',
        provenAt: '2026-11-20T09:00:01.250Z',
        outcomes: ['done', 'already'],
      },
      expect.objectContaining({ target: 'delinea-scim', provenAt: '2026-11-20T11:04:07Z' }),
      { target: 'beyondtrust', accounts: [], dueAt: '2026-11-20T09:00:00.000Z', outcomes: ['no-account-found'] },
    ]);
    const text = seen(evidencePage(await read()));
    expect(text).toContain('2026-11-20 09:00:01.250 1.3 s');
    expect(text).toContain('2 h 4 min');
  });

  it('counts from the end of access when that is later, and says when nothing is proven', () => {
    const [accepted, contained] = leaverStory();
    const own = [accepted, contained].flatMap(
      (one) => one?.entries.map((entry) => ({ ...batch(), ...one, ...entry })) ?? [],
    );
    const entries = own.map((entry) => ({ ...entry, eventHash: 'ab'.repeat(32) })) as unknown as Parameters<
      typeof summarize
    >[0];
    const later = structuredClone(entries) as unknown as { data?: { moments?: object }; outcome: string }[];
    if (later[0]?.data !== undefined) later[0].data.moments = { accessEndsAt: '2026-11-20T09:00:01.000Z' };
    if (later[2] !== undefined) later[2].outcome = 'refused';
    const [flow] = summarize(later as unknown as typeof entries);
    expect(flow?.speed[0]).toMatchObject({ dueAt: '2026-11-20T09:00:01.000Z', outcomes: ['done', 'refused'] });
    expect(flow?.speed[0]?.provenAt).toBeUndefined();
  });

  it('names what is left over, and not what was settled later', async () => {
    const { entries } = await tell();
    const exceptions = summarize(entries)[0]?.exceptions.map(
      ({ target, what, detail }) => `${target} ${what}: ${detail}`,
    );
    expect(exceptions).toEqual([
      'vault-eu owned-by-directory: group Domain Admins (owned by acme.test)',
      'delinea-scim done-on-retry: undefined',
      'delinea-scim unsupported: not offered by this target, unproved',
      'delinea-scim hand-over: end her sessions in the Delinea console',
      'beyondtrust no-account-found: keys tried: username=aeriksen, email=anna.eriksen@acme.test',
    ]);
  });

  it('shows who asked, who approved and how that is known, before and after, request ids and the verdict', async () => {
    const text = seen(evidencePage(await tell()));
    for (const part of [
      'The chain is intact All 15 entries stand as they were written',
      'Requested by hr@acme.test',
      'ann@acme.test principal approved 9f9f9f9f9f9f counts. Reason: checked with the manager',
      'hr@acme.test asserted approved not counted 9f9f9f9f9f9f does not count',
      'enabled true false',
      'group Vault Users safe Prod-Linux safe Prod-Oracle',
      'state unknown not read',
      '7c1e-41, 7c1e-42',
      'complete-with-exceptions',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('is one file that reaches for nothing, whatever an account is called', async () => {
    await tell();
    const nasty = `"><script src=//evil.test></script>\u202egnp`;
    await now.store.evidence.append(
      batch({ batch: 9, entries: [draft({ account: { id: '9', username: nasty }, detail: nasty })] }),
    );
    const page = evidencePage(await read());
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<img|<link|<iframe|\bsrc=(?!\/\/evil)|href=|url\(|@import|https?:|\u202e/i);
    expect(page).toContain('&quot;&gt;&lt;script src=//evil.test&gt;&lt;/script&gt;\\u202egnp');
    expect(page).toContain('resignation &lt;b&gt;at once&lt;/b&gt;');
  });

  it('claims that nothing was removed only when it was compared with something outside of the store', async () => {
    const told = await tell();
    expect(seen(evidencePage(told))).toContain('none changed, removed, inserted or moved.');
    expect(seen(evidencePage(told))).toContain('Compared with the result of leaver:e1042, run 1');
    const alone = seen(evidencePage({ ...told, comparedWith: [] }));
    expect(alone).toContain('none changed, inserted or moved. Nothing outside of the store was compared');
    expect(alone).toContain('Compared with the store alone');
    expect(alone).not.toContain('removed, inserted');
  });

  it('says at the top when the chain is broken, and where', async () => {
    await tell();
    await now.database.execute([
      'drop trigger evidence_no_update',
      "update evidence set outcome = 'done' where seq = 10",
    ]);
    const text = seen(evidencePage(await read()));
    expect(text).toContain('The chain is broken 1 fault(s) found');
    expect(text).toContain('entry 10 (e1042, 10) was changed');
    expect(text).not.toContain('The chain is intact');
  });

  it('does not call a chain intact that it has not seen', async () => {
    expect(seen(evidencePage(await read()))).toContain('No evidence There is none of this person');
    const { entries, ...rest } = await tell();
    const before = { ...rest.verification, checked: 3 };
    expect(seen(evidencePage({ ...rest, entries, verification: before }))).toContain(
      '15 entries are shown, 3 were checked',
    );
  });

  it('exports every field with the heads, so that others can check it', async () => {
    const told = await tell();
    const exported = JSON.parse(evidenceJson(told)) as EvidenceExport;
    expect(exported).toMatchObject({ format: 'tenure-evidence/1', personId, verification: { head: { count: 15 } } });
    expect(exported.entries).toEqual(told.entries);
    for (const { hash, ...entry } of exported.entries) expect(sha256OfJson(entry)).toBe(hash);
    expect(exported.entries.at(-1)?.hash).toBe(exported.verification.head.head);
  });
});
