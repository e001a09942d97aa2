/** A prompt that still waits for its rollouts, with what a verifier needs to judge them. */
import type { Text } from '../rollout.ts'

export interface Prompt {
  readonly id: string
  readonly prompt: Text
  readonly reference?: string | readonly string[]
  readonly category?: string
  /** the data set, or the layout when the row names none */
  readonly source: string
  /** every other column of the row */
  readonly metadata?: Readonly<Record<string, unknown>>
}
