/** What the store and its SQLite workers say to one another. */
import type { ErrorCode } from '../../records/error.ts'
import type { RawRun } from '../decode-row.ts'
import type { PrunePiece } from '../prune-piece.ts'
import type { NumberFrame, RowFilter, SignalWork } from '../store.ts'
import type { AnswerLines, RowLines } from './batch-lines.ts'
import type { PageRequest, RawPage } from './read.ts'
import type { WriteReply, WriteRequest } from './write.ts'

export interface WorkerSetup {
  readonly path: string
  readonly role: 'write' | 'read' | 'both'
}

/** The questions by name: arguments and answers. */
export interface Operations {
  write(requests: readonly WriteRequest[]): WriteReply[]
  /** everything accepted so far can be read when this is answered */
  settle(): void
  prune(maximumRows: number | null, before: number | null): PrunePiece
  find(run: string, key: string, sinceMs: number): AnswerLines | undefined
  runs(): RawRun[]
  run(id: string): RawRun | undefined
  state(run: string): string | null
  row(run: string, sequence: number): RowLines | undefined
  piece(run: string, from: number, limit: number): RowLines[]
  page(request: PageRequest): RawPage
  numbers(run: string, filter: RowFilter, most: number): NumberFrame
  work(run: string, most: number): (readonly SignalWork[])[]
  alerts(run: string): { id: number; at: number; alert: string }[]
  close(): void
}

export interface Question {
  readonly id: number
  readonly name: keyof Operations
  readonly given: readonly unknown[]
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: ErrorCode; readonly sentence: string }

/** The first message of a worker, when its database is open. */
export const READY_ID = 0
