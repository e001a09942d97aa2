/** What each column is like and how much of the reward it decides. */
import type { NumberFrame } from '../../../store/store.ts'
import { columnSentence } from '../findings/column.ts'
import { decidingSentence } from '../findings/deciding-column.ts'
import type { Anatomy } from '../schemas.ts'
import { columnKind, inOrder, stageParts } from './column-kind.ts'
import { histogramOf } from './histogram.ts'
import { nullable } from './nullable.ts'
import { spreadOf, stepGroupsOf } from './step-groups.ts'
import { withinCorrelations } from './within-groups.ts'

/** More columns than these make a matrix that nobody reads. */
const MOST_IN_MATRIX = 24
/** rows of a column that are looked up for the reasons why they are invalid */
const MOST_INVALID = 100

/** An anatomy before what only rows and timings know is added. */
export interface AnatomyNumbers {
  readonly answer: Anatomy
  /** column → sequences of at most 100 rows, evenly spread, where it is invalid */
  readonly invalidRows: ReadonlyMap<string, readonly number[]>
}

/** The numbers of `GET /runs/:run/anatomy`; reasons and latencies are still empty. */
export function anatomyOf(frame: NumberFrame): AnatomyNumbers {
  const names = inOrder(frame.columns.keys())
  const stages = names.filter((name) => columnKind(name) === 'stage')
  const shown = names.filter((name) => columnKind(name) !== 'stage')
  const matrixNames = shown.slice(0, MOST_IN_MATRIX)
  const groups = stepGroupsOf(frame)
  const matrix = withinCorrelations(
    matrixNames.map((name) => frame.columns.get(name)!),
    groups,
  )
  const size = matrixNames.length
  const reward = frame.columns.get('reward')
  const shareOf = (name: string): number | null => {
    const kind = columnKind(name)
    if (reward === undefined || kind === 'reward' || kind === 'advantage') return null
    // The reward comes first, so its correlations are the matrix's first row.
    const place = matrixNames.indexOf(name)
    const correlation =
      place !== -1 ? matrix[place]! : withinCorrelations([reward, frame.columns.get(name)!], groups)[1]!
    return nullable(correlation ** 2)
  }
  const invalidRows = new Map<string, readonly number[]>()
  const columns = shown.map((name) => {
    const values = frame.columns.get(name)!
    const kind = columnKind(name)
    const histogram = histogramOf(values)
    const varianceShare = shareOf(name)
    // A number that was not logged is absent, not invalid, and has no reason.
    if (histogram.invalid > 0 && (kind === 'reward' || kind === 'signal'))
      invalidRows.set(name, invalidSequences(values, frame.sequence, histogram.invalid))
    return {
      name,
      kind,
      finding: columnSentence(name, histogram, varianceShare),
      histogram,
      stages: stagesOf(name, stages, frame),
      varianceShare,
      invalidReasons: [],
      latency: null,
    }
  })
  const { comparable, equal } = spreadOf(
    reward ?? new Float64Array(frame.sequence.length).fill(Number.NaN),
    groups,
  )
  const shares = columns
    .filter(({ kind, varianceShare }) => kind === 'signal' && varianceShare !== null)
    .map(({ name, varianceShare }) => ({ name, share: varianceShare! }))
    .sort((a, b) => b.share - a.share)
  return {
    answer: {
      matching: frame.matching,
      used: frame.sequence.length,
      finding:
        frame.sequence.length === 0
          ? 'No rows are in this range.'
          : decidingSentence({ comparable, differing: comparable - equal, shares }),
      columns,
      correlation: {
        names: matrixNames,
        values: matrixNames.map((_, a) => Array.from(matrix.subarray(a * size, (a + 1) * size), nullable)),
      },
    },
    invalidRows,
  }
}

function stagesOf(
  column: string,
  stages: readonly string[],
  frame: NumberFrame,
): Anatomy['columns'][number]['stages'] {
  return stages
    .map((name) => ({ name, parts: stageParts(name) }))
    .filter(({ parts }) => parts?.column === column)
    .sort((a, b) => a.parts!.index - b.parts!.index)
    .map(({ name, parts }) => ({
      name,
      method: parts!.method,
      histogram: histogramOf(frame.columns.get(name)!),
    }))
}

function invalidSequences(values: Float64Array, sequence: Float64Array, invalid: number): number[] {
  const wanted = Math.min(invalid, MOST_INVALID)
  const chosen: number[] = []
  let seen = 0
  for (let row = 0; row < values.length && chosen.length < wanted; row++) {
    if (!Number.isNaN(values[row]!)) continue
    if (seen === Math.floor((chosen.length * invalid) / wanted)) chosen.push(sequence[row]!)
    seen++
  }
  return chosen
}
