import { temporal } from '@temporalio/proto';
import type { Connection } from '@temporalio/client';
import { searchAttributes } from '../workflows/messages';

const { IndexedValueType } = temporal.api.enums.v1;

const typeOf: Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>> = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

/**
 * Registers the search attributes and verifies them. The server answers OK when a name exists with another type and
 * keeps that type, so only a look at the list tells.
 */
export async function ensureSearchAttributes({
  connection,
  namespace,
}: {
  readonly connection: Connection;
  readonly namespace: string;
}): Promise<void> {
  const wanted = Object.values(searchAttributes).map(({ name, type }) => ({ name, type: typeOf[type] ?? 0 }));
  const before = await registered(connection, namespace);
  const missing = wanted.filter(({ name }) => before[name] === undefined);
  if (missing.length > 0) await add(connection, namespace, missing);
  const after = missing.length > 0 ? await registered(connection, namespace) : before;
  const wrong = wanted.filter(({ name, type }) => Number(after[name]) !== Number(type));
  if (wrong.length === 0) return;
  const list = wrong.map(
    ({ name, type }) =>
      `${name} must be ${IndexedValueType[type]}, is ${after[name] === undefined ? 'missing' : IndexedValueType[after[name]]}`,
  );
  throw new Error(
    `search attributes of namespace ${namespace}: ${list.join('; ')}. Remove or rename the wrong ones: temporal operator search-attribute remove --name …`,
  );
}

async function registered(
  connection: Connection,
  namespace: string,
): Promise<Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return customAttributes ?? {};
}

async function add(
  connection: Connection,
  namespace: string,
  missing: readonly { readonly name: string; readonly type: temporal.api.enums.v1.IndexedValueType }[],
): Promise<void> {
  const request = { namespace, searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, type])) };
  try {
    await connection.operatorService.addSearchAttributes(request);
  } catch {
    // Two workers that start at once race; the loser's second try finds them there.
    await connection.operatorService.addSearchAttributes(request);
  }
}
