import { openStore } from '../../../store/open-store';
import type { Dialect, TestDatabase } from './dialect';
import { batch } from './sample';

const migrations = [
  '0001-first',
  '0002-time-boxes',
  '0003-approval-token-message',
  '0004-hr-record',
  '0005-grant-approvals',
  '0006-told-links',
];

export function openingSuite(dialect: Dialect): void {
  describe('opening', () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await dialect.createDatabase();
    });
    afterEach(() => database.drop());

    it('migrates once when several do it at the same moment', async () => {
      const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(database.url)));
      try {
        const ran = await Promise.all(stores.map((store) => store.migrate()));
        expect(ran.flat()).toEqual(migrations);
        expect(await stores[0]?.migrate()).toEqual([]);
        expect(await database.query('select name from tenure_migration')).toEqual(migrations.map((name) => ({ name })));
      } finally {
        await Promise.all(stores.map((store) => store.close()));
      }
    });

    it('opens read-only beside a writer, sees what is written, and writes nothing', async () => {
      const writer = await openStore(database.url);
      await writer.migrate();
      const reader = await openStore(database.url, { readOnly: true });
      try {
        await writer.evidence.append(batch());
        expect(await reader.evidence.verify()).toMatchObject({ intact: true, checked: 1 });
        await writer.evidence.append(batch({ batch: 2 }));
        expect(await reader.evidence.verify()).toMatchObject({ intact: true, checked: 2 });
        await expect(reader.evidence.append(batch({ batch: 3 }))).rejects.toThrow(/read-?only/i);
      } finally {
        await reader.close();
        await writer.close();
      }
    });

    it('says what to do when the store is not set up, or by a newer version', async () => {
      const writer = await openStore(database.url);
      await expect(openStore(database.url, { readOnly: true })).rejects.toThrow(/not set up.*Start tenure/);
      await writer.migrate();
      await database.execute(["insert into tenure_migration values ('9999-future', '2030-01-01')"]);
      await expect(writer.migrate()).rejects.toThrow(/newer version/);
      await writer.close();
    });
  });
}
