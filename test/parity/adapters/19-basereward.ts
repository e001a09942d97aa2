/** Vectors of card 19-basereward. */
import { lengthNormalisedBradleyTerry } from '../../../src/objectives/length-normalised-bradley-terry.ts'
import { ofCard } from './one-card.ts'
import { evaluatePairs } from './parts/evaluate.ts'
import { functions as metrics } from './parts/pair-metrics.ts'
import { rewardHead } from './parts/reward-head.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const own = {
  'mlp-reward-head': ({ hidden, weights, biases, activation }: Vector) =>
    rewardHead(
      hidden,
      weights.map((weight: number[][], index: number) => ({ weight, bias: biases[index] })),
      activation,
    ),
  'basereward-loss'({ chosen, rejected, chosenLength, rejectedLength, lambda_, lengthNormalise }: Vector) {
    const lengths = lengthNormalise ? { chosenLength, rejectedLength } : {}
    return evaluatePairs(
      lengthNormalisedBradleyTerry,
      { chosen, rejected, ...lengths },
      { centring: lambda_ },
    )
  },
}

export const functions = { ...own, ...ofCard('19-basereward', metrics) }
