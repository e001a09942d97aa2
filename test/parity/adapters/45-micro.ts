/** Vectors of card 45-micro. */
import { hedgeWeights } from '../../../src/numerics/hedge-weights.ts'
import { routedScores } from '../../../src/numerics/routed-score.ts'
import { mixtureBradleyTerry } from '../../../src/objectives/mixture-bradley-terry.ts'
import { evaluate } from './parts/evaluate.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

export const functions = {
  async 'mixture-bradley-terry-loss'(input: Vector) {
    const { chosen, rejected, routerLogits, headWeights, ...parameters } = input
    const { loss, parts, gradients } = await evaluate(
      mixtureBradleyTerry,
      { chosen, rejected, router: routerLogits, headWeights },
      parameters,
    )
    const only = (name: string): number => parts[name]![0]!
    return {
      loss,
      mixtureNegativeLogLikelihood: only('likelihood'),
      loadBalanceTerm: only('loadBalance'),
      orthogonalTerm: only('orthogonal'),
      normTerm: only('norm'),
      correlationTerm: only('correlation'),
      gradientChosen: gradients.chosen,
      gradientRouter: gradients.router,
    }
  },
  'routed-score': ({ rewards, weights }: Vector) => ({
    logSigmoidMixture: routedScores(rewards.flat(), weights.flat(), rewards[0].length, 'log-sigmoid'),
    linearMixture: routedScores(rewards.flat(), weights.flat(), rewards[0].length, 'linear'),
  }),
  hedge({ margins, eta }: Vector) {
    const heads = margins[0].length
    const { weights, predictions } = hedgeWeights(margins.flat(), heads, { eta })
    return {
      weights: margins.map((_: unknown, pair: number) => weights.slice(pair * heads, (pair + 1) * heads)),
      predictions,
    }
  },
}
