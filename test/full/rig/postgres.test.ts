import { Client } from 'pg';
import { startPostgres } from '../../rig/postgres';

test('a private PostgreSQL answers on loopback and is gone after stop', async () => {
  const postgres = await startPostgres();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query('select version() as version, inet_server_addr()::text as address');
  await client.end();
  await postgres.stop();

  expect(rows[0]).toEqual({ version: expect.stringContaining('PostgreSQL'), address: '127.0.0.1/32' });
  const late = new Client({ connectionString: postgres.url });
  await expect(late.connect()).rejects.toThrow('ECONNREFUSED');
});
