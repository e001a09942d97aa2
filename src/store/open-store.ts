/** Opens the store that a URL names. */
import { resolve } from 'node:path'
import { GuerdonError } from '../records/error.ts'
import type { Store } from './store.ts'

/**
 * Opens a store: `sqlite:PATH` or a plain path for a SQLite file, `sqlite::memory:` for one that is gone when closed,
 * `postgres://…` for PostgreSQL. A new store is made where there is none, an older one is brought up to date.
 *
 * @throws GuerdonError ARGUMENT_INVALID for another kind of URL; STORE_FAILED when it cannot be opened, is not a store,
 *   or was written by a newer Guerdon
 */
export async function openStore(url: string): Promise<Store> {
  if (/^postgres(ql)?:/i.test(url)) {
    const { PostgresStore } = await import('./postgres/postgres-store.ts')
    return PostgresStore.open(url)
  }
  const path = url.replace(/^sqlite:/, '')
  // One letter and a colon begin a Windows path, not a URL.
  if (path === '' || (path === url && /^[a-z][a-z0-9+.-]+:/i.test(url))) {
    throw new GuerdonError('ARGUMENT_INVALID', 'names no store', {
      found: url.replace(/:[^:@/]*@/, ':…@'),
      expected: 'sqlite:PATH, a path, sqlite::memory: or postgres://HOST/DATABASE',
    })
  }
  const { SqliteStore } = await import('./sqlite/sqlite-store.ts')
  return SqliteStore.open(path === ':memory:' ? path : resolve(path))
}
