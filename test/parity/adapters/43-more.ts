/** Vectors of card 43-more. */
import { normaliseGradients } from '../../../src/numerics/gradient-normaliser.ts'
import { minNormTwo, minNormWeights } from '../../../src/numerics/min-norm-weights.ts'
import { headGradients, moreLambda } from '../../../src/numerics/more-lambda.ts'
import { moreRanking, moreWeightedRanking } from '../../../src/objectives/more-ranking.ts'
import { ofCard } from './one-card.ts'
import { evaluate } from './parts/evaluate.ts'
import { functions as metrics } from './parts/pair-metrics.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const own = {
  'min-norm-two': ({ v1v1, v1v2, v2v2 }: Vector) => minNormTwo(v1v1, v1v2, v2v2),
  'min-norm-frank-wolfe': ({ vectors }: Vector) => minNormWeights(vectors),
  'gradient-normaliser': ({ gradients, losses, type }: Vector) => ({
    gradients: normaliseGradients(gradients, losses, type),
  }),
  async 'more-ranking-loss'(input: Vector) {
    const { loss, gradients } = await evaluate(moreRanking, input)
    return { loss, grad: gradients.rewards }
  },
  async 'more-weighted-ranking-loss'({ rewards, scores, weights, taskIds }: Vector) {
    const { loss, gradients } = await evaluate(moreWeightedRanking, {
      rewards,
      scores,
      weights,
      sources: taskIds,
    })
    return { loss, grad: gradients.rewards }
  },
  'more-lambda'({ head, chosenFeatures, rejectedFeatures, momentum, alpha, normalise }: Vector) {
    // One pair a source, in order.
    const found = moreLambda(
      headGradients(
        head,
        chosenFeatures.flat(),
        rejectedFeatures.flat(),
        [...chosenFeatures.keys()],
        chosenFeatures.length,
      ),
      momentum,
      { alpha, normalise },
    )
    return { momentum: found.momentum, lambda_: found.weights }
  },
}

export const functions = { ...own, ...ofCard('43-more', metrics) }
