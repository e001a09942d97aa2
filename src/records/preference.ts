/** A preference: two completions of one prompt, one of them preferred, or a tie. */
import type { Text } from './rollout.ts'

export interface PreferencePair {
  readonly id: string
  readonly prompt: Text
  /** the preferred completion; in a tie the first one in the file */
  readonly chosen: Text
  readonly rejected: Text
  /** how strongly `chosen` is preferred, on the data set's own scale (HelpSteer: 0 to 3); never negative */
  readonly strength?: number
  /** true when the annotator preferred neither */
  readonly tie?: boolean
  /** scores of the two completions, where the data set has them */
  readonly scores?: { readonly chosen: number; readonly rejected: number }
  readonly category?: string
  readonly user?: string
  /** the data set, or the layout when the row names none */
  readonly source: string
  readonly metadata?: Readonly<Record<string, unknown>>
}
