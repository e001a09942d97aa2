/** Opens a store's SQLite file: makes a new one, brings an older one up to date, and refuses what is not a store. */
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { APPLICATION_ID, SQLITE_MIGRATIONS } from './migrations.ts'

/** how long a writer waits for another process's transaction */
const BUSY_MILLISECONDS = 20_000

/** The path under which a store lives only as long as it is open. */
export const IN_MEMORY = ':memory:'

function refuse(path: string, what: string, cause?: unknown): never {
  throw new GuerdonError('STORE_FAILED', what, { where: { file: path }, cause })
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
}

/** Looks at a file through a read-only connection, so that a foreign file is left exactly as it is. */
function checkFile(path: string): void {
  if (!existsSync(path)) return
  const status = statSync(path)
  if (status.isDirectory()) refuse(path, 'is a folder; a store is a file')
  if (status.size === 0) return
  const head = Buffer.alloc(16)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, 16, 0)
  } finally {
    closeSync(file)
  }
  if (head.toString('latin1') !== 'SQLite format 3\0') refuse(path, 'is not a store: it is no SQLite file')
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MILLISECONDS })
  try {
    checkOwner(database, path)
  } finally {
    database.close()
  }
}

function checkOwner(database: DatabaseSync, path: string): void {
  if (pragma(database, 'application_id') !== APPLICATION_ID) {
    if (isEmpty(database)) return
    refuse(path, 'is not a store: it is a SQLite file of another program')
  }
  const version = pragma(database, 'user_version')
  if (version > SQLITE_MIGRATIONS.length) {
    refuse(
      path,
      `was written by a newer Guerdon (version ${version} of the store; this one knows up to ${SQLITE_MIGRATIONS.length})`,
    )
  }
}

/** Steps that the file lacks, in one transaction; of two processes that open at once, one waits for the other. */
function migrate(database: DatabaseSync, path: string): void {
  if (pragma(database, 'user_version') === SQLITE_MIGRATIONS.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    checkOwner(database, path)
    const version = pragma(database, 'user_version')
    for (const step of SQLITE_MIGRATIONS.slice(version)) database.exec(step)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec(`PRAGMA user_version = ${SQLITE_MIGRATIONS.length}`)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Changing to WAL needs the file alone for a moment and does not wait for it by itself. */
function setWriteAheadLog(database: DatabaseSync): void {
  const until = Date.now() + BUSY_MILLISECONDS
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (Date.now() > until || !/locked|busy/.test(messageOf(error))) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

/**
 * The connection that writes. Commits are flushed to the disk (`synchronous = FULL`).
 *
 * @throws GuerdonError STORE_FAILED when the file is not a store, is newer than this program, or cannot be opened
 */
export function openForWriting(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    if (path !== IN_MEMORY) {
      mkdirSync(dirname(path), { recursive: true })
      checkFile(path)
    }
    database = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS })
    // Both only take effect in a file that has no pages yet.
    database.exec('PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL')
    setWriteAheadLog(database)
    database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -65536')
    migrate(database, path)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof GuerdonError) throw error
    return refuse(path, `cannot be opened as a store: ${messageOf(error)}`, error)
  }
}

/** A connection that only reads a file that `openForWriting` has opened before. */
export function openForReading(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MILLISECONDS })
    database.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824')
    return database
  } catch (error) {
    return refuse(path, `cannot be opened as a store: ${messageOf(error)}`, error)
  }
}
