/** Step labels: a solution in steps with a judgement of each step, the food of process reward models. */
import type { Text } from './rollout.ts'

export interface StepLabels {
  readonly id: string
  readonly prompt: Text
  readonly steps: readonly string[]
  /** one a step: 1 right, 0 neither, -1 wrong; undefined where nobody judged the step */
  readonly labels: readonly (number | undefined)[]
  readonly reference?: string
  /** why the annotation ended, in the data set's words (PRM800K: solution, found_error, …) */
  readonly finishReason?: string
  readonly category?: string
  /** the data set, or the layout when the row names none */
  readonly source: string
  readonly metadata?: Readonly<Record<string, unknown>>
}
