import { Client } from 'pg';
import type { Dialect } from '../../store/suite/dialect';
import { suites } from '../../store/suite/all';
import { startPostgres, type TestPostgres } from '../../rig/postgres';

let server: TestPostgres;
let made = 0;

/** One database a test, in a server of our own. */
const postgres: Dialect = {
  name: 'postgres',
  async createDatabase() {
    made += 1;
    const name = `tenure_${made}`;
    const at = (database: string) => server.url.replace(/[^/]+$/, database);
    const using = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    };
    await using(server.url, (client) => client.query(`create database ${name}`));
    return {
      url: at(name),
      execute: (statements) =>
        using(at(name), async (client) => {
          for (const statement of statements) await client.query(statement);
        }),
      query: (statement) =>
        using(at(name), async (client) => (await client.query<Record<string, unknown>>(statement)).rows),
      drop: () => using(server.url, async (client) => void (await client.query(`drop database ${name} with (force)`))),
    };
  },
};

describe('the store on PostgreSQL', () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  for (const suite of suites) suite(postgres);
});
