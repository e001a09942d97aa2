/** Where the strengths of labels come from: scores in the data, a column of margins, voters, or a caller's own model. */

import { type PreferenceStrength, preferenceStrength } from '../../numerics/preference-strength.ts'
import { GuerdonError } from '../../records/error.ts'
import { isGiven } from '../../records/formats/fields.ts'
import type { ReadPair } from './read-pairs.ts'

export interface PairStrengths extends PreferenceStrength {
  /** 1 where the pair has a strength; mean and deviation are 0 elsewhere */
  readonly known: Uint8Array
}

export interface StrengthSource {
  /** completes "strengths are …" in the report */
  readonly description: string
  /** μ̂ and σ̂ of each pair as it is labelled: positive where the source agrees with the label */
  strengths(pairs: readonly ReadPair[]): PairStrengths | Promise<PairStrengths>
}

/** Members' margins of single pairs as strengths; undefined: unknown. */
function strengthsOf(
  pairs: readonly ReadPair[],
  membersOf: (
    pair: ReadPair,
  ) => readonly [chosen: readonly number[], rejected: readonly number[]] | undefined,
): PairStrengths {
  const mean = new Float64Array(pairs.length)
  const std = new Float64Array(pairs.length)
  const known = new Uint8Array(pairs.length)
  for (const [index, pair] of pairs.entries()) {
    const members = membersOf(pair)
    if (members === undefined) continue
    const strength = preferenceStrength(
      members[0].map((score) => [score]),
      members[1].map((score) => [score]),
    )
    mean[index] = strength.mean[0]!
    std[index] = strength.std[0]!
    known[index] = 1
  }
  return { mean, std, known }
}

/** A number, or the members' numbers, of a column; numbers in CSV are text. */
function numbersOf(read: ReadPair, column: string): readonly number[] | undefined {
  const value = read.fields[column]
  if (!isGiven(value) || value === '') return undefined
  const list = (Array.isArray(value) ? value : [value]).map((entry) =>
    typeof entry === 'string' && entry.trim() !== '' ? Number(entry) : entry,
  )
  if (list.length > 0 && list.every((entry) => typeof entry === 'number' && Number.isFinite(entry)))
    return list
  throw new GuerdonError('DATA_FIELD_INVALID', 'is no strength', {
    where: { line: read.line, row: read.pair.id, field: column },
    found: value,
    expected: 'a finite number or a list of them, one a model',
  })
}

/** Margins in a column: one number, or a list with one a model; positive where they agree with the label. */
export function columnStrengths(column: string): StrengthSource {
  return {
    description: `the margins in the column "${column}"`,
    strengths: (pairs) =>
      strengthsOf(pairs, (pair) => {
        const margins = numbersOf(pair, column)
        return margins === undefined ? undefined : [margins, margins.map(() => 0)]
      }),
  }
}

/**
 * Scores of both sides: lists in `scores_chosen` and `scores_rejected`, one a model, else the pair's own two scores.
 *
 * @throws GuerdonError DATA_FIELD_INVALID for lists of unequal length
 */
export function scoreStrengths(): StrengthSource {
  return {
    description: 'differences of the scores in the data',
    strengths: (pairs) =>
      strengthsOf(pairs, (read) => {
        const chosen = numbersOf(read, 'scores_chosen')
        const rejected = numbersOf(read, 'scores_rejected')
        if (chosen !== undefined && rejected !== undefined) {
          if (chosen.length === rejected.length) return [chosen, rejected]
          throw new GuerdonError('DATA_FIELD_INVALID', 'has scores of other models than the chosen side', {
            where: { line: read.line, row: read.pair.id, field: 'scores_rejected' },
            found: `${rejected.length} scores`,
            expected: `${chosen.length}`,
          })
        }
        const { scores } = read.pair
        return scores === undefined ? undefined : [[scores.chosen], [scores.rejected]]
      }),
  }
}
