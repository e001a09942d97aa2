/** A batch of rollouts with what every signal asks of it, computed once: texts and groups. */
import { type Groups, groupsFromIds } from '../numerics/grouped.ts'
import { completionText, promptText, type Rollout } from './rollout.ts'

export class RolloutBatch {
  readonly rollouts: readonly Rollout[]
  #completions: string[] | undefined
  #prompts: string[] | undefined
  #groups: Groups | undefined

  constructor(rollouts: readonly Rollout[]) {
    this.rollouts = rollouts
  }

  get size(): number {
    return this.rollouts.length
  }

  /** the completions as plain text */
  get completions(): readonly string[] {
    this.#completions ??= this.rollouts.map((rollout) => completionText(rollout.completion))
    return this.#completions
  }

  /** the prompts as plain text */
  get prompts(): readonly string[] {
    this.#prompts ??= this.rollouts.map((rollout) => promptText(rollout.prompt))
    return this.#prompts
  }

  get groups(): Groups {
    this.#groups ??= groupsFromIds(this.rollouts.map((rollout) => rollout.group))
    return this.#groups
  }

  /** The rollouts at the given positions as a batch of their own. */
  select(rows: ArrayLike<number>): RolloutBatch {
    return new RolloutBatch(Array.from(rows, (row) => this.rollouts[row]!))
  }
}
