/** Relations in a DuckDB file: sorted and grouped on disk, within a given memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GuerdonError } from '../../records/error.ts'
import type { Relation, RelationBatch, Relations } from './relation.ts'

// The package is optional, so its types may be absent: this is the part of it that is used.
interface Chunk {
  rowCount: number
  setColumnValues(column: number, values: readonly unknown[]): void
  getColumnValues(column: number): unknown[]
  getColumnVector(column: number): { getItem(row: number): unknown }
}
interface Appender {
  appendDataChunk(chunk: Chunk): void
  flushSync(): void
  closeSync(): void
}
interface Connection {
  run(sql: string): Promise<unknown>
  stream(sql: string): Promise<{ fetchChunk(): Promise<Chunk | null> }>
  createAppender(table: string): Promise<Appender>
  closeSync(): void
}
interface DuckDB {
  readonly DOUBLE: unknown
  readonly BLOB: unknown
  readonly DuckDBBlobValue: new (bytes: Uint8Array) => { readonly bytes: Uint8Array }
  readonly DuckDBDataChunk: { create(types: readonly unknown[], rows: number): Chunk }
  readonly DuckDBInstance: {
    create(
      path: string,
      options: Readonly<Record<string, string>>,
    ): Promise<{ connect(): Promise<Connection>; closeSync(): void }>
  }
}

const packageName = '@duckdb/node-api'

/** rows of a DuckDB vector */
const chunkSize = 2048

export interface DuckDbOptions {
  /** folder for the database, made beside other temporary files when absent */
  readonly folder?: string | undefined
  /** memory that DuckDB may use, as it writes it: 1GB */
  readonly memory?: string | undefined
  readonly threads?: number | undefined
}

/**
 * Loads DuckDB.
 *
 * @throws GuerdonError PACKAGE_MISSING saying what to install
 */
export async function loadDuckDb(): Promise<DuckDB> {
  try {
    return (await import(packageName)) as DuckDB
  } catch (cause) {
    throw new GuerdonError(
      'PACKAGE_MISSING',
      'data of this size are sorted by DuckDB, which is not installed',
      {
        expected: `the package ${packageName}`,
        hint: `npm install ${packageName}, or --engine memory where memory suffices`,
        cause,
      },
    )
  }
}

class DuckDbRelation implements Relation {
  size = 0
  readonly #duckdb: DuckDB
  readonly #connection: Connection
  readonly #table: string
  readonly #appender: Appender
  readonly #chunk: Chunk
  readonly #pending: number[][]
  readonly #pendingBytes: Uint8Array[] | undefined
  #isOpen = true

  constructor(
    duckdb: DuckDB,
    connection: Connection,
    table: string,
    columns: number,
    withBytes: boolean,
    appender: Appender,
  ) {
    this.#duckdb = duckdb
    this.#connection = connection
    this.#table = table
    this.#appender = appender
    const types = [
      ...Array.from({ length: columns }, () => duckdb.DOUBLE),
      ...(withBytes ? [duckdb.BLOB] : []),
    ]
    this.#chunk = duckdb.DuckDBDataChunk.create(types, chunkSize)
    this.#pending = Array.from({ length: columns }, () => [])
    this.#pendingBytes = withBytes ? [] : undefined
  }

  append(values: ArrayLike<number>, bytes?: Uint8Array): void {
    for (let column = 0; column < this.#pending.length; column++) this.#pending[column]!.push(values[column]!)
    this.#pendingBytes?.push(new Uint8Array(bytes!))
    this.size++
    if (this.#pending[0]!.length === chunkSize) this.#flush()
  }

  #flush(): void {
    const rows = this.#pending[0]!.length
    if (rows === 0) return
    this.#chunk.rowCount = rows
    for (const [column, values] of this.#pending.entries()) this.#chunk.setColumnValues(column, values)
    if (this.#pendingBytes !== undefined) {
      this.#chunk.setColumnValues(
        this.#pending.length,
        this.#pendingBytes.map((bytes) => new this.#duckdb.DuckDBBlobValue(bytes)),
      )
      this.#pendingBytes.length = 0
    }
    for (const values of this.#pending) values.length = 0
    this.#appender.appendDataChunk(this.#chunk)
  }

  #close(): void {
    if (!this.#isOpen) return
    this.#flush()
    this.#appender.flushSync()
    this.#appender.closeSync()
    this.#isOpen = false
  }

  async *sorted(repeated = 0): AsyncGenerator<RelationBatch> {
    this.#close()
    const names = this.#pending.map((_, column) => `c${column}`)
    const keys = names.slice(0, repeated).join(', ')
    const all = [...names, ...(this.#pendingBytes === undefined ? [] : ['bytes'])].join(', ')
    const only =
      repeated === 0
        ? ''
        : ` WHERE (${keys}) IN (SELECT (${keys}) FROM ${this.#table} GROUP BY ${keys} HAVING count(*) > 1)`
    const result = await this.#connection.stream(
      `SELECT ${all} FROM ${this.#table}${only} ORDER BY ${names.join(', ')}`,
    )
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
      const columns = names.map((_, column) =>
        Float64Array.from(chunk.getColumnValues(column) as unknown as number[]),
      )
      const blobs = this.#pendingBytes === undefined ? undefined : chunk.getColumnVector(names.length)
      yield {
        size: chunk.rowCount,
        columns,
        bytes: (row) => new Uint8Array((blobs!.getItem(row) as { bytes: Uint8Array }).bytes),
      }
    }
  }
}

/**
 * Opens a DuckDB database in a folder of its own; disposing removes the folder.
 *
 * @throws GuerdonError PACKAGE_MISSING when DuckDB is not installed
 */
export async function duckDbRelations(options: DuckDbOptions = {}): Promise<Relations> {
  const duckdb = await loadDuckDb()
  const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'guerdon-relations-'))
  const instance = await duckdb.DuckDBInstance.create(join(folder, 'relations.duckdb'), {
    memory_limit: options.memory ?? '1GB',
    threads: String(options.threads ?? 2),
    temp_directory: join(folder, 'spill'),
    preserve_insertion_order: 'false',
  })
  const connections: Connection[] = []
  const connection = async (): Promise<Connection> => {
    const opened = await instance.connect()
    connections.push(opened)
    return opened
  }
  return {
    engine: 'duckdb',
    async open(name, columns, withBytes = false) {
      // A result that streams keeps its connection busy: every relation has its own.
      const own = await connection()
      const declared = Array.from({ length: columns }, (_, column) => `c${column} DOUBLE`)
      await own.run(
        `CREATE TABLE ${name} (${[...declared, ...(withBytes ? ['bytes BLOB'] : [])].join(', ')})`,
      )
      const appender = await own.createAppender(name)
      return new DuckDbRelation(duckdb, own, name, columns, withBytes, appender)
    },
    async [Symbol.asyncDispose]() {
      for (const opened of connections) opened.closeSync()
      instance.closeSync()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
