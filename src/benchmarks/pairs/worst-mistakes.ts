/** The pairs a reward is most sure of and wrong about. */
import { completionText, promptText } from '../../records/rollout.ts'
import type { BenchmarkItem } from '../benchmark.ts'

export interface Mistake {
  readonly id: string
  readonly subset: string | null
  /** r(chosen) − r(rejected), below 0 */
  readonly margin: number
  readonly chosenReward: number
  readonly rejectedReward: number
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
}

/** Keeps the `most` lowest margins below 0, lowest first; of equals the earlier. */
export class WorstMistakes {
  readonly #most: number
  readonly #list: Mistake[] = []

  constructor(most: number) {
    this.#most = most
  }

  add(item: BenchmarkItem, chosenReward: number, rejectedReward: number): void {
    const margin = chosenReward - rejectedReward
    if (margin >= 0 || this.#most === 0) return
    const last = this.#list.at(-1)
    if (this.#list.length === this.#most && last !== undefined && margin >= last.margin) return
    let at = this.#list.length
    while (at > 0 && this.#list[at - 1]!.margin > margin) at--
    this.#list.splice(at, 0, {
      id: item.id,
      subset: item.subset ?? null,
      margin,
      chosenReward,
      rejectedReward,
      prompt: promptText(item.prompt),
      chosen: completionText(item.completions[0]!),
      rejected: completionText(item.completions[1]!),
    })
    if (this.#list.length > this.#most) this.#list.pop()
  }

  list(): readonly Mistake[] {
    return this.#list
  }
}
