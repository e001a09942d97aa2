/** Paper 32: a reward can rank answers to one question well and not notice that an answer belongs to another one. */
import { rewardConsistency } from '../../src/audit/reward-consistency.ts'
import { compile } from '../../src/engine/compile.ts'
import { hostTensor, type Parameters, zerosLike } from '../../src/engine/host-tensor.ts'
import { linear } from '../../src/engine/layers/linear.ts'
import { mlp } from '../../src/engine/layers/mlp.ts'
import { dot } from '../../src/engine/operations.ts'
import type { TensorTree } from '../../src/engine/optimiser.ts'
import type { Tensor } from '../../src/engine/tensor.ts'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { spearman } from '../../src/numerics/rank-correlation.ts'
import { convexSelection } from '../../src/preferences/contrast/convex-selection.ts'
import { pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'
import { FusionIndex } from '../../src/reward-models/reward-fusion.ts'
import { pairQuality, trainPairs } from '../../src/reward-models/train-pairs.ts'
import {
  type Answer,
  answerWidth,
  attributesCount,
  entitiesCount,
  instructionWidth,
  makeWorld,
  type World,
  width,
} from './world.ts'

const PAIRS = 3000
const RECORDS = 600
const TEST = 2000

/** A small network on question and answer together, and a bilinear term that can compare the two. */
const network = mlp({ name: 'network', widths: [width, 32, 1], activation: 'relu' })
const bilinear = linear({ name: 'bilinear', inputs: instructionWidth, outputs: answerWidth, bias: false })

/** The comparison starts at nothing, so that what it says was learned. */
const startingWeights = (stream: RandomStream): Parameters => ({
  ...network.initialise(stream),
  'bilinear.weight': zerosLike(bilinear.initialise(stream)['bilinear.weight']!),
})

function reward(parameters: TensorTree, x: Tensor): Tensor {
  const question = x.slice(1, 0, instructionWidth)
  const answer = x.slice(1, instructionWidth)
  // The factor lets the comparison be learned as fast as the network.
  const comparison = dot(bilinear.apply(parameters, question), answer).mul(4)
  return network.apply(parameters, x).squeeze(-1).add(comparison)
}

class Rows {
  readonly chosen: number[] = []
  readonly rejected: number[] = []
  add(chosen: readonly Float64Array[], rejected: readonly Float64Array[]): void {
    for (const part of chosen) this.chosen.push(...part)
    for (const part of rejected) this.rejected.push(...part)
  }
}

interface Recipe {
  /** share of rejected answers that are about another entity */
  readonly offTopic: number
  readonly convex?: boolean
  readonly fusion?: boolean
  readonly contrast?: boolean
}

const recipes: Readonly<Record<string, Recipe>> = {
  plain: { offTopic: 0 },
  'convex augmentation': { offTopic: 0, convex: true },
  'reward fusion': { offTopic: 0, fusion: true },
  contrast: { offTopic: 0, contrast: true },
  'plain, 15 % off topic': { offTopic: 0.15 },
  'contrast, 15 % off topic': { offTopic: 0.15, contrast: true },
  'plain, 50 % off topic': { offTopic: 0.5 },
}

function trainingRows(world: World, stream: RandomStream, recipe: Recipe): Rows {
  const rows = new Rows()
  for (let pair = 0; pair < PAIRS; pair++) {
    const entity = stream.below(entitiesCount)
    const attribute = stream.below(attributesCount)
    const question = world.instruction(entity, attribute)
    const first = world.answer(stream, entity, attribute)
    const off = stream.uniform() < recipe.offTopic
    const other = off ? (entity + 1 + stream.below(entitiesCount - 1)) % entitiesCount : entity
    const second = world.answer(stream, other, attribute)
    const [better, worse] = off || first.quality > second.quality ? [first, second] : [second, first]
    let chosen = better.features
    if (recipe.convex === true) {
      const variants = world.variants(stream, better, 5)
      const { vertices } = convexSelection(
        variants.flatMap((variant) => Array.from(variant)),
        answerWidth,
      )
      chosen = variants[vertices[stream.below(vertices.length)]!]!
    }
    rows.add([question, chosen], [question, worse.features])
  }
  if (recipe.contrast === true) {
    for (let record = 0; record < RECORDS; record++) {
      const { own, similar, answers } = contrast(world, stream)
      rows.add([own, answers[0].features], [own, answers[1].features])
      rows.add([own, answers[0].features], [similar, answers[0].features])
    }
  }
  return rows
}

/** Two similar questions and an answer to each. */
function contrast(world: World, stream: RandomStream) {
  const entity = stream.below(entitiesCount)
  const attribute = stream.below(attributesCount)
  const other = world.similar[entity]![stream.below(3)]!
  const answers: readonly [Answer, Answer] = [
    world.answer(stream, entity, attribute),
    world.answer(stream, other, attribute),
  ]
  return { own: world.instruction(entity, attribute), similar: world.instruction(other, attribute), answers }
}

type Score = (rows: readonly (readonly Float64Array[])[]) => Promise<Float64Array>

async function train(
  world: World,
  seed: number,
  recipe: Recipe,
): Promise<{ score: Score; close(): Promise<void> }> {
  const rows = trainingRows(world, new RandomStream(seed).derive(`pairs ${JSON.stringify(recipe)}`), recipe)
  const train = pairsOfFeatures(rows.chosen, rows.rejected, width)
  const stream = new RandomStream(seed).derive('weights')
  const { parameters } = await trainPairs(
    { train, validation: pairsOfFeatures([], [], width) },
    {
      stage: 'reward',
      parameters: startingWeights(stream),
      reward,
      epochs: 8,
      batchSize: 64,
      rate: 2e-3,
      weightDecay: 0.01,
      seed,
    },
    { seed, worker: false, threads: 1 },
  )
  const piece = 512
  const program = await compile(
    {
      x: { shape: [piece, width] },
      ...Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, { shape }])),
    },
    ({ x, ...weights }) => ({ reward: reward(weights as TensorTree, x as Tensor) }),
    { threads: 1 },
  )
  const flat = async (values: Float32Array): Promise<Float64Array> => {
    const count = values.length / width
    const out = new Float64Array(count)
    for (let from = 0; from < count; from += piece) {
      const own = new Float32Array(piece * width)
      own.set(values.subarray(from * width, Math.min(count, from + piece) * width))
      const { reward: scores } = await program.run({ ...parameters, x: hostTensor(own, [piece, width]) })
      out.set(scores.values.subarray(0, Math.min(piece, count - from)), from)
    }
    return out
  }
  const valuesOf = (list: readonly (readonly Float64Array[])[]): Float32Array => {
    const values = new Float32Array(list.length * width)
    list.forEach(([question, answer], row) => {
      values.set(question!, row * width)
      values.set(answer!, row * width + instructionWidth)
    })
    return values
  }
  if (recipe.fusion !== true) return { score: (list) => flat(valuesOf(list)), close: () => program.close() }
  const corpus = Float32Array.from(rows.chosen)
  const index = new FusionIndex(corpus, width, await flat(corpus))
  return {
    score: async (list) => {
      const values = valuesOf(list)
      return index.fuse(values, await flat(values))
    },
    close: () => program.close(),
  }
}

