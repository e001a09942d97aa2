/** Vectors of card 08-mm-rlhf. */
import { dynamicBeta, unboundedBeta } from '../../../src/numerics/dynamic-beta.ts'
import { critiqueReward } from '../../../src/objectives/critique-reward.ts'
import { dpo } from '../../../src/objectives/dpo.ts'
import { drawnPairs, implicitBetaDpo } from '../../../src/objectives/implicit-beta-dpo.ts'
import { ktoPair } from '../../../src/objectives/kto-pair.ts'
import { mmDpo } from '../../../src/objectives/mm-dpo.ts'
import { ofCard } from './one-card.ts'
import { evaluate, evaluatePairs } from './parts/evaluate.ts'
import { functions as metrics } from './parts/pair-metrics.ts'
import { rewardHead } from './parts/reward-head.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const own = {
  'dynamic-beta'({ margin, beta, w, k }: Vector) {
    const options = { beta, growth: w, rate: k }
    return { beta: dynamicBeta(margin, options), unclamped: unboundedBeta(margin, options) }
  },
  async 'mm-dpo-loss'({ beta, w, labelSmoothing, ...input }: Vector) {
    const { perRow, parts, gradients } = await evaluate(mmDpo, input, {
      beta,
      growth: w,
      labelWeight: labelSmoothing,
    })
    return {
      losses: perRow,
      chosenReward: parts.chosenReward,
      rejectedReward: parts.rejectedReward,
      gradChosen: gradients.policyChosen,
      gradRejected: gradients.policyRejected,
    }
  },
  async 'implicit-beta-dpo'({ beta, w, keep, keepShare, ...input }: Vector) {
    const { perRow, parts } = await evaluate(
      implicitBetaDpo,
      { ...input, keep: input.policyChosen.map((_: number, pair: number) => Number(keep.includes(pair))) },
      { beta, growth: w, share: keepShare },
    )
    return {
      losses: perRow,
      samplingWeight: parts.samplingWeight,
      keepCount: drawnPairs(input.policyChosen.length, keepShare),
      beta: parts.beta![0],
    }
  },
  async 'dpo-other'({ type, beta, ...input }: Vector) {
    const { perRow } =
      type === 'kto_pair'
        ? await evaluate(ktoPair, input, { beta })
        : await evaluate(dpo, input, { type, beta })
    return { losses: perRow }
  },
  'critique-reward-loss'(input: Vector) {
    const { tieWeight, rewardWeight, centring, critiqueWeight, ...values } = input
    return evaluatePairs(critiqueReward, values, { tieWeight, rewardWeight, centring, critiqueWeight })
  },
  async 'tanh-reward-head'({ hidden, weight1, bias1, weight2, bias2 }: Vector) {
    const { reward, gradHidden } = await rewardHead(
      hidden,
      [
        { weight: weight1, bias: bias1 },
        { weight: weight2, bias: bias2 },
      ],
      'tanh',
    )
    return { reward, gradHidden }
  },
}

export const functions = { ...own, ...ofCard('08-mm-rlhf', metrics) }
