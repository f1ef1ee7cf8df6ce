import { openStore, type Store } from '../store/open-store';
import type { Place } from './place';

/** Reads the store. The command never writes to it: that is for the core worker alone. */
export async function withStore<T>({ config }: Place, read: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(config.store.url, { readOnly: true });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
