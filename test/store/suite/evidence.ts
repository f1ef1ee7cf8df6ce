import { genesisHash } from '../../../domain/evidence';
import { canonicalJson, sha256OfJson } from '../../../store/hash';
import { openStore } from '../../../store/open-store';
import { eachWithStore, type Dialect } from './dialect';
import { batch, draft } from './sample';

export function evidenceSuite(dialect: Dialect): void {
  describe('evidence', () => {
    const now = eachWithStore(dialect);
    const all = async (personId: string) => {
      const entries = [];
      for await (const entry of now.store.evidence.entries({ personId })) entries.push(entry);
      return entries;
    };

    it('chains entries within the person and over all persons', async () => {
      const { evidence } = now.store;
      await evidence.append(batch({ entries: [draft(), draft({ step: 'stripEntitlements' })] }));
      await evidence.append(batch({ personId: 'e2' }));
      const head = await evidence.append(batch({ batch: 2 }));
      const [one, two, three] = await all('e1042');
      const [other] = await all('e2');
      expect([one, two, other, three].map((entry) => [entry?.seq, entry?.personSeq])).toEqual([
        [1, 1],
        [2, 2],
        [3, 1],
        [4, 3],
      ]);
      expect([one, two, three].map((entry) => entry?.previousHash)).toEqual([genesisHash, one?.hash, two?.hash]);
      expect([two, other, three].map((entry) => entry?.previousGlobalHash)).toEqual([
        one?.hash,
        two?.hash,
        other?.hash,
      ]);
      expect(head).toEqual({ count: 3, head: three?.hash });
      expect(await evidence.head()).toEqual({ count: 4, head: three?.hash });
      expect(await evidence.head({ personId: 'e2' })).toEqual({ count: 1, head: other?.hash });
      expect(await evidence.heads()).toEqual([
        { personId: 'e1042', ...head },
        { personId: 'e2', count: 1, head: other?.hash },
      ]);
    });

    it('hashes everything that an entry says, and nothing else', async () => {
      await now.store.evidence.append(batch({ entries: [draft({ detail: 'é \u2028 \u0000 "quoted"' })] }));
      const [entry] = await all('e1042');
      expect(entry).toMatchObject({
        ...draft(),
        detail: 'é \u2028 \u0000 "quoted"',
        ...{ part: 1, versions: batch().versions },
      });
      const { hash, ...rest } = entry ?? { hash: '' };
      expect(sha256OfJson(rest)).toBe(hash);
    });

    it('adds a batch once, however often it comes', async () => {
      const { evidence } = now.store;
      const first = await evidence.append(batch());
      await evidence.append(batch({ batch: 2 }));
      expect(await evidence.append(batch())).toEqual(first);
      expect(await evidence.append(batch({ versions: { product: '0.2.0', configHash: 'other' } }))).toEqual(first);
      expect(await all('e1042')).toHaveLength(2);
      expect(await evidence.append(batch({ batch: 3, entries: [] }))).toMatchObject({ count: 2 });
    });

    it('lets the first content of a batch stand: a repeat says the same with later times', async () => {
      const { evidence } = now.store;
      const first = await evidence.append(batch());
      expect(await evidence.append(batch({ entries: [draft({ at: '2026-12-01T00:00:00Z' }), draft()] }))).toEqual(
        first,
      );
      expect(await all('e1042')).toMatchObject([{ at: draft().at }]);
    });

    it('refuses a batch that was written for somebody else', async () => {
      const { evidence } = now.store;
      await evidence.append(batch());
      await expect(evidence.append(batch({ personId: 'e2', workflowId: 'leaver:e1042' }))).rejects.toThrow(
        /written for e1042, not for e2/,
      );
      expect(await all('e2')).toEqual([]);
    });

    it('writes a batch whole or not at all', async () => {
      const { evidence } = now.store;
      const broken = draft({ outcome: null as unknown as string });
      await expect(evidence.append(batch({ entries: [draft(), broken] }))).rejects.toThrow();
      expect(await evidence.head()).toEqual({ count: 0, head: genesisHash });
      expect(await all('e1042')).toEqual([]);
    });

    it('lets no draft choose its own place', async () => {
      const forged = { ...draft(), seq: 77, personId: 'e9', hash: 'x', previousHash: 'y' };
      await now.store.evidence.append(batch({ entries: [forged] }));
      expect(await all('e1042')).toMatchObject([{ seq: 1, personId: 'e1042', previousHash: genesisHash }]);
      expect((await now.store.evidence.verify()).faults).toEqual([]);
    });

    it('keeps secrets out', async () => {
      const jwt = 'eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl';
      const before = {
        password: 'hunter2',
        nested: [{ client_secret: 's3cr3t', tokenUrl: 'https://id.acme.test/token' }],
      };
      await now.store.evidence.append(
        batch({ entries: [draft({ before, detail: `refused: Bearer abcdefgh12345 and ${jwt}` })] }),
      );
      const [entry] = await all('e1042');
      expect(entry?.before).toEqual({
        password: '[secret]',
        nested: [{ client_secret: '[secret]', tokenUrl: 'https://id.acme.test/token' }],
      });
      expect(entry?.detail).toBe('refused: [secret] and [secret]');
      expect(canonicalJson(await now.database.query('select * from evidence'))).not.toMatch(
        /hunter2|s3cr3t|abcdefgh|eyJ/,
      );
    });

    it('keeps large before-images whole, and batches of any length', async () => {
      const groups = Array.from({ length: 20_000 }, (_, index) => ({ id: `g${index}`, name: `Gruppe ${index} ø` }));
      await now.store.evidence.append(batch({ entries: [draft({ before: { groups } })] }));
      expect((await all('e1042'))[0]?.before).toEqual({ groups });
      const entries = Array.from({ length: 1_203 }, (_, index) => draft({ detail: `number ${index}` }));
      expect(await now.store.evidence.append(batch({ batch: 2, entries }))).toMatchObject({ count: 1_204 });
      expect((await all('e1042')).slice(1).map((entry) => entry.detail)).toEqual(entries.map((entry) => entry.detail));
      expect(await now.store.evidence.verify()).toMatchObject({ intact: true, checked: 1_204 });
    });

    it.each([
      ['update evidence', "update evidence set outcome = 'already'"],
      ['delete evidence', 'delete from evidence'],
      ['delete a head', 'delete from evidence_head'],
      ['turn a head back', 'update evidence_head set count = 0'],
      ['rename a head', "update evidence_head set scope = 'x', count = 99 where scope = 'e1042'"],
      [
        'insert out of turn',
        'insert into evidence select 9, person_id, 9, workflow_id, run_id, 9, 1, at, kind, outcome, step, target, body, previous_hash, previous_global_hash, hash from evidence',
      ],
    ])('is append-only in the database itself: %s', async (_name, statement) => {
      await now.store.evidence.append(batch());
      await expect(now.database.execute([statement])).rejects.toThrow(/append-only|heads/);
      expect(await now.store.evidence.verify()).toMatchObject({ intact: true, checked: 1 });
    });

    it('is written by two at once without a gap, and charged and recorded once', async () => {
      const second = await openStore(now.database.url);
      try {
        const writers = [now.store, second];
        const writes = Array.from({ length: 60 }, (_, index) => ({ index, personId: `e${index % 4}` }));
        // Each batch comes twice, once over each connection, as when an answer was lost.
        await Promise.all(
          writes.flatMap(({ index, personId }) =>
            writers.map((store) =>
              store.evidence.append(batch({ personId, batch: index + 1, entries: [draft({ detail: String(index) })] })),
            ),
          ),
        );
        expect(await second.evidence.verify()).toMatchObject({ intact: true, checked: 60, globalHead: { count: 60 } });
        const limits = { perHour: 5, perDay: 99, percentPerDay: 5, minPeople: 50, urgentPerHour: 1 };
        const charges = await Promise.all(
          writes.map(({ index }) =>
            (index % 2 === 0 ? now.store : second).budget.charge({
              flowId: `f${index}`,
              at: '2026-11-20T09:00:00Z',
              urgent: false,
              limits,
            }),
          ),
        );
        expect(charges.filter((answer) => answer.charged)).toHaveLength(5);
      } finally {
        await second.close();
      }
    });
  });
}
