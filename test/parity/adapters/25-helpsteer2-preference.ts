/** Vectors of card 25-helpsteer2-preference. */
import { bradleyTerry } from '../../../src/objectives/bradley-terry.ts'
import { maskedRegression } from '../../../src/objectives/masked-regression.ts'
import { strengthBradleyTerry } from '../../../src/objectives/strength-bradley-terry.ts'
import { strengthDpo } from '../../../src/objectives/strength-dpo.ts'
import { extrapolateWeights } from '../../../src/reward-models/weight-extrapolation.ts'
import { ofCard } from './one-card.ts'
import { functions as curation } from './parts/curation.ts'
import { evaluate } from './parts/evaluate.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const repeated = (values: readonly number[], times: readonly number[]): number[] =>
  values.flatMap((value, index) => Array.from({ length: times[index]! }, () => value))

export const functions = {
  ...ofCard('25-helpsteer2-preference', curation),
  async 'strength-bradley-terry-batch'({ kind, ...input }: Vector) {
    const { loss, perRow, gradients } = await evaluate(strengthBradleyTerry, input, {
      kind: kind.replace(/_bt$/, ''),
    })
    return { perPair: perRow, loss, gradFirst: gradients.first, gradSecond: gradients.second }
  },
  async 'masked-regression'({ maskValue, ...input }: Vector) {
    const { loss, gradients } = await evaluate(maskedRegression, input, { ignore: maskValue })
    return { loss, gradPrediction: gradients.prediction }
  },
  'weight-extrapolation': ({ weak, strong, factor }: Vector) => ({
    weights: extrapolateWeights(Float64Array.from(weak), Float64Array.from(strong), factor),
  }),
  async 'scaled-as-repetition'({ chosen, rejected, magnitude }: Vector) {
    const plain = await evaluate(bradleyTerry, {
      chosen: repeated(chosen, magnitude),
      rejected: repeated(rejected, magnitude),
    })
    const weighted = { chosen, rejected, weight: magnitude }
    return {
      repeatedMean: plain.loss,
      weightedNormalised: (await evaluate(bradleyTerry, weighted, { normaliseWeights: true })).loss,
      scaledMean: (await evaluate(bradleyTerry, weighted)).loss,
    }
  },
  async 'strength-dpo'({ kind, logRatioDifference, magnitude, beta }: Vector) {
    // The difference stands in the chosen completion's log-probability; the other three are 0.
    const zeros = logRatioDifference.map(() => 0)
    const { loss, gradients } = await evaluate(
      strengthDpo,
      {
        policyChosen: logRatioDifference,
        policyRejected: zeros,
        referenceChosen: zeros,
        referenceRejected: zeros,
        magnitude,
      },
      { kind, beta },
    )
    return { loss, grad: gradients.policyChosen }
  },
}
