/** Connects to PostgreSQL, brings the schema up to date, and turns its failures into sentences. */
import postgres from 'postgres'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { POSTGRES_MIGRATIONS } from './migrations.ts'

const CONNECTIONS = 6
const CONNECT_SECONDS = 10
export type Sql = postgres.Sql<{ bigint: number }>

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

/**
 * Brings the schema up to date. One statement, so that it is one transaction; under a lock, so that of two programs
 * that open at once one waits for the other.
 */
async function migrate(sql: Sql, location: string): Promise<void> {
  const known = POSTGRES_MIGRATIONS.length
  const steps = POSTGRES_MIGRATIONS.map(
    (step, index) => `IF version_now < ${index + 1} THEN ${step} END IF;`,
  ).join('\n')
  await sql
    .unsafe(`DO $migrate$
      DECLARE version_now integer;
      BEGIN
        PERFORM pg_advisory_xact_lock(1196576836, hashtext(current_schema() || ' migrate'));
        CREATE TABLE IF NOT EXISTS guerdon_store (version integer NOT NULL);
        SELECT max(version) INTO version_now FROM guerdon_store;
        version_now := coalesce(version_now, 0);
        IF version_now < ${known} THEN
          ${steps}
          DELETE FROM guerdon_store;
          INSERT INTO guerdon_store VALUES (${known});
        END IF;
      END $migrate$`)
    .simple()
  const version = Number((await sql`SELECT version FROM guerdon_store`)[0]?.version)
  if (version <= known) return
  throw new GuerdonError(
    'STORE_FAILED',
    `the store ${location} was written by a newer Guerdon (version ${version} of the store; this one knows up to ${known})`,
  )
}

function pool(url: string): Sql {
  return postgres(url, {
    max: CONNECTIONS,
    connect_timeout: CONNECT_SECONDS,
    onnotice: () => {},
    // Counts and places are far below 2^53.
    types: {
      bigint: { to: 20, from: [20], serialize: (value: number) => String(value), parse: Number },
    },
  }) as unknown as Sql
}

/**
 * Failures after which the driver's connections are not to be trusted: what they had half sent stays in them. The
 * driver's own codes, the system's, and the server's for "shut down" and "connection failed".
 */
function isLost(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^(CONNECTION_|CONNECT_TIMEOUT|E[A-Z]+$|57P0|08)/.test(code)
}

/**
 * The connections to a store. Every statement stands for itself: a transaction of several messages whose connection
 * is cut between two of them would end the whole process inside the driver.
 */
export class Connection {
  readonly location: string
  readonly #url: string
  #sql: Sql

  private constructor(url: string) {
    this.location = locationOf(url)
    this.#url = url
    this.#sql = pool(url)
  }

  /**
   * Connects to a store and brings it up to date.
   *
   * @throws GuerdonError ARGUMENT_INVALID for what is no address, STORE_FAILED when the database cannot be used
   */
  static async open(url: string): Promise<Connection> {
    const connection = new Connection(url)
    try {
      await connection.use((sql) => migrate(sql, connection.location))
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  get sql(): Sql {
    return this.#sql
  }

  /** Does something with the connections; a failure becomes a sentence, and lost connections are replaced. */
  async use<Result>(act: (sql: Sql) => PromiseLike<Result>): Promise<Result> {
    const sql = this.#sql
    try {
      return await act(sql)
    } catch (error) {
      if (isLost(error) && sql === this.#sql) {
        this.#sql = pool(this.#url)
        void sql.end({ timeout: 1 }).catch(() => {})
      }
      throw storeFailure(this.location, error)
    }
  }

  /** The same for what only reads: it is tried once more when its connection was lost. */
  async read<Result>(act: (sql: Sql) => PromiseLike<Result>): Promise<Result> {
    try {
      return await this.use(act)
    } catch (error) {
      if (!isLost((error as Error).cause)) throw error
      return this.use(act)
    }
  }

  close(): Promise<void> {
    return this.#sql.end({ timeout: 5 })
  }
}
