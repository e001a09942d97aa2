/** A rating: one completion of one prompt with numbers that annotators gave it. */
import type { Text } from './rollout.ts'

export interface Rating {
  readonly id: string
  readonly prompt: Text
  readonly completion: Text
  /** name → number on the data set's own scale; undefined where the annotator gave none ("N/A"), never 0 for it */
  readonly ratings: Readonly<Record<string, number | undefined>>
  readonly category?: string
  /** the data set, or the layout when the row names none */
  readonly source: string
  readonly metadata?: Readonly<Record<string, unknown>>
}
