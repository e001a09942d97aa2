/** A row of a preference layout with its label the other way round. */
import { GuerdonError } from '../../records/error.ts'
import type { Fields } from '../../records/formats/fields.ts'
import type { ColumnMap } from '../../records/formats/map-columns.ts'

interface LabelColumns {
  /** columns whose contents change places */
  readonly exchanged?: readonly (readonly [string, string])[]
  /** columns of signed strengths */
  readonly negated?: readonly string[]
  /** columns whose value names the better side */
  readonly replaced?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const sides = ['chosen', 'rejected'] as const
const scores = ['score_chosen', 'score_rejected'] as const
const memberScores = ['scores_chosen', 'scores_rejected'] as const

const labels: Readonly<Record<string, LabelColumns>> = {
  'trl-preference': { exchanged: [sides, scores, memberScores] },
  'hh-rlhf': { exchanged: [sides] },
  'ultrafeedback-binarized': { exchanged: [sides, scores] },
  'helpsteer2-preference': { negated: ['preference_strength'] },
  'helpsteer3-preference': { negated: ['overall_preference'] },
  rewardbench: { exchanged: [sides, ['chosen_model', 'rejected_model']] },
  judgebench: { replaced: { label: { 'A>B': 'B>A', 'B>A': 'A>B', 'A=B': 'A=B' } } },
  llmbar: { replaced: { label: { 1: 2, 2: 1 } } },
}

/**
 * The row with the other completion preferred; all other fields stay. `map` says under which names the file has the
 * layout's columns.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a layout or a map (into an object) whose label cannot be written
 * @example exchangeLabel({ prompt: 'p', chosen: 'a', rejected: 'b' }, 'trl-preference')
 *   // { prompt: 'p', chosen: 'b', rejected: 'a' }
 */
export function exchangeLabel(row: Fields, layout: string, map: ColumnMap = {}): Record<string, unknown> {
  const columns = labels[layout]
  if (columns === undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', `labels of the layout ${layout} cannot be flipped`, {
      expected: Object.keys(labels).join(', '),
    })
  }
  const nameOf = (column: string): string => {
    const own = map[column] ?? column
    if (Object.hasOwn(row, own) || !own.includes('.')) return own
    throw new GuerdonError('ARGUMENT_INVALID', 'labels inside an object cannot be flipped', {
      where: { field: own },
      hint: 'Flip with columns of their own, or only suggest flips',
    })
  }
  const flipped: Record<string, unknown> = { ...row }
  for (const [one, other] of columns.exchanged ?? []) {
    const [first, second] = [nameOf(one), nameOf(other)]
    if (!Object.hasOwn(row, first) && !Object.hasOwn(row, second)) continue
    flipped[first] = row[second] ?? null
    flipped[second] = row[first] ?? null
  }
  for (const column of columns.negated ?? []) flipped[nameOf(column)] = -Number(row[nameOf(column)])
  for (const [column, values] of Object.entries(columns.replaced ?? {}))
    flipped[nameOf(column)] = values[String(row[nameOf(column)])]
  return flipped
}
