/** Paper 26: do prefix trees of replies tell a reward model more than independent pairs, for as many labels? */
import { compile } from '../../src/engine/compile.ts'
import { hostTensor } from '../../src/engine/host-tensor.ts'
import { gru } from '../../src/engine/layers/gru.ts'
import { linear } from '../../src/engine/layers/linear.ts'
import { concat, stack } from '../../src/engine/operations.ts'
import type { TensorTree } from '../../src/engine/optimiser.ts'
import type { Tensor } from '../../src/engine/tensor.ts'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { LabellingPlan, treeCovariance } from '../../src/preferences/topology/labelling-plan.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'
import { trainPairs } from '../../src/reward-models/train-pairs.ts'
import {
  CLASSES,
  featuresOf,
  KINDS,
  makeWorld,
  randomReply,
  SEGMENTS,
  treeReplies,
  type World,
  width,
} from './world.ts'

const PAIRS_A_PROMPT = 4
const HIDDEN = 32

const cell = gru({ name: 'gru', inputs: KINDS + CLASSES, hidden: HIDDEN })
const head = linear({ name: 'head', inputs: HIDDEN, outputs: 1 })

/** A recurrent network over the segments, the prompt's class beside each of them. */
function reward(parameters: TensorTree, x: Tensor): Tensor {
  const rows = x.shape[0]!
  const segments = x.slice(1, 0, SEGMENTS * KINDS).reshape([rows, SEGMENTS, KINDS])
  const prompt = x.slice(1, SEGMENTS * KINDS)
  const steps = concat(
    [
      segments,
      stack(
        Array.from({ length: SEGMENTS }, () => prompt),
        1,
      ),
    ],
    2,
  )
  return head.apply(parameters, cell.apply(parameters, steps).at(1, SEGMENTS - 1)).squeeze(-1)
}

type Design = 'chain' | 'tree' | 'tree with strangers'
type Annotator = 'bradley-terry' | 'fixed flips'

interface Compared {
  readonly prompt: number
  readonly first: readonly number[]
  readonly second: readonly number[]
}

/** Pairs of one prompt: independent replies, or leaves of one tree. */
function pairsOf(stream: RandomStream, design: Design): Compared[] {
  const prompt = stream.below(CLASSES)
  const leaves = design === 'chain' ? [] : treeReplies(stream)
  return Array.from({ length: PAIRS_A_PROMPT }, () => {
    if (design === 'chain') return { prompt, first: randomReply(stream), second: randomReply(stream) }
    const first = stream.below(leaves.length)
    const second = (first + 1 + stream.below(leaves.length - 1)) % leaves.length
    return { prompt, first: leaves[first]!, second: leaves[second]! }
  })
}

function label(
  world: World,
  stream: RandomStream,
  { prompt, first, second }: Compared,
  annotator: Annotator,
): boolean {
  const difference = world.utility(prompt, first) - world.utility(prompt, second)
  if (annotator === 'fixed flips') return difference > 0 !== stream.uniform() < 0.1
  return stream.uniform() < 1 / (1 + Math.exp(-1.5 * difference))
}

interface Quality {
  readonly random: number
  readonly samePrefix: number
  readonly best: number
}

async function learn(
  world: World,
  seed: number,
  design: Design,
  labels: number,
  annotator: Annotator,
): Promise<Quality> {
  const stream = new RandomStream(seed).derive(`${design} ${labels} ${annotator}`)
  const compared = Array.from({ length: labels / PAIRS_A_PROMPT }, () =>
    pairsOf(stream, design === 'tree with strangers' ? 'tree' : design),
  ).flat()
  // The sabotage: second leaves change places between trees, so that pairs no longer share their beginning.
  const seconds = compared.map(({ second }) => second)
  const own =
    design === 'tree with strangers'
      ? compared.map((pair, index) => ({
          ...pair,
          second: seconds[(index + PAIRS_A_PROMPT) % seconds.length]!,
        }))
      : compared
  const labelled = (pairs: readonly Compared[]): EncodedPairs => {
    const chosen = new Float32Array(pairs.length * width)
    const rejected = new Float32Array(pairs.length * width)
    pairs.forEach((pair, row) => {
      const first = label(world, stream, pair, annotator)
      chosen.set(featuresOf(pair.prompt, first ? pair.first : pair.second), row * width)
      rejected.set(featuresOf(pair.prompt, first ? pair.second : pair.first), row * width)
    })
    return pairsOfFeatures(chosen, rejected, width)
  }
  // The same kind of pairs for every design decides when to stop: independent replies, labelled by the same annotator.
  const validation = Array.from({ length: 100 }, () => pairsOf(stream, 'chain')).flat()
  const weights = new RandomStream(seed).derive('weights')
  const batchSize = 64
  const { parameters } = await trainPairs(
    { train: labelled(own), validation: labelled(validation) },
    {
      stage: 'reward',
      parameters: { ...cell.initialise(weights), ...head.initialise(weights) },
      reward,
      epochs: 40,
      select: 'best',
      batchSize,
      rate: 3e-3,
      weightDecay: 0.1,
      seed,
    },
    { seed, worker: false, threads: 1 },
  )
  return judge(world, seed, parameters)
}

