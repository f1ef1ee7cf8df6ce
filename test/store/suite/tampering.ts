import fc from 'fast-check';
import type { EvidenceHead } from '../../../domain/evidence';
import { canonicalJson } from '../../../store/hash';
import { openStore, type Store } from '../../../store/open-store';
import type { Dialect, TestDatabase } from './dialect';
import {
  changed,
  edited,
  mutationOf,
  numbers,
  rehashed,
  rewrittenFrom,
  without,
  withoutPerson,
  type Mutation,
  type Row,
  type Tables,
} from './mutation';
import { batch, draft } from './sample';

/** Somebody with every right over the database does one thing to it. */
export function tamperingSuite(dialect: Dialect): void {
  describe('tampering with evidence', () => {
    let database: TestDatabase;
    let store: Store;
    let whole: Tables;
    beforeAll(async () => {
      database = await dialect.createDatabase();
      store = await openStore(database.url);
      await store.migrate();
      await write(store);
      await database.execute(withoutTriggers[dialect.name]);
      whole = await readTables(database);
    });
    afterAll(async () => {
      await store.close();
      await database.drop();
    });

    const put = (tables: Tables) => database.execute(statementsFor(tables));
    const tamper = async (mutation: Mutation) => put(mutation(structuredClone(whole)));

    it('finds every single mutation', async () => {
      await fc.assert(
        fc.asyncProperty(mutationOf(whole), async ({ mutation }) => {
          const tables = mutation(structuredClone(whole));
          fc.pre(canonicalJson(tables) !== canonicalJson(whole));
          await put(tables);
          const { intact, faults } = await store.evidence.verify();
          expect({ intact, named: faults.every((fault) => fault.detail.length > 0), found: faults.length > 0 }).toEqual(
            {
              intact: false,
              named: true,
              found: true,
            },
          );
        }),
        { numRuns: 150 },
      );
      await put(whole);
      expect(await store.evidence.verify()).toMatchObject({ intact: true, checked: 12, faults: [] });
    });

    it('finds what touches one person in the chain of that person alone', async () => {
      const own = whole.entries.map((row, index) => ({ row, index })).filter(({ row }) => row.person_id === 'e2');
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...own),
          fc.constantFrom('outcome', 'body', 'gone', 'at'),
          async ({ index }, how) => {
            await tamper((tables) => (how === 'gone' ? without(tables, index) : changed(tables, index, how)));
            expect(await store.evidence.verify({ personId: 'e2' })).toMatchObject({ intact: false, personId: 'e2' });
          },
        ),
        { numRuns: 30 },
      );
      await put(whole);
      expect(await store.evidence.verify({ personId: 'e2' })).toMatchObject({ intact: true, checked: 4 });
    });

    it.each<[string, Mutation, object]>([
      [
        'a changed word',
        (tables) => changed(tables, 4, 'outcome'),
        { what: 'changed', seq: 5, personId: 'e2', personSeq: 2 },
      ],
      ['a removed entry', (tables) => without(tables, 4), { what: 'missing', seq: 5 }],
      ['a cut tail', (tables) => ({ ...tables, entries: tables.entries.slice(0, 10) }), { what: 'cut-off' }],
      ['a body that is no JSON', (tables) => edited(tables, 2, { body: '{' }), { what: 'unreadable', seq: 3 }],
      [
        'a head of nobody',
        (tables) => ({ ...tables, heads: [...tables.heads, { scope: 'e9', count: 2, head: 'x' }] }),
        { what: 'cut-off', personId: 'e9' },
      ],
      ['a person taken out with head', (tables) => withoutPerson(tables, 'e3'), { what: 'missing', seq: 3 }],
      [
        'a space that changes no meaning',
        (tables) => edited(tables, 2, { body: String(tables.entries[2]?.body).replace('{', '{ ') }),
        { what: 'changed', seq: 3 },
      ],
      [
        'a chain rewritten but for the links over all persons',
        (tables) => rewrittenFrom(tables, 6, 'previous_global_hash'),
        { what: 'changed', seq: 7, detail: expect.stringContaining('entry 7 is not the one that entry 8') },
      ],
      [
        'a chain rewritten but for the links of its persons',
        (tables) => rewrittenFrom(tables, 6, 'previous_hash'),
        {
          what: 'changed',
          seq: 7,
          personId: 'e1',
          detail: expect.stringContaining('entry 7 (e1, 3) is not the one that entry 10'),
        },
      ],
      ['an entry with a new hash of its own', (tables) => rehashed(tables, 4), { what: 'changed', seq: 5 }],
    ])('says which entry and what: %s', async (_name, mutation, fault) => {
      await tamper(mutation);
      const { faults } = await store.evidence.verify();
      expect(faults[0]).toMatchObject(fault);
      await put(whole);
    });

    it('notices in one person that somebody else was taken out altogether', async () => {
      await tamper((tables) => withoutPerson(tables, 'e3'));
      const { intact, faults } = await store.evidence.verify({ personId: 'e1' });
      expect(intact).toBe(false);
      expect(faults.at(-1)?.detail).toMatch(/8 entries up to number 11, and its head says 12/);
      await put(whole);
    });

    it('needs a head that was kept elsewhere to see a chain rewritten to its end', async () => {
      const heads = { e1: await store.evidence.head({ personId: 'e1' }), all: await store.evidence.head() };
      await tamper((tables) => rewrittenFrom(tables, 6));
      expect(await store.evidence.verify()).toMatchObject({ intact: true });
      const late = await store.evidence.verify({ head: heads.all });
      expect(late.faults).toMatchObject([{ what: 'head-differs', detail: expect.stringContaining('rewritten') }]);
      expect(await store.evidence.verify({ personId: 'e1', head: heads.e1 })).toMatchObject({ intact: false });
      await put(whole);
      const early: EvidenceHead = { count: 3, head: String(whole.entries[2]?.hash) };
      expect(await store.evidence.verify({ head: early })).toMatchObject({ intact: true });
      expect(await store.evidence.verify({ head: { ...heads.all, count: 13 } })).toMatchObject({
        faults: [{ what: 'cut-off' }],
      });
      expect(await store.evidence.verify({ personId: 'nobody', head: heads.e1 })).toMatchObject({
        faults: [{ what: 'cut-off' }],
      });
    });
  });
}

