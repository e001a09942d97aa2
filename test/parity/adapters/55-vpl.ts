/** Vectors of card 55-vpl. */
import {
  answerInformationAsPublished,
  leastPosteriorEntropy,
} from '../../../src/numerics/active-query-score.ts'
import { annealingWeight } from '../../../src/numerics/annealer.ts'
import { categoricalReward } from '../../../src/objectives/categorical-reward.ts'
import { drawLatent, toPriorLength } from '../../../src/objectives/gaussian-latent.ts'
import { latentReward } from '../../../src/objectives/latent-reward.ts'
import { meanVarianceReward } from '../../../src/objectives/mean-variance-reward.ts'
import { setEncoder } from '../../../src/objectives/set-encoder.ts'
import { userEncoder } from '../../../src/objectives/user-encoder.ts'
import { variationalPreference } from '../../../src/objectives/variational-preference.ts'
import { evaluate } from './parts/evaluate.ts'
import { doubles, forward, namedWeights } from './parts/forward.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

async function lossAndAccuracy(objective: Parameters<typeof evaluate>[0], input: Vector): Promise<unknown> {
  const { loss, parts } = await evaluate(objective, {
    chosen: input.chosenLogits ?? input.chosen,
    rejected: input.rejectedLogits ?? input.rejected,
  })
  return { loss, accuracy: parts.accuracy![0] }
}

/** One user's pairs each, filled up with zeros to the longest, and which of them are there. */
function padded(rows: number[][], spans: [number, number][]): { pairs: number[][][]; mask: number[][] } {
  const longest = Math.max(...spans.map(([from, to]) => to - from))
  return {
    pairs: spans.map(([from, to]) =>
      Array.from({ length: longest }, (_, i) => (from + i < to ? rows[from + i]! : rows[0]!.map(() => 0))),
    ),
    mask: spans.map(([from, to]) => Array.from({ length: longest }, (_, i) => Number(from + i < to))),
  }
}

export const functions = {
  async 'vae-forward'(input: Vector) {
    const [sets, pairs] = [input.first.length, input.first[0].length]
    const [steps, width] = [input.first[0][0].length, input.first[0][0][0].length]
    const hidden = input.encoderMean.weight[0].length
    const latent = input.encoderMean.weight.length
    const encoder = setEncoder({ name: 'encoder', pairs, width: steps * width, hidden, latent })
    const reward = latentReward({ name: 'decoder', width, latent, hidden, layers: 3 })
    return forward(
      {
        ...namedWeights('encoder.hidden', input.encoderHidden),
        ...namedWeights('encoder.mean', input.encoderMean),
        ...namedWeights('encoder.logVariance', input.encoderLogVariance),
        ...namedWeights('decoder', input.decoder),
        first: doubles(input.first),
        second: doubles(input.second),
        label: doubles(input.labels.map((row: number[][]) => row.flat())),
        noise: doubles(input.epsilon),
        weight: doubles(input.klWeight),
        priorMean: doubles(input.priorMean),
        priorLogVariance: doubles(input.priorLogVariance),
      },
      (given) => {
        const { first, second, label, noise, weight, priorMean, priorLogVariance } = given
        const flat = (side: 'first' | 'second') => given[side]!.reshape([sets, pairs, steps * width])
        const posterior = encoder.apply(given, flat('first'), flat('second'), label!)
        const own = drawLatent(posterior, noise!)
        const segment = (items: typeof first) =>
          reward
            .apply(given, items!, own)
            .sum(-1)
            .mul(1 / input.rewardScaling)
        const { loss, parts } = variationalPreference(
          {
            first: segment(first),
            second: segment(second),
            label: label!,
            ...posterior,
            weight: weight!,
            ...(input.learnedPrior && { priorMean: priorMean!, priorLogVariance: priorLogVariance! }),
          },
          { form: 'control' },
        )
        return {
          ...posterior,
          latent: own,
          loss,
          reconstruction: parts!.reconstruction!,
          kl: parts!.divergence!,
          accuracy: parts!.accuracy!,
        }
      },
    )
  },
  annealer: ({ totalSteps, shape, baseline, cyclical }: Vector, steps = 2 * totalSteps + 3) => ({
    slopes: Array.from({ length: steps }, (_, step) =>
      annealingWeight(step, { totalSteps, shape, baseline, cyclical }),
    ),
  }),
  'categorical-reward-loss': (input: Vector) => lossAndAccuracy(categoricalReward, input),
  'mean-variance-reward-loss': (input: Vector) => lossAndAccuracy(meanVarianceReward, input),
  'active-query-score': ({ logVariance }: Vector) => ({
    informationGainAsInCode: answerInformationAsPublished(logVariance.flat(), logVariance[0].length),
    posteriorEntropyMinimum: leastPosteriorEntropy(logVariance.flat(), logVariance[0].length),
  }),
  async 'user-encoder'(input: Vector) {
    const hidden = input.pairEncoder[0].weight.length
    const width = input.targetChosen[0].length
    const latent = input.meanLayer.weight.length
    const encoder = userEncoder({ name: 'user', width, hidden, latent })
    const reward = latentReward({ name: 'decoder', width, latent, hidden, layers: input.decoder.length - 1 })
    const chosen = padded(input.contextChosen, input.spans)
    const rejected = padded(input.contextRejected, input.spans)
    return forward(
      {
        ...namedWeights('user.pair', input.pairEncoder),
        ...namedWeights('user.query', input.query),
        ...namedWeights('user.key', input.key),
        ...namedWeights('user.value', input.value),
        ...namedWeights('user.mean', input.meanLayer),
        ...namedWeights('user.logVariance', input.logVarianceLayer),
        ...namedWeights('decoder', input.decoder),
        contextChosen: doubles(chosen.pairs),
        contextRejected: doubles(rejected.pairs),
        mask: doubles(chosen.mask),
        targetChosen: doubles(input.targetChosen),
        targetRejected: doubles(input.targetRejected),
        noise: doubles(input.epsilon),
        weight: doubles(1),
      },
      (given) => {
        const posterior = encoder.apply(given, given.contextChosen!, given.contextRejected!, given.mask)
        const latentOf = input.training ? toPriorLength(drawLatent(posterior, given.noise!)) : posterior.mean
        const [first, second] = [
          reward.apply(given, given.targetChosen!, latentOf),
          reward.apply(given, given.targetRejected!, latentOf),
        ]
        const { parts } = variationalPreference({ first, second, ...posterior, weight: given.weight! })
        return {
          ...posterior,
          latent: latentOf,
          chosenReward: first.expand(-1),
          rejectedReward: second.expand(-1),
          reconstruction: parts!.reconstruction!,
          kl: parts!.divergence!,
        }
      },
    )
  },
}
