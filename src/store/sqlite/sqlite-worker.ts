/** The thread that owns a SQLite connection: it opens the file, says so, and answers one question after another. */
import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { GuerdonError, messageOf } from '../../records/error.ts'
import type { NumberFrame } from '../store.ts'
import { KeyTail } from './key-tail.ts'
import { AnswerLookup } from './lookup.ts'
import { openForReading, openForWriting } from './open-database.ts'
import { prunePiece } from './prune.ts'
import { SqliteReader } from './read.ts'
import { Settler } from './settle.ts'
import { Settling } from './settling.ts'
import { transaction } from './transaction.ts'
import { type Operations, type Question, READY_ID, type WorkerSetup } from './worker-protocol.ts'
import { SqliteWriter, type WriteReply, type WriteRequest } from './write.ts'

const port = parentPort!
const { path, role } = workerData as WorkerSetup

/** Pages given back to the file system after each piece that was pruned (16 kB each). */
const VACUUM_PAGES = 1000

/** Failures of the disk, the file or its lock: they are the same for every request, alone or not. */
const SHARED_FAILURES = /disk|locked|busy|readonly|read-only|malformed|I\/O|full|unable to open/i

/** All requests in one transaction; when one of them spoils it, each gets its own, so that only that one fails. */
function writeTogether(
  database: DatabaseSync,
  writer: SqliteWriter,
  tail: KeyTail,
  requests: readonly WriteRequest[],
): WriteReply[] {
  try {
    return transaction(database, () => writer.write(requests))
  } catch (error) {
    tail.reset()
    if (requests.length === 1 || SHARED_FAILURES.test(messageOf(error))) throw error
    return requests.map((request) => {
      try {
        return transaction(database, () => writer.write([request]))[0]!
      } catch (alone) {
        tail.reset()
        return { kind: 'failed', sentence: sentenceOf(alone).sentence }
      }
    })
  }
}

/** The same state of the file for all that one question reads. */
function reading<Given extends readonly unknown[], Result>(
  database: DatabaseSync,
  read: (...given: Given) => Result,
): (...given: Given) => Result {
  return (...given) => {
    database.exec('BEGIN')
    try {
      return read(...given)
    } finally {
      database.exec('COMMIT')
    }
  }
}

function readingOperations(database: DatabaseSync, tail: KeyTail): Partial<Operations> {
  const reader = new SqliteReader(database)
  const answers = new AnswerLookup(database, tail)
  return {
    find: answers.find.bind(answers),
    runs: reader.runs.bind(reader),
    run: reader.run.bind(reader),
    state: reader.state.bind(reader),
    row: reading(database, reader.row.bind(reader)),
    piece: reading(database, reader.piece.bind(reader)),
    page: reading(database, reader.page.bind(reader)),
    numbers: reading(database, reader.numbers.bind(reader)),
    work: reader.work.bind(reader),
    alerts: reader.alerts.bind(reader),
    close() {
      database.close()
    },
  }
}

interface Serving {
  readonly operations: Partial<Operations>
  /** what is done behind an answer, before the next question */
  readonly afterAnswer: () => void
}

function servingOf(database: DatabaseSync): Serving {
  const tail = new KeyTail(database)
  const operations = readingOperations(database, tail)
  if (role === 'read') return { operations, afterAnswer() {} }
  const writer = new SqliteWriter(database, tail)
  const settling = new Settling(database, new Settler(database))
  settling.soon()
  const writing: Partial<Operations> = {
    write(requests) {
      const replies = writeTogether(database, writer, tail, requests)
      settling.note(writer.takeStored())
      return replies
    },
    settle() {
      settling.rows()
    },
    prune(maximumRows, before) {
      settling.all()
      const piece = transaction(database, () => prunePiece(database, maximumRows, before))
      database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
      return piece
    },
    close() {
      settling.finish()
      database.close()
    },
  }
  return { operations: { ...operations, ...writing }, afterAnswer: () => settling.wholeLumps() }
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

function serve({ operations, afterAnswer }: Serving): void {
  port.on('message', ({ id, name, given }: Question) => {
    try {
      const operation = operations[name] as (...given: readonly unknown[]) => unknown
      const value = operation(...given)
      port.postMessage({ id, value }, buffersOf(value))
      if (name === 'close') port.close()
      else afterAnswer()
    } catch (error) {
      port.postMessage({ id, ...sentenceOf(error) })
    }
  })
}

try {
  serve(servingOf(role === 'read' ? openForReading(path) : openForWriting(path)))
  port.postMessage({ id: READY_ID, value: null })
} catch (error) {
  port.postMessage({ id: READY_ID, ...sentenceOf(error) })
  port.close()
}