async function judge(world: World, seed: number, parameters: Parameters): Promise<Quality> {
  const stream = new RandomStream(seed).derive('test')
  const rows: { prompt: number; reply: readonly number[] }[] = []
  const count = 1024
  for (let pair = 0; pair < count; pair++) {
    const prompt = stream.below(CLASSES)
    rows.push({ prompt, reply: randomReply(stream) }, { prompt, reply: randomReply(stream) })
  }
  for (let pair = 0; pair < count; pair++) {
    const prompt = stream.below(CLASSES)
    const shared = randomReply(stream).slice(0, 2 * (1 + stream.below(2)))
    rows.push({ prompt, reply: randomReply(stream, shared) }, { prompt, reply: randomReply(stream, shared) })
  }
  const [prompts, n] = [128, 16]
  for (let prompt = 0; prompt < prompts; prompt++)
    for (let reply = 0; reply < n; reply++)
      rows.push({ prompt: prompt % CLASSES, reply: randomReply(stream) })
  const x = new Float32Array(rows.length * width)
  rows.forEach(({ prompt, reply }, row) => {
    x.set(featuresOf(prompt, reply), row * width)
  })
  const program = await compile(
    {
      x: { shape: [rows.length, width] },
      ...Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, { shape }])),
    },
    ({ x: given, ...own }) => ({ reward: reward(own as TensorTree, given as Tensor) }),
    { threads: 1 },
  )
  const { values } = (await program.run({ ...parameters, x: hostTensor(x, [rows.length, width]) })).reward
  await program.close()
  const utilities = rows.map(({ prompt, reply }) => world.utility(prompt, reply))
  const accuracy = (from: number): number => {
    let right = 0
    for (let pair = 0; pair < count; pair++) {
      const at = from + 2 * pair
      right += values[at]! > values[at + 1]! === utilities[at]! > utilities[at + 1]! ? 1 : 0
    }
    return right / count
  }
  let best = 0
  for (let prompt = 0; prompt < prompts; prompt++) {
    const from = 4 * count + prompt * n
    let at = from
    for (let index = from; index < from + n; index++) if (values[index]! > values[at]!) at = index
    best += utilities[at]! / prompts
  }
  return { random: accuracy(0), samePrefix: accuracy(2 * count), best }
}

type Parameters = Awaited<ReturnType<typeof trainPairs>>['parameters']

/** Labelling plans averaged for each seed: one plan alone says little. */
const PLANS = 8

/** Mean inference distance of 512 leaves after n labels of variance v, in a tree whose edge at level l has variance 2^(−αl). */
export function planned(
  seed: number,
  alpha: number,
  variance: number,
  labels: number,
  leaves?: number,
): number {
  const depth = 9
  const stream = new RandomStream(seed).derive(`plan ${alpha} ${variance} ${labels} ${leaves ?? 'all'}`)
  const prior = treeCovariance(
    2,
    Array.from({ length: depth }, (_, level) => 2 ** (-alpha * (level + 1))),
  )
  let sum = 0
  for (let draw = 0; draw < PLANS; draw++) {
    const plan = new LabellingPlan(prior)
    // A sampled sub-tree: both children down to |S| nodes, then one path to a leaf from each.
    const span = leaves === undefined ? 1 : 2 ** depth / leaves
    const own = Array.from({ length: leaves ?? 2 ** depth }, (_, node) => node * span + stream.below(span))
    for (let label = 0; label < labels; label++) {
      const first = stream.below(own.length)
      const second = (first + 1 + stream.below(own.length - 1)) % own.length
      plan.label(own[first]!, own[second]!, variance)
    }
    sum += plan.meanDistance()
  }
  return sum / PLANS
}

async function run(
  seed: number,
  sizes: readonly number[] = [200, 800, 3200],
  sabotage = false,
): Promise<Measured> {
  const measured: Record<string, number> = {}
  if (!sabotage) {
    for (const [alpha, variance, labels] of [
      [1, 10, 32],
      [1, 10, 128],
      [0.25, 0.1, 128],
    ] as const) {
      const name = `distance: α ${alpha}, v ${variance}, ${labels} labels`
      measured[`${name}, chain`] = planned(seed, alpha, variance, labels)
      for (const share of [1, 2, 4])
        measured[`${name}, tree of ${labels / share} leaves`] = planned(
          seed,
          alpha,
          variance,
          labels,
          labels / share,
        )
    }
  }
  const world = makeWorld(new RandomStream(seed).derive('world'))
  for (const annotator of ['fixed flips', 'bradley-terry'] as const) {
    if (annotator === 'bradley-terry' && (sabotage || sizes.length === 1)) continue
    for (const labels of sizes)
      for (const design of ['chain', 'tree'] as const) {
        const used: Design = sabotage && design === 'tree' ? 'tree with strangers' : design
        const found = await learn(world, seed, used, labels, annotator)
        for (const [what, value] of Object.entries(found))
          measured[`${what}: ${labels} labels, ${annotator}, ${design}`] = value
      }
  }
  return measured
}

