/** One sentence about the numbers of a column. */
import type { Histogram } from '../schemas.ts'
import { beside, inWords, named, percent } from './words.ts'

/**
 * What the numbers of a column look like, and what share of the reward's variance inside groups it explains.
 *
 * @param varianceShare null = undefined: the column or the reward does not vary inside any group
 * @example columnSentence('boxed', { edges: [-0.5, 0.5, 1.5], counts: [8, 92], invalid: 0, mean: 0.92, standardDeviation: 0.27 }, 0.08) // '`boxed` is 1 in 92 % of rows; it explains 8 % of the reward’s variance inside groups.'
 */
export function columnSentence(name: string, histogram: Histogram, varianceShare: number | null): string {
  const { counts, edges, invalid, mean } = histogram
  const valid = counts.reduce((sum, count) => sum + count, 0)
  if (valid === 0) return `${named(name)} has no valid number in this range.`
  const parts = [shape(histogram, valid)]
  const isConstant = counts.length === 1 && (histogram.standardDeviation ?? 0) === 0
  if (varianceShare !== null)
    parts.push(`it explains ${percent(varianceShare)} of the reward’s variance inside groups`)
  else if (!isConstant && mean !== null && edges.length > 0 && name !== 'reward' && name !== 'advantage')
    parts.push('inside groups it does not vary together with the reward')
  if (invalid > 0) parts.push(`${percent(invalid / (valid + invalid))} of rows have none`)
  return `${named(name)} ${parts.join('; ')}.`
}

function shape({ counts, edges, mean, standardDeviation }: Histogram, valid: number): string {
  if (counts.length === 1 && (standardDeviation ?? 0) === 0) return `is ${inWords(mean!)} in every valid row`
  const isBinary = counts.length === 2 && edges[0] === -0.5 && edges[2] === 1.5
  if (isBinary) return `is 1 in ${percent(counts[1]! / valid)} of rows`
  const spread =
    standardDeviation === null ? '' : `, with a standard deviation of ${inWords(standardDeviation)}`
  return mean === null
    ? 'has very large numbers'
    : `averages ${inWords(beside(mean, standardDeviation ?? 0))}${spread}`
}
