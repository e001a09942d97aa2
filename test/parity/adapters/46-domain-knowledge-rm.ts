/** Vectors of card 46-domain-knowledge-rm. */
import { naiveMean } from '../../../src/numerics/naive-mean.ts'
import { bradleyTerry } from '../../../src/objectives/bradley-terry.ts'
import { featureReward } from '../../../src/objectives/feature-reward.ts'
import { limitedTrajectoryPpo } from '../../../src/objectives/limited-trajectory-ppo.ts'
import { evaluate } from './parts/evaluate.ts'
import { doubles, forward, namedWeights } from './parts/forward.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const inRows = (flat: ArrayLike<number>, like: readonly unknown[][]): number[][] =>
  like.map((row, at) => Array.from(flat).slice(at * row.length, (at + 1) * row.length))

export const functions = {
  'feature-reward'({ activation, hidden, layers, preferred, unpreferred }: Vector) {
    const net = featureReward({
      name: 'reward',
      features: preferred[0].length,
      hidden: hidden ?? [],
      activation: activation ?? 'none',
      layout: 'as-published',
    })
    return forward(
      {
        ...namedWeights('reward', layers),
        preferred: doubles(preferred),
        unpreferred: doubles(unpreferred),
      },
      (given) => {
        const chosen = net.apply(given, given.preferred!)
        const rejected = net.apply(given, given.unpreferred!)
        return {
          preferred: net.probability(given, given.preferred!),
          unpreferred: net.probability(given, given.unpreferred!),
          loss: bradleyTerry({ chosen, rejected }).loss,
        }
      },
    )
  },
  'naive-mean': ({ scores }: Vector) => ({ reward: naiveMean(scores) }),
  async 'limited-trajectory-ppo'(input: Vector) {
    const { mask, logProbabilities, oldLogProbabilities, scores, values, oldValues, ...parameters } = input
    const { parts } = await evaluate(
      limitedTrajectoryPpo,
      { mask, logProbabilities, oldLogProbabilities, scores, values, oldValues },
      parameters,
    )
    return {
      rewards: inRows(parts.rewards!, mask),
      advantages: inRows(parts.advantages!, mask),
      returns: inRows(parts.returns!, mask),
      policyLoss: parts.policyLoss![0],
      valueLoss: parts.valueLoss![0],
    }
  },
}
