/** Part C: DPO whose β grows with the margin that a reward model sees, against constant β of the same mean. */
import { hostTensor, type Parameters } from '../../src/engine/host-tensor.ts'
import { mlp } from '../../src/engine/layers/mlp.ts'
import { full } from '../../src/engine/tensor.ts'
import type { Measured } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { tiltedPolicy } from '../../src/numerics/tilted-policy.ts'
import { dpo } from '../../src/objectives/dpo.ts'
import { implicitBetaDpo } from '../../src/objectives/implicit-beta-dpo.ts'
import { mmDpo } from '../../src/objectives/mm-dpo.ts'
import { betaColumns } from '../../src/preferences/beta-columns.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import { columnTable, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'
import type { Recipe } from '../../src/reward-models/recipe.ts'
import { openRowScorer } from '../../src/reward-models/score-rows.ts'
import { pairQuality, trainPairs } from '../../src/reward-models/train-pairs.ts'
import {
  critiqueWorld,
  drawReplies,
  labelledPairs,
  type ReplyPair,
  rankedPairs,
  replyWidth,
} from './world.ts'

const PROMPTS = 400
const REPLIES = 4
const RATIONALITY = 1.5
const OTHER_PAIRS = 3000
const OTHER_RATIONALITY = 3
const TEST_PAIRS = 10_000
const [TEST_PROMPTS, TEST_REPLIES] = [500, 8]
/** Aspects that hardly turn round, and utilities of the size that the card's figures show. */
const [BEND, SPREAD] = [0.25, 0.6]
const BETA = 0.1
const RATE = 0.5
const BATCH = 64

/** The policy's log-ratio to its reference, as a network of the reply. */
const hidden = [64, 64]
const activation = 'tanh'
const logRatio = mlp({ name: 'head', widths: [replyWidth, ...hidden, 1], activation })
const context = (seed: number) => ({ seed, worker: false, threads: 1 })
const none = pairsOfFeatures([], [], replyWidth)

const encoded = (pairs: readonly ReplyPair[]) => {
  const table = (side: 'chosen' | 'rejected'): Float64Array => {
    const values = new Float64Array(pairs.length * replyWidth)
    pairs.forEach((pair, row) => {
      values.set(pair[side], row * replyWidth)
    })
    return values
  }
  return pairsOfFeatures(table('chosen'), table('rejected'), replyWidth)
}

type Score = (rows: ArrayLike<number>) => Promise<Float64Array>

/** Both networks of this part are heads as the recipe has them, so its scorer reads them. */
async function withScorer<T>(
  weights: Parameters,
  parameters: Readonly<Record<string, unknown>>,
  use: (score: Score) => Promise<T>,
): Promise<T> {
  const recipe = bradleyTerryHead as unknown as Recipe
  const scorer = await openRowScorer(
    { recipe, parameters, weights, settings: {}, width: replyWidth },
    { worker: false, threads: 1 },
  )
  const score: Score = async (rows) =>
    (
      await scorer.score({
        completion: hostTensor(Float32Array.from(rows), [rows.length / replyWidth, replyWidth]),
      })
    ).reward
  try {
    return await use(score)
  } finally {
    await scorer.close()
  }
}

/** How a policy is trained: each pair's β, the same β for all, or β-DPO's from the policy's own margins. */
type Scaling =
  | { readonly factors: Float64Array; readonly growth: number }
  | { readonly beta: number }
  | { readonly implicitGrowth: number }

export const scalings = [
  'β 0.1',
  'MM-DPO',
  'equal mean',
  'shuffled',
  'MM-DPO, w 5',
  'equal mean, w 5',
  'implicit β',
] as const