/** Twelve entries: the persons e1, e2 and e3 take turns. */
async function write(store: Store): Promise<void> {
  for (let index = 0; index < 12; index += 1) {
    const personId = `e${(index % 3) + 1}`;
    const { target: _, ...untargeted } = draft({
      kind: 'flow',
      outcome: `state ${index}`,
      before: { index, on: true },
    });
    const entries = [index % 2 === 0 ? draft({ detail: `number ${index}`, before: { index, on: true } }) : untargeted];
    await store.evidence.append(batch({ personId, batch: index + 1, entries }));
  }
}

const withoutTriggers = {
  sqlite: [
    'evidence_no_update',
    'evidence_no_delete',
    'evidence_at_end',
    'evidence_head_no_delete',
    'evidence_head_grows',
    'evidence_head_once',
  ].map((name) => `drop trigger ${name}`),
  postgres: ['evidence', 'evidence_head'].map((table) => `alter table ${table} disable trigger user`),
};

async function readTables(database: TestDatabase): Promise<Tables> {
  const [entries, heads] = [
    await database.query('select * from evidence order by seq'),
    await database.query('select * from evidence_head order by scope'),
  ];
  // PostgreSQL's driver gives 64-bit numbers as text.
  const plain = (rows: readonly Record<string, unknown>[]) =>
    rows.map(
      (row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            [...numbers, 'count'].includes(name) ? Number(value) : value,
          ]),
        ) as Row,
    );
  return { entries: plain(entries), heads: plain(heads) };
}

function statementsFor({ entries, heads }: Tables): string[] {
  const insert = (table: string, rows: readonly Row[]) =>
    rows.map(
      (row) =>
        `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`,
    );
  const statements = [
    'delete from evidence',
    'delete from evidence_head',
    ...insert('evidence', entries),
    ...insert('evidence_head', heads),
  ];
  return [['begin', ...statements, 'commit'].join(';\n')];
}

function literal(value: string | number | null): string {
  if (value === null) return 'null';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