async function measure(
  world: World,
  seed: number,
  score: Score,
): Promise<{ accuracy: number; response: number; instruction: number; best: number }> {
  const stream = new RandomStream(seed).derive('test')
  const chosen: Float64Array[][] = []
  const rejected: Float64Array[][] = []
  for (let pair = 0; pair < TEST; pair++) {
    const entity = stream.below(entitiesCount)
    const attribute = stream.below(attributesCount)
    const question = world.instruction(entity, attribute)
    const [a, b] = [world.answer(stream, entity, attribute), world.answer(stream, entity, attribute)]
    chosen.push([question, a.quality > b.quality ? a.features : b.features])
    rejected.push([question, a.quality > b.quality ? b.features : a.features])
  }
  const { accuracy } = pairQuality(await score(chosen), await score(rejected))
  const combinations: Float64Array[][] = []
  for (let example = 0; example < TEST; example++) {
    const { own, similar, answers } = contrast(world, stream)
    for (const question of [own, similar])
      for (const { features } of answers) combinations.push([question, features])
  }
  const consistency = rewardConsistency(await score(combinations))
  // Best of 16: a quarter of the candidates is about the right entity, the others about similar ones.
  const [prompts, n] = [300, 16]
  const candidates: Float64Array[][] = []
  const gold = new Float64Array(prompts * n)
  for (let prompt = 0; prompt < prompts; prompt++) {
    const entity = stream.below(entitiesCount)
    const attribute = stream.below(attributesCount)
    for (let index = 0; index < n; index++) {
      const about = index < n / 4 ? entity : world.similar[entity]![stream.below(3)]!
      const answer = world.answer(stream, about, attribute)
      gold[prompt * n + index] = (about === entity ? 3 : 0) + answer.quality
      candidates.push([world.instruction(entity, attribute), answer.features])
    }
  }
  const scores = await score(candidates)
  let [picked, most, mean] = [0, 0, 0]
  for (let prompt = 0; prompt < prompts; prompt++) {
    const from = prompt * n
    let at = from
    for (let index = from; index < from + n; index++) if (scores[index]! > scores[at]!) at = index
    const own = gold.subarray(from, from + n)
    picked += gold[at]!
    most += Math.max(...own)
    mean += own.reduce((sum, value) => sum + value, 0) / n
  }
  return {
    accuracy,
    response: consistency.responseQueryOnly,
    instruction: consistency.instruction,
    best: (picked - mean) / (most - mean),
  }
}

async function run(seed: number, names: readonly string[] = Object.keys(recipes)): Promise<Measured> {
  const world = makeWorld(new RandomStream(seed).derive('world'))
  const measured: Record<string, number> = {}
  const responses: number[] = []
  const bests: number[] = []
  for (const name of names) {
    const model = await train(world, seed, recipes[name]!)
    const found = await measure(world, seed, model.score)
    await model.close()
    for (const [what, value] of Object.entries(found)) measured[`${what}: ${name}`] = value
    responses.push(found.response)
    bests.push(found.best)
  }
  measured['rank correlation of consistency and best of 16'] = spearman(
    Float64Array.from(responses),
    Float64Array.from(bests),
  )
  return measured
}

