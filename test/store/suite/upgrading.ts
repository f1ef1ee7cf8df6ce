import { Migrator } from 'kysely';
import { first } from '../../../store/migration/first';
import { openStore, type Store } from '../../../store/open-store';
import { openPostgres } from '../../../store/postgres';
import { openSqlite } from '../../../store/sqlite';
import type { Dialect, TestDatabase } from './dialect';

/** Stores of version 0.1 as they lie at customers: only its tables, and something in them. */
export function upgradingSuite(dialect: Dialect): void {
  describe('upgrading a store of version 0.1', () => {
    let database: TestDatabase;
    let store: Store;
    beforeEach(async () => {
      database = await dialect.createDatabase();
      await setUpAsFirst(dialect, database);
      await database.execute([
        `insert into approval_token (jti, workflow_id, run_id, plan_hash, used_at)
         values ('old', 'leaver:e1', 'run-1', 'hash-1', '2026-01-01T00:00:00.000Z')`,
        `insert into person (id, body, status, joined_ms, event_time_ms, event_sequence, updated_at)
         values ('e2', '{"id":"e2","manager":"e1"}', 'active', 0, 1767225600000, 0, '2026-01-01T00:00:00.000Z')`,
      ]);
      store = await openStore(database.url);
    });
    afterEach(async () => {
      await store.close();
      await database.drop();
    });

    it('runs the later migrations, each once, and may not be used before', async () => {
      await expect(openStore(database.url, { readOnly: true })).rejects.toThrow(
        /missing: 0002-time-boxes, 0003-approval-token-message, 0004-hr-record/,
      );
      const ran = await store.migrate();
      expect(ran.slice(0, 3)).toEqual(['0002-time-boxes', '0003-approval-token-message', '0004-hr-record']);
      expect(await store.migrate()).toEqual([]);
    });

    it('0002: grants for a time can be counted from their first day', async () => {
      await expect(store.timeBoxes.of({ personId: 'e2' })).rejects.toThrow(/time_box/);
      await store.migrate();
      const started = { personId: 'e2', keys: ['trial|vault|group|operators'], at: '2026-02-01T00:00:00.000Z' };
      expect(await store.timeBoxes.start(started)).toEqual({ 'trial|vault|group|operators': started.at });
    });

    it('0003: a token that was used before is used up; a new one is good for one message', async () => {
      await store.migrate();
      const use = { workflowId: 'leaver:e1', runId: 'run-1', planHash: 'hash-1', at: '2026-02-01T00:00:00.000Z' };
      expect(await store.decisions.consume({ jti: 'old', message: 'update-1', ...use })).toEqual({
        accepted: false,
        usedFor: { workflowId: 'leaver:e1', runId: 'run-1', planHash: 'hash-1', message: '' },
        usedAt: '2026-01-01T00:00:00.000Z',
      });
      const fresh = { jti: 'new', ...use };
      expect(await store.decisions.consume({ ...fresh, message: 'update-1' })).toEqual({ accepted: true });
      expect(await store.decisions.consume({ ...fresh, message: 'update-1' })).toEqual({ accepted: true });
      expect(await store.decisions.consume({ ...fresh, message: 'update-2' })).toMatchObject({
        accepted: false,
        usedFor: { message: 'update-1' },
      });
    });

    it('keeps the people: who relied on somebody still does', async () => {
      await store.migrate();
      expect(await store.people.relyingOn({ person: { id: 'E1' }, limit: 5 })).toEqual([
        { personId: 'e2', as: ['manager'] },
      ]);
    });
  });
}

async function setUpAsFirst({ name }: Dialect, { url }: TestDatabase): Promise<void> {
  const database =
    name === 'sqlite'
      ? openSqlite({ file: url.replace(/^sqlite:/, ''), readOnly: false })
      : openPostgres({ url, readOnly: false });
  try {
    const { error } = await new Migrator({
      db: database.kysely,
      provider: { getMigrations: () => Promise.resolve({ '0001-first': first(name) }) },
      migrationTableName: 'tenure_migration',
      migrationLockTableName: 'tenure_migration_lock',
    }).migrateToLatest();
    expect(error).toBeUndefined();
  } finally {
    await database.close();
  }
}
