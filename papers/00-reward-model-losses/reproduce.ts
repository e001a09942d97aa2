/** Losses of reward models: each recovers a linear utility, and a known share of flipped labels can be corrected for. */
import { adamw } from '../../src/engine/adamw.ts'
import { fit } from '../../src/engine/fit.ts'
import { type HostTensor, hostTensor } from '../../src/engine/host-tensor.ts'
import { dot } from '../../src/engine/operations.ts'
import { linearRate, type TensorTree } from '../../src/engine/optimiser.ts'
import type { Tensor } from '../../src/engine/tensor.ts'
import { defineReproduction, inSeeds, type Measured } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { sigmoid } from '../../src/numerics/sigmoid.ts'
import { bradleyTerry } from '../../src/objectives/bradley-terry.ts'
import { bradleyTerryRobust } from '../../src/objectives/bradley-terry-robust.ts'
import { bradleyTerrySoft } from '../../src/objectives/bradley-terry-soft.ts'
import { maskedRegression } from '../../src/objectives/masked-regression.ts'
import { plackettLuce } from '../../src/objectives/plackett-luce.ts'
import { annotator } from '../../src/preferences/testbed/annotator.ts'
import { drawPairs, type ItemPairs } from '../../src/preferences/testbed/item-pairs.ts'
import { type LabelledPairs, labelItemPairs } from '../../src/preferences/testbed/label-pairs.ts'
import { samplePlackettLuce } from '../../src/preferences/testbed/plackett-luce.ts'
import { linearTeacher } from '../../src/preferences/testbed/teacher.ts'

const WIDTH = 16
const PAIRS = 4000
const LIST = 4
const RATIONALITY = 4
const FLIPS = 0.3

type Batch = TensorTree
type Score = (features: Tensor) => Tensor

interface Setting {
  readonly tables: Readonly<Record<string, HostTensor>>
  readonly loss: (score: Score, batch: Batch) => Tensor
}

const rows = (values: Float64Array, ...shape: number[]): HostTensor =>
  hostTensor(Float32Array.from(values), shape)

/** A linear reward trained with a loss: weights, and a constant that only regression needs. */
async function trained({ tables, loss }: Setting, seed: number): Promise<Float32Array> {
  const { parameters } = await fit({
    parameters: {
      weight: hostTensor(new Float32Array(WIDTH), [WIDTH]),
      bias: hostTensor([0], [1]),
    },
    tables,
    loss: ({ weight, bias }, batch) => loss((features) => dot(features, weight!).add(bias!), batch),
    optimiser: adamw(),
    batchSize: 125,
    steps: 640,
    rate: linearRate(0.05),
    seed,
    worker: false,
  })
  return parameters.weight!.values as Float32Array
}

/** Rewards of the first item minus those of the second. */
function margins(weight: Float32Array, { a, b, count }: ItemPairs): Float64Array {
  const out = new Float64Array(count)
  for (let pair = 0; pair < count; pair++)
    for (let column = 0; column < WIDTH; column++) {
      const at = pair * WIDTH + column
      out[pair]! += weight[column]! * (a.features[at]! - b.features[at]!)
    }
  return out
}

/** Share of pairs ordered as the utilities are. */
function accuracy(weight: Float32Array, test: ItemPairs): number {
  const found = margins(weight, test)
  let right = 0
  for (let pair = 0; pair < test.count; pair++)
    if (found[pair]! > 0 === test.utilityA[pair]! > test.utilityB[pair]!) right++
  return right / test.count
}

/** ECE in ten bins of σ(margin) against the probability of a label without flips, each pair in both orders. */
function calibrationError(weight: Float32Array, test: ItemPairs): number {
  const found = margins(weight, test)
  const [stated, clean] = [new Float64Array(10), new Float64Array(10)]
  for (let pair = 0; pair < test.count; pair++) {
    const gap = RATIONALITY * (test.utilityA[pair]! - test.utilityB[pair]!)
    for (const sign of [1, -1]) {
      const probability = sigmoid(sign * found[pair]!)
      const bin = Math.min(Math.floor(10 * probability), 9)
      stated[bin]! += probability
      clean[bin]! += sigmoid(sign * gap)
    }
  }
  return stated.reduce((sum, own, bin) => sum + Math.abs(own - clean[bin]!), 0) / (2 * test.count)
}

const pairTables = (labelled: LabelledPairs): Record<'chosen' | 'rejected' | 'probability', HostTensor> => ({
  chosen: rows(labelled.chosen, labelled.count, WIDTH),
  rejected: rows(labelled.rejected, labelled.count, WIDTH),
  probability: rows(labelled.probability, labelled.count),
})

/** Rankings of four items at a time, the first items of the pairs. */
function rankings(pairs: ItemPairs, stream: RandomStream): Record<string, HostTensor> {
  const lists = pairs.count / LIST
  const ranking = new Int32Array(pairs.count)
  for (let list = 0; list < lists; list++) {
    const own = pairs.utilityA.subarray(list * LIST, (list + 1) * LIST)
    ranking.set(samplePlackettLuce(stream, own, RATIONALITY), list * LIST)
  }
  return {
    items: rows(pairs.a.features, lists, LIST, WIDTH),
    ranking: hostTensor(ranking, [lists, LIST], 'int32'),
  }
}

