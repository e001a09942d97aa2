/** Connects to PostgreSQL, brings the schema up to date, and turns its failures into sentences. */
import postgres from 'postgres'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { POSTGRES_MIGRATIONS } from './migrations.ts'

const CONNECTIONS = 6
const CONNECT_SECONDS = 10
/** Advisory locks of this program: its name in ASCII, then what is locked. */
const LOCK_SPACE = 0x4752444e
export const LOCKS = { migrate: 1, prune: 2 } as const

export type Sql = postgres.Sql<{ bigint: number }>
export type Transaction = postgres.TransactionSql<{ bigint: number }>

/** The address without its password. */
export function locationOf(url: string): string {
  try {
    const address = new URL(url)
    address.password = ''
    address.searchParams.delete('password')
    return address.toString()
  } catch {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no address of a PostgreSQL database', {
      expected: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    })
  }
}

/** A failure of the database as a person can read it; errors that are sentences already stay as they are. */
export function storeFailure(location: string, error: unknown): GuerdonError {
  if (error instanceof GuerdonError) return error
  // A refused connection to several addresses has no message of its own.
  const { code = '' } = (error ?? {}) as { code?: string }
  const reason = messageOf(error) || code || 'it cannot be reached'
  return new GuerdonError('STORE_FAILED', `the store ${location} could not do it: ${reason}`, {
    cause: error,
  })
}

/** Waits until nobody else holds the lock; it is given back with the transaction. */
export async function lock(transaction: Transaction, which: number): Promise<void> {
  // Stores in different schemas of one database do not wait for one another.
  await transaction`SELECT pg_advisory_xact_lock(${LOCK_SPACE}::int, hashtext(current_schema() || ${String(which)}))`
}

async function migrate(sql: Sql, location: string): Promise<void> {
  const known = POSTGRES_MIGRATIONS.length
  await sql.begin(async (transaction) => {
    await lock(transaction, LOCKS.migrate)
    const [table] = await transaction`SELECT to_regclass('guerdon_store') IS NOT NULL AS present`
    if (table!.present !== true) {
      await transaction`CREATE TABLE guerdon_store (version integer NOT NULL)`
      await transaction`INSERT INTO guerdon_store VALUES (0)`
    }
    const version = Number((await transaction`SELECT version FROM guerdon_store`)[0]?.version)
    if (version > known) {
      throw new GuerdonError(
        'STORE_FAILED',
        `the store ${location} was written by a newer Guerdon (version ${version} of the store; this one knows up to ${known})`,
      )
    }
    for (const step of POSTGRES_MIGRATIONS.slice(version)) await transaction.unsafe(step)
    if (version < known) await transaction`UPDATE guerdon_store SET version = ${known}`
  })
}

/**
 * A pool of connections to a store that is up to date. Lost connections are made anew when they are next needed.
 *
 * @throws GuerdonError ARGUMENT_INVALID for what is no address, STORE_FAILED when the database cannot be used
 */
export async function connect(url: string): Promise<Sql> {
  const location = locationOf(url)
  const sql = postgres(url, {
    max: CONNECTIONS,
    connect_timeout: CONNECT_SECONDS,
    onnotice: () => {},
    // Counts and places are far below 2^53.
    types: {
      bigint: { to: 20, from: [20], serialize: (value: number) => String(value), parse: Number },
    },
  }) as unknown as Sql
  try {
    await migrate(sql, location)
    return sql
  } catch (error) {
    await sql.end({ timeout: 1 })
    throw storeFailure(location, error)
  }
}
