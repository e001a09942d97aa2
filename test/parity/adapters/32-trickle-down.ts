/** Vectors of card 32-trickle-down. */
import { rewardConsistency } from '../../../src/audit/reward-consistency.ts'
import { contrastPartners } from '../../../src/preferences/contrast/contrast-mining.ts'
import { convexSelection } from '../../../src/preferences/contrast/convex-selection.ts'
import { fuseReward } from '../../../src/reward-models/reward-fusion.ts'

export const functions = {
  'reward-fusion': (input: {
    ownReward: number
    neighbourRewards: number[]
    similarities: number[]
    topK: number
    threshold: number
  }) =>
    fuseReward(input.ownReward, input.neighbourRewards, input.similarities, {
      k: input.topK,
      threshold: input.threshold,
    }),
  'convex-hull-selection': ({ embeddings }: { embeddings: number[][] }) => {
    const { vertices, plane, area } = convexSelection(embeddings.flat(), embeddings[0]!.length)
    const gram = embeddings.map((_, a) =>
      embeddings.map((__, b) => plane[2 * a]! * plane[2 * b]! + plane[2 * a + 1]! * plane[2 * b + 1]!),
    )
    return { vertices, projectedGram: gram, hullArea: area }
  },
  'contrast-consistency': ({ rewards }: { rewards: number[][][] }) => {
    const { interaction, ...rest } = rewardConsistency(Float64Array.from(rewards.flat(2)))
    return { ...rest, interaction: Array.from(interaction) }
  },
  'contrast-mining': ({ embeddings, low, high }: { embeddings: number[][]; low: number; high: number }) => {
    const { partner, cosine } = contrastPartners(embeddings.flat(), embeddings[0]!.length, { low, high })
    return {
      partner: Array.from(partner, (index) => (index < 0 ? null : index)),
      cosine: Array.from(cosine, (value) => (Number.isNaN(value) ? null : value)),
    }
  },
}