/** `sign` −1 exchanges the sides of every pair and list inside the losses. */
async function run(seed: number, sign: 1 | -1): Promise<Measured> {
  const stream = new RandomStream(seed)
  const source = stream.derive('teacher')
  const teacher = linearTeacher(Float64Array.from({ length: WIDTH }, () => source.normal()))
  const train = drawPairs(stream.derive('train'), teacher, { pairs: PAIRS, dimensions: WIDTH })
  const test = drawPairs(stream.derive('test'), teacher, { pairs: PAIRS, dimensions: WIDTH })
  const labelled = (flip: number): LabelledPairs =>
    labelItemPairs(stream.derive(`labels ${flip}`), train, annotator({ rationality: RATIONALITY, flip }))
  const clean = pairTables(labelled(0))
  const noisy = pairTables(labelled(FLIPS))
  const sides = (score: Score, batch: Batch): { readonly chosen: Tensor; readonly rejected: Tensor } => ({
    chosen: score(batch.chosen!).mul(sign),
    rejected: score(batch.rejected!).mul(sign),
  })
  const settings: Record<string, Setting> = {
    'bradley-terry': {
      tables: { chosen: clean.chosen, rejected: clean.rejected },
      loss: (score, batch) => bradleyTerry(sides(score, batch)).loss,
    },
    'bradley-terry-soft': {
      tables: clean,
      loss: (score, batch) => bradleyTerrySoft({ ...sides(score, batch), target: batch.probability! }).loss,
    },
    'plackett-luce': {
      tables: rankings(train, stream.derive('rankings')),
      loss: (score, { items, ranking }) =>
        plackettLuce({ rewards: score(items!).mul(sign), ranking: ranking! }).loss,
    },
    'masked-regression': {
      tables: {
        items: rows(train.a.features, PAIRS, WIDTH),
        utility: rows(train.utilityA, PAIRS),
      },
      loss: (score, { items, utility }) =>
        maskedRegression({ prediction: score(items!).mul(sign), label: utility! }).loss,
    },
    'bradley-terry, flips': {
      tables: { chosen: noisy.chosen, rejected: noisy.rejected },
      loss: (score, batch) => bradleyTerry(sides(score, batch)).loss,
    },
    'bradley-terry-robust, flips': {
      tables: { chosen: noisy.chosen, rejected: noisy.rejected },
      loss: (score, batch) => bradleyTerryRobust(sides(score, batch), { flipRate: FLIPS }).loss,
    },
  }
  const measured: Record<string, number> = {}
  for (const [name, setting] of Object.entries(settings)) {
    const weight = await trained(setting, seed)
    measured[`accuracy: ${name}`] = accuracy(weight, test)
    if (name.endsWith('flips')) measured[`ece: ${name}`] = calibrationError(weight, test)
  }
  return measured
}

const recovering = ['bradley-terry', 'bradley-terry-soft', 'plackett-luce', 'masked-regression']

export const reproduction = defineReproduction({
  slug: '00-reward-model-losses',
  title: 'Losses of reward models',
  task: 'A linear utility of 16 features, 4,000 pairs of one annotator (β 4), or 1,000 rankings of four, or 4,000 rated items; a linear reward, 640 steps of 125 rows. Accuracy on 4,000 other pairs against the utilities; calibration of σ(margin) against the annotator’s own probabilities where 30 % of the labels are flipped.',
  seeds: [100, 101, 102, 103, 104],
  run: (seed) => run(seed, 1),
  claims: [
    {
      name: 'recovery',
      sentence:
        'Bradley–Terry, soft labels, Plackett–Luce and regression each reach at least 95 % on noise-free pairs, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => recovering.every((name) => m[`accuracy: ${name}`]! >= 0.95)),
    },
    {
      name: 'robust loss',
      sentence:
        'With 30 % of the labels flipped, the robust loss that knows the rate is better calibrated than Bradley–Terry, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (m) => m['ece: bradley-terry-robust, flips']! < m['ece: bradley-terry, flips']!),
    },
    {
      name: 'flips shrink, they do not turn',
      sentence:
        'With 30 % flips Bradley–Terry still orders at least 90 % of the pairs rightly, in every seed.',
      required: false,
      holds: (seeds) => inSeeds(seeds, (m) => m['accuracy: bradley-terry, flips']! >= 0.9),
    },
  ],
  sabotage: {
    sentence: 'The sign of every reward is turned inside the losses.',
    run: (seed) => run(seed, -1),
    breaks: ['recovery', 'robust loss'],
  },
  charts: [
    {
      title: 'Accuracy on noise-free pairs',
      unit: '',
      bars: Object.fromEntries(recovering.map((name) => [name, `accuracy: ${name}`])),
    },
    {
      title: 'Calibration error with 30 % flips',
      unit: '',
      bars: {
        'bradley-terry': 'ece: bradley-terry, flips',
        'bradley-terry-robust': 'ece: bradley-terry-robust, flips',
      },
    },
  ],
  notes: [
    'Gradients against central differences, behaviour at ±800 and the identities between losses are tests in src/objectives.',
    'Flips leave the order of rewards nearly as it is and shrink their scale: that is what the robust loss corrects.',
  ],
})
