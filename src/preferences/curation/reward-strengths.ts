/** Strengths by rewards: both completions of a pair are scored, each reward is a voter. */

import { preferenceStrength } from '../../numerics/preference-strength.ts'
import type { Rollout } from '../../records/rollout.ts'
import type { Reward } from '../../reward/score.ts'
import type { ReadPair } from './read-pairs.ts'
import type { StrengthSource } from './strength-source.ts'

/** Pairs that are scored together. */
const pairsAtOnce = 256

/** Two rollouts a pair, every second pair in exchanged order, so that a reward which favours a place gains nothing. */
function rolloutsOf(pairs: readonly ReadPair[]): Rollout[] {
  return pairs.flatMap(({ pair }, index) => {
    const sides = index % 2 === 0 ? [pair.chosen, pair.rejected] : [pair.rejected, pair.chosen]
    return sides.map((completion, side) => ({
      id: `${index}/${side}`,
      group: String(index),
      prompt: pair.prompt,
      completion,
      ...(pair.category === undefined ? {} : { category: pair.category }),
      ...(pair.user === undefined ? {} : { user: pair.user }),
    }))
  })
}

/**
 * A source whose members are rewards in one scale (any that `createReward` makes, reward models included). A pair of
 * which a reward could not score both sides has no strength. The rewards stay open: who opened them closes them.
 */
export function rewardStrengths(rewards: readonly Reward[], description: string): StrengthSource {
  return {
    description,
    async strengths(pairs) {
      const known = new Uint8Array(pairs.length).fill(1)
      const chosen = rewards.map(() => new Float64Array(pairs.length))
      const rejected = rewards.map(() => new Float64Array(pairs.length))
      for (let start = 0; start < pairs.length; start += pairsAtOnce) {
        const some = pairs.slice(start, start + pairsAtOnce)
        const rollouts = rolloutsOf(some)
        for (const [member, reward] of rewards.entries()) {
          const { reward: scores } = await reward.score(rollouts)
          for (let index = 0; index < some.length; index++) {
            const [better, worse] = index % 2 === 0 ? [2 * index, 2 * index + 1] : [2 * index + 1, 2 * index]
            chosen[member]![start + index] = scores.values[better]!
            rejected[member]![start + index] = scores.values[worse]!
            if (scores.valid[better] !== 1 || scores.valid[worse] !== 1) known[start + index] = 0
          }
        }
      }
      const { mean, std } = preferenceStrength(chosen, rejected)
      for (let index = 0; index < known.length; index++) if (known[index] === 0) mean[index] = std[index] = 0
      return { mean, std, known }
    },
  }
}
