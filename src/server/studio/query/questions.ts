/** What the query worker can be asked: every answer that goes through many numbers or texts. */
import type { NumberFrame } from '../../../store/store.ts'
import { type AnatomyNumbers, anatomyOf } from '../aggregates/anatomy.ts'
import { inOrder } from '../aggregates/column-kind.ts'
import { type GroupTable, groupTableOf } from '../aggregates/group-table.ts'
import { seriesOf } from '../aggregates/series.ts'
import { type Sparks, sparksOf } from '../aggregates/sparks.ts'
import { type Neighbour, textNeighbours } from '../aggregates/text-neighbours.ts'
import { wholeGroupsOf } from '../aggregates/whole-groups.ts'
import { groupsSentence } from '../findings/groups.ts'
import type { Series } from '../schemas.ts'

/** rows that a curve or an anatomy is made of: of more, whole groups with about so many */
const MOST_ROWS = 200_000

export interface RunNumbers extends Sparks {
  /** names of the frame's columns, in the order of the pages */
  readonly columns: readonly string[]
}

export const questions = {
  run(frame: NumberFrame, heldBack: string | null): RunNumbers {
    const { axis, sparks } = sparksOf(wholeGroupsOf(frame, MOST_ROWS), heldBack)
    return { axis, sparks, columns: inOrder(frame.columns.keys()) }
  },
  series(frame: NumberFrame, points: number): Series {
    return seriesOf(wholeGroupsOf(frame, MOST_ROWS), points)
  },
  anatomy(frame: NumberFrame): AnatomyNumbers {
    return anatomyOf(wholeGroupsOf(frame, MOST_ROWS))
  },
  groups(frame: NumberFrame, order: readonly string[]): GroupTable & { readonly finding: string } {
    const table = groupTableOf(frame, order)
    return { ...table, finding: groupsSentence(table) }
  },
  neighbours(text: string, others: readonly string[], most: number): Neighbour[] {
    return textNeighbours(text, others, most)
  },
}

export type Questions = typeof questions

export interface Question {
  readonly id: number
  readonly name: keyof Questions
  readonly given: readonly unknown[]
}

export type QuestionReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: string }

/** The memory under a frame's or a table's typed arrays, each once, to be handed over instead of copied. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  const visit = (entry: unknown): void => {
    if (ArrayBuffer.isView(entry)) {
      if (entry.buffer instanceof ArrayBuffer) buffers.add(entry.buffer)
    } else if (entry instanceof Map) for (const inner of entry.values()) visit(inner)
  }
  if (value !== null && typeof value === 'object') for (const entry of Object.values(value)) visit(entry)
  return [...buffers]
}