/** Enough for the central claims, for a quick run. */
export const quickNames = ['plain', 'contrast', 'plain, 50 % off topic'] as const
/** The experiment with some of the models. */
export const runNamed = run

/** The two answers exchanged by chance: consistency must fall to chance, whatever the model. */
async function sabotaged(seed: number): Promise<Measured> {
  const world = makeWorld(new RandomStream(seed).derive('world'))
  const measured: Record<string, number> = { ...(await run(seed, [...quickNames])) }
  const model = await train(world, seed, recipes.contrast!)
  const coin = new RandomStream(seed).derive('coin')
  const shuffled: Score = async (rows) => {
    const scores = await model.score(rows)
    // Groups of four: R(I₁, r₁), R(I₁, r₂), R(I₂, r₁), R(I₂, r₂).
    if (rows.length === 4 * TEST)
      for (let row = 0; row < rows.length; row += 4)
        if (coin.uniform() < 0.5) {
          const kept = scores.slice(row, row + 4)
          scores.set([kept[1]!, kept[0]!, kept[3]!, kept[2]!], row)
        }
    return scores
  }
  const found = await measure(world, seed, shuffled)
  await model.close()
  measured['response: contrast'] = found.response
  return measured
}

export const reproduction = defineReproduction({
  slug: '32-trickle-down',
  title: 'The Trickle-down Impact of Reward (In-)consistency on RLHF',
  task: 'Questions about 6 attributes of 40 entities; answers name the entity by a synonym and have a quality. 3,000 pairs; the rejected answer is worse, or (with some share) about another entity. Consistency on the three most similar entities, gold of the best of 16.',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => run(seed),
  claims: [
    {
      name: 'accurate and blind',
      sentence:
        'Trained on answers of one topic, the model is at least 85 % accurate while its response consistency is .45 to .55, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (m) => m['accuracy: plain']! >= 0.85 && Math.abs(m['response: plain']! - 0.5) <= 0.05),
    },
    {
      name: 'contrast repairs',
      sentence:
        '600 contrast records raise response consistency by at least .15, with accuracy within .04, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(
          seeds,
          (m) =>
            m['response: contrast']! >= m['response: plain']! + 0.15 &&
            Math.abs(m['accuracy: contrast']! - m['accuracy: plain']!) <= 0.04,
        ),
    },
    {
      name: 'trickle-down',
      sentence:
        'The more consistent reward raises the gold of the best of 16 by at least .15, on average over seeds.',
      required: true,
      holds: (seeds) => meanOver(seeds, 'best: contrast') >= meanOver(seeds, 'best: plain') + 0.15,
    },
    {
      name: 'trickle-down in every seed',
      sentence: 'The same rise of .15 in every single seed.',
      required: false,
      holds: (seeds) => inSeeds(seeds, (m) => m['best: contrast']! >= m['best: plain']! + 0.15),
    },
    {
      name: 'consistency predicts',
      sentence:
        'Over all models, the rank correlation of response consistency and best of 16 is at least .7 on average.',
      required: true,
      holds: (seeds) => meanOver(seeds, 'rank correlation of consistency and best of 16') >= 0.7,
    },
    {
      name: 'convex augmentation helps',
      sentence: 'ConvexDA raises response consistency by at least .02 on average.',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'response: convex augmentation') >= meanOver(seeds, 'response: plain') + 0.02,
    },
    {
      name: 'reward fusion helps',
      sentence: 'RewardFusion raises the gold of the best of 16 on average.',
      required: false,
      holds: (seeds) => meanOver(seeds, 'best: reward fusion') > meanOver(seeds, 'best: plain'),
    },
  ],
  sabotage: {
    sentence: 'The two answers of a contrast example are exchanged by chance',
    run: (seed) => sabotaged(seed),
    breaks: ['contrast repairs'],
  },
  charts: [
    {
      title: 'Response consistency',
      unit: 'share, chance ½',
      bars: Object.fromEntries(Object.keys(recipes).map((name) => [name, `response: ${name}`])),
    },
    {
      title: 'Best of 16',
      unit: '0 = random pick, 1 = best candidate',
      bars: Object.fromEntries(Object.keys(recipes).map((name) => [name, `best: ${name}`])),
    },
    {
      title: 'Accuracy on answers of one topic',
      unit: 'share',
      bars: Object.fromEntries(Object.keys(recipes).map((name) => [name, `accuracy: ${name}`])),
    },
  ],
  notes: [
    'The diagnosis and its consequence are tested here; of the paper’s two repairs, ConvexDA and RewardFusion, the pilot runs found no gain, so both are reported and not required.',
    'The card asks for a rise of .15 and does not say whether on average or in every seed: the average decides, the stricter reading is reported beside it.',
    'The policy is a best of 16, not PPO.',
    'The paper’s card leaves sizes open (how near synonyms are, noise, epochs); they were set on seeds 0 to 2, before the evidence.',
  ],
})