export const runSizes = run

const gain = (seeds: readonly Measured[], what: string, labels: number): number =>
  meanOver(seeds, `${what}: ${labels} labels, fixed flips, tree`) -
  meanOver(seeds, `${what}: ${labels} labels, fixed flips, chain`)

const corner = 'distance: α 1, v 10, 32 labels'

export const reproduction = defineReproduction({
  slug: '26-reward-topology',
  title: 'Reward Generalization in RLHF: A Topological Perspective',
  task: 'Exact: mean inference distance of 512 leaves after n noisy labels, drawn over all leaves (chain) or inside a sampled sub-tree. Learned: replies of 6 segments out of 12, a recurrent reward model, 4 pairs a prompt of independent replies or of one tree with 8 leaves.',
  seeds: [200, 201, 202, 203, 204, 205, 206, 207, 208, 209],
  run: (seed) => run(seed),
  claims: [
    {
      name: 'trees lower the distance',
      sentence:
        'Where preference noise is large and labels are few (α 1, v 10, 32 labels), a tree of 16 leaves has a mean inference distance at least 2 % below the chain’s.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, `${corner}, tree of 16 leaves`) <= 0.98 * meanOver(seeds, `${corner}, chain`),
    },
    {
      name: 'finer ranking',
      sentence:
        'With an annotator of fixed accuracy, tree data rank replies with a shared beginning at least .02 better than chain data, at 800 and at 3,200 labels.',
      required: true,
      holds: (seeds) => gain(seeds, 'samePrefix', 800) >= 0.02 && gain(seeds, 'samePrefix', 3200) >= 0.02,
    },
    {
      name: 'better everywhere',
      sentence: 'Tree data also rank unrelated replies better, at 800 and at 3,200 labels.',
      required: false,
      holds: (seeds) => gain(seeds, 'random', 800) > 0 && gain(seeds, 'random', 3200) > 0,
    },
    {
      name: 'better picks',
      sentence: 'The best of 16 by the tree-trained reward is better at 3,200 labels, in most seeds.',
      required: false,
      holds: (seeds) =>
        inSeeds(
          seeds,
          (m) => m['best: 3200 labels, fixed flips, tree']! > m['best: 3200 labels, fixed flips, chain']!,
          Math.ceil((seeds.length + 1) / 2),
        ),
    },
  ],
  sabotage: {
    sentence: 'Second leaves are exchanged between trees, so that no pair shares its beginning',
    run: (seed) => run(seed, [800, 3200], true),
    breaks: ['finer ranking'],
  },
  charts: [
    {
      title: 'Accuracy on replies with a shared beginning, fixed flips',
      unit: 'share',
      bars: Object.fromEntries(
        [200, 800, 3200].flatMap((labels) =>
          ['chain', 'tree'].map((design) => [
            `${labels} labels, ${design}`,
            `samePrefix: ${labels} labels, fixed flips, ${design}`,
          ]),
        ),
      ),
    },
    {
      title: 'Accuracy on unrelated replies, fixed flips',
      unit: 'share',
      bars: Object.fromEntries(
        [200, 800, 3200].flatMap((labels) =>
          ['chain', 'tree'].map((design) => [
            `${labels} labels, ${design}`,
            `random: ${labels} labels, fixed flips, ${design}`,
          ]),
        ),
      ),
    },
  ],
  notes: [
    'A first run on seeds 100 to 109 trained for a fixed number of steps, chosen on chain data of 800 labels: it over-fitted at 3,200 labels (.76 on unrelated replies), and finer ranking did not hold there (.681 against .681 at 800 labels, .745 against .753 for the chain at 3,200). This run stops by validation pairs and uses other seeds.',
    'The paper’s bounds are not confirmed and are not tested. Its full claim, that policies trained with the tree model win, needs language policies and was not run.',
    'With Bradley–Terry noise siblings are too similar to be told apart by the annotator; those rows are measured beside the others and carry no claim.',
    'Equal numbers of labels are not equal numbers of replies: a chain of n pairs has 2n different replies, the trees here have as many leaves but share two thirds of their segments’ beginnings.',
  ],
})
