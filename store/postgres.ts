import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, types } from 'pg';
import { Ambient } from './ambient';
import { StoreUnusable, type Database } from './database';
import type { Schema } from './schema';

const CONNECT_MS = 10_000;
const CONNECTIONS = 10;
/** Keeps our advisory locks apart from those of others in the same database. */
const LOCK_SPACE = 0x7e4e;

export interface PostgresOptions {
  readonly url: string;
  readonly readOnly: boolean;
}

/** A pool of connections, made when first needed. `openStore` tries one at once. */
export function openPostgres({ url, readOnly }: PostgresOptions): Database {
  const name = withoutCredentials(url);
  refuseBlindTls(url, name);
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'tenure',
    keepAlive: true,
    // Counts and milliseconds come as numbers: none of ours comes near 2^53.
    types: { getTypeParser: parserFor },
    ...(readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  });
  // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {});
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
  const ambient = new Ambient(kysely, (work) => kysely.transaction().setIsolationLevel('read committed').execute(work));
  return {
    dialect: 'postgres',
    name,
    get kysely() {
      return ambient.kysely;
    },
    write: (lock, work) =>
      ambient.inTransaction(async (tx) => {
        // Held to the end of the transaction; what follows sees everything that its last holder committed.
        await sql`select pg_advisory_xact_lock(${sql.lit(LOCK_SPACE)}, hashtext(${lock}))`.execute(tx);
        return work(tx);
      }),
    together: (work) => ambient.together(work),
    snapshot: (work) =>
      kysely.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    close: () => kysely.destroy(),
  };
}

function parserFor(type: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (type === Number(types.builtins.INT8) && format !== 'binary') return Number;
  return types.getTypeParser(type, 'text') as (text: string) => unknown;
}

function withoutCredentials(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    throw new StoreUnusable('store.url is not a valid postgres:// address (percent-encode special characters).');
  }
}

/** The driver checks certificates under every `sslmode` but those. */
function refuseBlindTls(url: string, name: string): void {
  const options = new URL(url).searchParams;
  if (options.get('sslmode') === 'no-verify' || options.has('uselibpqcompat')) {
    throw new StoreUnusable(
      `${name}: sslmode=no-verify and uselibpqcompat would not check the server's certificate. ` +
        'Use sslmode=verify-full, with sslrootcert=FILE for a private CA.',
    );
  }
}