/** @param shuffled the reward model's margins belong to other pairs, wherever they are used */
export async function betaPart(
  seed: number,
  shuffled = false,
  names: readonly (typeof scalings)[number][] = scalings,
): Promise<Measured> {
  const stream = new RandomStream(seed).derive('dynamic β')
  const world = critiqueWorld(stream.derive('world'), BEND)
  const utility = (reply: Float64Array): number => SPREAD * world.utility(reply)
  const train = encoded(rankedPairs(stream.derive('train'), PROMPTS, REPLIES, utility, RATIONALITY))
  const other = encoded(labelledPairs(stream.derive('other'), OTHER_PAIRS, utility, OTHER_RATIONALITY))
  const test = encoded(labelledPairs(stream.derive('test'), TEST_PAIRS, utility))
  const candidates = drawReplies(stream.derive('candidates'), TEST_PROMPTS * TEST_REPLIES)
  const candidateUtility = Float64Array.from({ length: TEST_PROMPTS * TEST_REPLIES }, (_, reply) =>
    utility(candidates.subarray(reply * replyWidth, (reply + 1) * replyWidth)),
  )
  const rows = (table: typeof train.chosen): ArrayLike<number> => ('path' in table ? [] : table.values)

  const rewardModel = await bradleyTerryHead.run(
    { train: other, validation: none },
    { hidden: [64], activation, epochs: 10, rate: 3e-3, batchSize: BATCH, select: 'last' },
    context(seed),
  )
  const margins = await withScorer(rewardModel.model.weights, rewardModel.parameters, async (score) => {
    const rejected = await score(rows(train.rejected))
    return (await score(rows(train.chosen))).map((reward, row) => reward - rejected[row]!)
  })
  // The paper's form: β never falls below its own value.
  const { factor: factors } = betaColumns(margins, { beta: BETA, growth: 0.5, rate: RATE })
  const mixed = (name: string, values: Float64Array): Float64Array =>
    Float64Array.from(stream.derive(name).shuffle(Array.from(values)))
  const used = shuffled ? mixed('sabotage', factors) : factors
  const meanFactor = factors.reduce((sum, factor) => sum + factor, 0) / factors.length
  const all: Readonly<Record<(typeof scalings)[number], Scaling>> = {
    'β 0.1': { beta: BETA },
    'MM-DPO': { factors: used, growth: 0.5 },
    'equal mean': { beta: BETA * (1 + 0.5 * meanFactor) },
    shuffled: { factors: mixed('control', factors), growth: 0.5 },
    'MM-DPO, w 5': { factors: used, growth: 5 },
    'equal mean, w 5': { beta: BETA * (1 + 5 * meanFactor) },
    'implicit β': { implicitGrowth: 0.5 },
  }
  const measured: Record<string, number> = { 'mean factor': meanFactor }
  for (const name of names) {
    const policy = await trainPolicy(seed, train, all[name])
    await withScorer(policy, { hidden, activation }, async (score) => {
      const rejected = await score(rows(test.rejected))
      measured[`accuracy: ${name}`] = pairQuality(await score(rows(test.chosen)), rejected).accuracy
      const ratios = await score(candidates)
      const reference = new Float64Array(TEST_REPLIES).fill(1 / TEST_REPLIES)
      let expected = 0
      for (let from = 0; from < ratios.length; from += TEST_REPLIES) {
        const chances = tiltedPolicy(reference, ratios.subarray(from, from + TEST_REPLIES), 1)
        chances.forEach((chance, at) => {
          expected += chance * candidateUtility[from + at]!
        })
      }
      measured[`utility: ${name}`] = expected / TEST_PROMPTS
    })
  }
  return measured
}

async function trainPolicy(
  seed: number,
  train: ReturnType<typeof encoded>,
  scaling: Scaling,
): Promise<Parameters> {
  const { parameters } = await trainPairs(
    { train, validation: none },
    {
      stage: 'policy',
      parameters: logRatio.initialise(new RandomStream(seed).derive('policy')),
      reward: (weights, reply) => logRatio.apply(weights, reply).squeeze(-1),
      ...('factors' in scaling && { columns: { factor: columnTable(scaling.factors) } }),
      ...('implicitGrowth' in scaling && {
        extra: { gumbel: { shape: [BATCH], noise: 'gumbel' as const } },
      }),
      loss({ chosen, rejected }, { factor, gumbel }) {
        const nothing = full(chosen.shape, 0, chosen.dtype)
        const log = {
          policyChosen: chosen,
          policyRejected: rejected,
          referenceChosen: nothing,
          referenceRejected: nothing,
        }
        if ('factors' in scaling)
          return mmDpo({ ...log, factor: factor! }, { beta: BETA, growth: scaling.growth }).loss
        if ('beta' in scaling) return dpo(log, { beta: scaling.beta }).loss
        return implicitBetaDpo({ ...log, gumbel: gumbel! }, { beta: BETA, growth: scaling.implicitGrowth })
          .loss
      },
      epochs: 12,
      batchSize: BATCH,
      rate: 3e-3,
      seed,
    },
    context(seed),
  )
  return parameters
}
