/** Vectors of card 16-secrets-rlhf-2. */
import { gradients } from '../../../src/engine/gradient.ts'
import { sgd } from '../../../src/engine/sgd.ts'
import { bradleyTerry } from '../../../src/objectives/bradley-terry.ts'
import { contrastiveDifferences, contrastivePairs } from '../../../src/objectives/contrastive-preference.ts'
import { metaRewardGradients, responseDifference } from '../../../src/objectives/meta-reward.ts'
import { mossBradleyTerry } from '../../../src/objectives/moss-bradley-terry.ts'
import { adaptiveMargin, softLabelMargin } from '../../../src/objectives/strength-margin.ts'
import { swav } from '../../../src/objectives/swav.ts'
import { ofCard } from './one-card.ts'
import { functions as curation } from './parts/curation.ts'
import { evaluate, evaluatePairs } from './parts/evaluate.ts'
import { doubles, forward } from './parts/forward.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

async function contrastive(
  objective: typeof contrastivePairs | typeof contrastiveDifferences,
  { temperature, ...input }: Vector,
): Promise<unknown> {
  const { loss, gradients: found } = await evaluate(objective, input, { temperature })
  return { loss, gradChosen1: found.chosen1, gradRejected1: found.rejected1 }
}

const inRows = (flat: ArrayLike<number>, rows: number): number[][] => {
  const width = flat.length / rows
  return Array.from({ length: rows }, (_, row) => Array.from(flat).slice(row * width, (row + 1) * width))
}

export const functions = {
  ...ofCard('16-secrets-rlhf-2', curation),
  async 'moss-bradley-terry'({ chosen, rejected, epsilon }: Vector) {
    const {
      loss,
      parts,
      gradients: found,
    } = await evaluate(mossBradleyTerry, { chosen, rejected }, { epsilon })
    return {
      loss,
      accuracy: parts.accuracy![0],
      gradChosen: found.chosen,
      gradRejected: found.rejected,
    }
  },
  'adaptive-margin-loss': ({ chosen, rejected, mean }: Vector) =>
    evaluatePairs(adaptiveMargin, { chosen, rejected, strength: mean }),
  'soft-label-margin-loss': ({ chosen, rejected, mean, smoothing }: Vector) =>
    evaluatePairs(softLabelMargin, { chosen, rejected, strength: mean }, { smoothing }),
  'contrastive-pairs': (input: Vector) => contrastive(contrastivePairs, input),
  'contrastive-differences': (input: Vector) => contrastive(contrastiveDifferences, input),
  async 'swav-loss'({ viewT, viewS, prototypes, ...parameters }: Vector) {
    const { loss, parts, gradients: found } = await evaluate(swav, { viewT, viewS, prototypes }, parameters)
    return {
      loss,
      assignmentT: inRows(parts.assignmentT!, viewT.length),
      gradT: found.viewT,
      gradS: found.viewS,
      gradPrototypes: found.prototypes,
    }
  },
  'metarm-difference': ({ rewards }: Vector) =>
    forward({ rewards: doubles(rewards) }, (given) => {
      const value = responseDifference(given.rewards!)
      return { value, grad: gradients(value, [given.rewards!])[0]! }
    }),
  'metarm-step'({ theta, meta, chosen, rejected, metaRate, rate }: Vector) {
    const step = metaRewardGradients({
      difference: ({ theta: own }, batch) => responseDifference(batch.meta!.matmul(own!)),
      loss: ({ theta: own }, batch) =>
        bradleyTerry({ chosen: batch.chosen!.matmul(own!), rejected: batch.rejected!.matmul(own!) }).loss,
      metaRate,
    })
    const optimiser = sgd()
    return forward(
      {
        theta: doubles(theta),
        meta: doubles(meta),
        chosen: doubles(chosen),
        rejected: doubles(rejected),
        rate: doubles(rate),
      },
      (given) => {
        const parameters = { theta: given.theta! }
        const found = step(parameters, given)
        const next = optimiser.update(
          parameters,
          found.gradients,
          {},
          { rate: given.rate! },
          { theta: doubles(theta) },
        )
        return {
          difference: found.difference,
          adapted: found.adapted.theta!,
          loss: found.value,
          gradient: found.gradients.theta!,
          next: next.parameters.theta!,
        }
      },
    )
  },
}
