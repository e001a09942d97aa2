/** One transaction of a writing connection. */
import type { DatabaseSync } from 'node:sqlite'

/** Commits what `act` did, or nothing of it when it throws. */
export function transaction<Result>(database: DatabaseSync, act: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = act()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk may have rolled it back already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
