/** The thread that owns a SQLite connection: it opens the file, says so, and answers one question after another. */
import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { GuerdonError, messageOf } from '../../records/error.ts'
import type { NumberFrame } from '../store.ts'
import { AnswerLookup } from './lookup.ts'
import { openForReading, openForWriting } from './open-database.ts'
import { prunePiece } from './prune.ts'
import { SqliteReader } from './read.ts'
import { type Operations, type Question, READY_ID, type WorkerSetup } from './worker-protocol.ts'
import { SqliteWriter, type WriteReply, type WriteRequest } from './write.ts'

const port = parentPort!
const { path, role } = workerData as WorkerSetup

/** Pages given back to the file system after each piece that was pruned (8 kB each). */
const VACUUM_PAGES = 2000

function transaction<Result>(database: DatabaseSync, act: () => Result): Result {
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

/** Failures of the disk, the file or its lock: they are the same for every request, alone or not. */
const SHARED_FAILURES = /disk|locked|busy|readonly|read-only|malformed|I\/O|full|unable to open/i

/** All requests in one transaction; when one of them spoils it, each gets its own, so that only that one fails. */
function writeTogether(
  database: DatabaseSync,
  writer: SqliteWriter,
  requests: readonly WriteRequest[],
): WriteReply[] {
  try {
    return transaction(database, () => writer.write(requests))
  } catch (error) {
    if (requests.length === 1 || SHARED_FAILURES.test(messageOf(error))) throw error
    return requests.map((request) => {
      try {
        return transaction(database, () => writer.write([request]))[0]!
      } catch (alone) {
        return { kind: 'failed', sentence: sentenceOf(alone).sentence }
      }
    })
  }
}

function operationsOf(database: DatabaseSync): Partial<Operations> {
  const reader = new SqliteReader(database)
  const answers = new AnswerLookup(database)
  const reading: Partial<Operations> = {
    find: answers.find.bind(answers),
    runs: reader.runs.bind(reader),
    run: reader.run.bind(reader),
    state: reader.state.bind(reader),
    row: reader.row.bind(reader),
    piece: reader.piece.bind(reader),
    page: reader.page.bind(reader),
    numbers: reader.numbers.bind(reader),
    work: reader.work.bind(reader),
    alerts: reader.alerts.bind(reader),
    close() {
      database.close()
    },
  }
  if (role === 'read') return reading
  const writer = new SqliteWriter(database)
  return {
    ...reading,
    write: (requests) => writeTogether(database, writer, requests),
    prune(maximumRows, before) {
      const piece = transaction(database, () => prunePiece(database, maximumRows, before))
      database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
      return piece
    },
    close() {
      // Statistics for the planner are cheap here and nobody waits for them.
      database.exec('PRAGMA optimize')
      database.close()
    },
  }
}

function sentenceOf(error: unknown): { code: 'STORE_FAILED'; sentence: string } {
  if (error instanceof GuerdonError) return { code: 'STORE_FAILED', sentence: error.message }
  return { code: 'STORE_FAILED', sentence: `${path}: the store could not do it: ${messageOf(error)}` }
}

/** Buffers that are given away instead of copied. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const { columns, sequence, step, group } = (value ?? {}) as Partial<NumberFrame>
  if (!(columns instanceof Map) || sequence === undefined) return []
  return [sequence, step!, group!, ...columns.values()].map((list) => list.buffer as ArrayBuffer)
}

function serve(operations: Partial<Operations>): void {
  port.on('message', ({ id, name, given }: Question) => {
    try {
      const operation = operations[name] as (...given: readonly unknown[]) => unknown
      const value = operation(...given)
      port.postMessage({ id, value }, buffersOf(value))
      if (name === 'close') port.close()
    } catch (error) {
      port.postMessage({ id, ...sentenceOf(error) })
    }
  })
}

try {
  serve(operationsOf(role === 'read' ? openForReading(path) : openForWriting(path)))
  port.postMessage({ id: READY_ID, value: null })
} catch (error) {
  port.postMessage({ id: READY_ID, ...sentenceOf(error) })
  port.close()
}
