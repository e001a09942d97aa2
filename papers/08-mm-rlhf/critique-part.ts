/** Part B: does a reward that criticises first learn more from 400 pairs? */
import type { Measured } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import { critiqueThenScore } from '../../src/reward-models/critique-then-score.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'
import type { Recipe, TrainedRewardModel } from '../../src/reward-models/recipe.ts'
import { openRowScorer } from '../../src/reward-models/score-rows.ts'
import { pairQuality } from '../../src/reward-models/train-pairs.ts'
import {
  type CritiqueWorld,
  critiqueOf,
  critiqueWorld,
  labelledPairs,
  type ReplyPair,
  replyWidth,
} from './world.ts'

const PAIRS = 400
const TEST = 2000
const RATIONALITY = 3

type Critiques = readonly { readonly chosen: Float64Array; readonly rejected: Float64Array }[]

/** Replies with the named aspects of their critiques behind them; NaN where none is given. */
function encoded(pairs: readonly ReplyPair[], named: readonly number[], critiques?: Critiques): EncodedPairs {
  const width = replyWidth + named.length
  const table = (side: 'chosen' | 'rejected'): Float64Array => {
    const values = new Float64Array(pairs.length * width)
    pairs.forEach((pair, row) => {
      values.set(pair[side], row * width)
      named.forEach((aspect, column) => {
        values[row * width + replyWidth + column] = critiques?.[row]?.[side][aspect] ?? Number.NaN
      })
    })
    return values
  }
  return pairsOfFeatures(table('chosen'), table('rejected'), width)
}

async function accuracy(
  recipe: Recipe,
  parameters: Readonly<Record<string, unknown>>,
  model: TrainedRewardModel,
  pairs: EncodedPairs,
): Promise<number> {
  const scorer = await openRowScorer(
    { recipe, parameters, weights: model.weights, settings: model.settings, width: pairs.width },
    { worker: false, threads: 1 },
  )
  try {
    const { reward: chosen } = await scorer.score({ completion: pairs.chosen })
    const { reward: rejected } = await scorer.score({ completion: pairs.rejected })
    return pairQuality(chosen, rejected).accuracy
  } finally {
    await scorer.close()
  }
}

/** @param shuffled critiques belong to other replies, in training and where they are given */
export async function critiquePart(
  seed: number,
  shuffled = false,
  kinds: readonly (keyof CritiqueWorld['named'])[] = ['brief', 'enhanced'],
): Promise<Measured> {
  const stream = new RandomStream(seed).derive('critiques')
  const world = critiqueWorld(stream.derive('world'))
  const train = labelledPairs(stream.derive('train'), PAIRS, world.utility, RATIONALITY)
  const test = labelledPairs(stream.derive('test'), TEST, world.utility)
  const criticise = (pairs: readonly ReplyPair[], name: string): Critiques => {
    const own = stream.derive(name)
    const all = pairs.flatMap(({ chosen, rejected }) => [
      critiqueOf(world, own, chosen),
      critiqueOf(world, own, rejected),
    ])
    if (shuffled) stream.derive(`shuffled ${name}`).shuffle(all)
    return pairs.map((_, row) => ({ chosen: all[2 * row]!, rejected: all[2 * row + 1]! }))
  }
  const critiques = criticise(train, 'train critiques')
  const given = criticise(test, 'test critiques')
  const context = { seed, worker: false, threads: 1 }
  const none = pairsOfFeatures([], [], replyWidth)
  const settings = {
    activation: 'tanh',
    batchSize: 32,
    epochs: 80,
    weightDecay: 0.6,
    rate: 3e-3,
    schedule: 'constant',
    select: 'last',
  } as const
  const scalar = await bradleyTerryHead.run(
    { train: encoded(train, []), validation: none },
    { ...settings, hidden: [32] },
    context,
  )
  const measured: Record<string, number> = {
    'critique accuracy: scalar': await accuracy(
      bradleyTerryHead as unknown as Recipe,
      scalar.parameters,
      scalar.model,
      encoded(test, []),
    ),
  }
  for (const name of kinds) {
    const named = world.named[name]
    const { model, parameters } = await critiqueThenScore.run(
      {
        train: encoded(train, named, critiques),
        validation: pairsOfFeatures([], [], replyWidth + named.length),
      },
      { ...settings, hidden: [32], critiqueHidden: [64], critiqueColumns: named.length },
      context,
    )
    const of = (pairs: EncodedPairs) =>
      accuracy(critiqueThenScore as unknown as Recipe, parameters, model, pairs)
    measured[`critique accuracy: ${name}`] = await of(encoded(test, named))
    measured[`critique accuracy: ${name}, given`] = await of(encoded(test, named, given))
  }
  return measured
}
