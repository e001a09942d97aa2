/** Scores the items of a benchmark with a reward: every completion is a rollout, every item a group. */
import type { Rollout } from '../records/rollout.ts'
import type { Reward, RewardState } from '../reward/score.ts'
import type { BenchmarkItem, ItemScores } from './benchmark.ts'

/** Completions that are scored together, about. */
const BATCH = 1024

export interface ScoredItem {
  readonly item: BenchmarkItem
  readonly outcome: ItemScores
}

/**
 * The scores that the file gives, item by item; items without are invalid, as are scores that are not finite.
 */
export async function* ownScores(
  items: AsyncIterable<readonly BenchmarkItem[]>,
): AsyncGenerator<readonly ScoredItem[]> {
  for await (const batch of items) {
    yield batch.map((item) => {
      if (item.scores === undefined) return { item, outcome: { invalid: 'the file gives no scores' } }
      if (!item.scores.every(Number.isFinite))
        return { item, outcome: { invalid: 'a score of the file is not a finite number' } }
      return { item, outcome: { scores: item.scores } }
    })
  }
}

/**
 * Scores from a reward. A reward that looks at the whole batch sees all items at once, any other some thousand
 * completions at a time; states move from batch to batch. Even items list their completions in order, odd ones in
 * reverse, so that a reward which favours a place gains nothing by it, and ids say nothing of the standing. An item
 * with one completion that could not be scored has no scores, and the reason is its.
 */
export async function* rewardScores(
  reward: Reward,
  items: AsyncIterable<readonly BenchmarkItem[]>,
  abort?: AbortSignal,
): AsyncGenerator<readonly ScoredItem[]> {
  const wholeFile = reward.plan.scope === 'batch'
  let state: RewardState = {}
  let held: BenchmarkItem[] = []
  let completions = 0
  let first = 0
  const score = async (): Promise<ScoredItem[]> => {
    const rollouts = held.flatMap((item, at) => rolloutsOfItem(item, first + at))
    const scored = await reward.score(rollouts, { state, ...(abort === undefined ? {} : { abort }) })
    state = scored.state
    let row = 0
    const results = held.map((item, at) => {
      const size = item.completions.length
      const reversed = (first + at) % 2 === 1
      const scores = new Float64Array(size)
      let invalid: string | undefined
      for (let place = 0; place < size; place++, row++) {
        const completion = reversed ? size - 1 - place : place
        scores[completion] = scored.reward.values[row]!
        if (scored.reward.valid[row] === 0) invalid ??= scored.reward.reasons?.[row] ?? 'invalid'
      }
      return { item, outcome: invalid === undefined ? { scores } : { invalid } }
    })
    first += held.length
    held = []
    completions = 0
    return results
  }
  for await (const batch of items) {
    for (const item of batch) {
      held.push(item)
      completions += item.completions.length
      if (!wholeFile && completions >= BATCH) yield await score()
    }
  }
  if (held.length > 0) yield await score()
}

function rolloutsOfItem(item: BenchmarkItem, number: number): Rollout[] {
  const group = `item-${number}`
  const rollouts = item.completions.map(
    (completion): Omit<Rollout, 'id'> => ({
      group,
      prompt: item.prompt,
      completion,
      ...(item.reference === undefined ? {} : { reference: item.reference }),
      ...(item.subset === undefined ? {} : { category: item.subset }),
      ...(item.user === undefined ? {} : { user: item.user }),
    }),
  )
  if (number % 2 === 1) rollouts.reverse()
  return rollouts.map((rollout, place) => ({ ...rollout, id: `${group}/${place}` }))
}
