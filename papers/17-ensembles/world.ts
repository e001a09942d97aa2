/** Items of 16 numbers and a length; a pretrained encoder; preferences with a length bias; members on a grid of seeds. */

import { adamw } from '../../src/engine/adamw.ts'
import { fit } from '../../src/engine/fit.ts'
import { hostTensor, type Parameters } from '../../src/engine/host-tensor.ts'
import { linear } from '../../src/engine/layers/linear.ts'
import { mlp } from '../../src/engine/layers/mlp.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { bradleyTerry } from '../../src/objectives/bradley-terry.ts'
import { annotator } from '../../src/preferences/testbed/annotator.ts'
import { labelPairs } from '../../src/preferences/testbed/label-pairs.ts'
import { type Teacher, tanhTeacher } from '../../src/preferences/testbed/teacher.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import { type EncodedPairs, pairsOfFeatures, selectPairs } from '../../src/reward-models/encoded-pairs.ts'
import type { Trained } from '../../src/reward-models/score-pairs.ts'
import { trainPairs } from '../../src/reward-models/train-pairs.ts'

/** 16 numbers with utility, then the length. */
export const COLUMNS = 17
const UTILITY = 16
const ATTRIBUTES = 12
const hidden = [64, 64]
const CORPUS = 400 * 128

export interface Corpus {
  readonly items: Float32Array
  readonly attributes: Float32Array
}

/** Items with twelve attributes sin(Ax): one corpus for all pretraining seeds. */
export function drawCorpus(stream: RandomStream): Corpus {
  const mixing = Float64Array.from(
    { length: ATTRIBUTES * COLUMNS },
    () => stream.normal() / Math.sqrt(COLUMNS),
  )
  const items = Float32Array.from({ length: CORPUS * COLUMNS }, () => stream.normal())
  const attributes = new Float32Array(CORPUS * ATTRIBUTES)
  for (let row = 0; row < CORPUS; row++)
    for (let attribute = 0; attribute < ATTRIBUTES; attribute++) {
      let sum = 0
      for (let column = 0; column < COLUMNS; column++)
        sum += mixing[attribute * COLUMNS + column]! * items[row * COLUMNS + column]!
      attributes[row * ATTRIBUTES + attribute] = Math.sin(sum)
    }
  return { items, attributes }
}

/** An encoder 17-64-64 after one pass over the corpus: 400 steps of 128. Its seed draws the start and the order. */
export async function pretrain({ items, attributes }: Corpus, seed: number): Promise<Parameters> {
  const stream = new RandomStream(seed)
  const encoder = mlp({
    name: 'head',
    widths: [COLUMNS, ...hidden],
    activation: 'relu',
    outputActivation: 'relu',
  })
  const readout = linear({ name: 'readout', inputs: hidden.at(-1)!, outputs: ATTRIBUTES })
  const { parameters } = await fit({
    parameters: { ...encoder.initialise(stream), ...readout.initialise(stream) },
    tables: {
      items: hostTensor(items, [CORPUS, COLUMNS]),
      attributes: hostTensor(attributes, [CORPUS, ATTRIBUTES]),
    },
    loss: (weights, batch) =>
      readout.apply(weights, encoder.apply(weights, batch.items!)).sub(batch.attributes!).square().mean(),
    optimiser: adamw(),
    batchSize: 128,
    steps: 400,
    rate: 2e-3,
    seed,
    worker: false,
    threads: 1,
  })
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith('head.')))
}

/** A member: the encoder and a new linear head, all of it trained on the preferences with centring 0.01. */
export async function finetune(
  encoder: Parameters,
  pairs: EncodedPairs,
  epochs: number,
  seed: number,
): Promise<Trained> {
  const head = mlp({ name: 'head', widths: [COLUMNS, ...hidden, 1], activation: 'relu' })
  const result = await trainPairs(
    { train: pairs, validation: selectPairs(pairs, new Int32Array(0)) },
    {
      stage: 'finetune',
      parameters: { ...head.initialise(new RandomStream(seed).derive('head')), ...encoder },
      reward: (weights, completion) => head.apply(weights, completion).squeeze(-1),
      loss: (rewards) => bradleyTerry(rewards, { centring: 0.01 }).loss,
      epochs,
      batchSize: 32,
      rate: 1e-3,
      seed,
    },
    { seed, worker: false, threads: 1 },
  )
  return {
    model: { weights: result.parameters, settings: {}, metrics: {} },
    parameters: bradleyTerryHead.parameters.parse({ hidden, activation: 'relu' }),
  }
}

export interface PreferenceWorld {
  readonly teacher: Teacher
  readonly train: EncodedPairs
  readonly test: EncodedPairs
}

/** Labels with β = 2, 5 % flips and a bias of so many logits for one more unit of length. */
export function preferenceWorld(stream: RandomStream, pairs: number, lengthBias: number): PreferenceWorld {
  const teacher = tanhTeacher(stream, { dimensions: COLUMNS, looksAt: UTILITY, units: 24 })
  const draw = (name: string, count: number, who: ReturnType<typeof annotator>): EncodedPairs => {
    const labelled = labelPairs(stream.derive(name), teacher, who, {
      pairs: count,
      dimensions: UTILITY,
      showLength: true,
    })
    return pairsOfFeatures(labelled.chosen, labelled.rejected, COLUMNS)
  }
  return {
    teacher,
    train: draw('train', pairs, annotator({ rationality: 2, flip: 0.05, lengthBias })),
    test: draw('test', 2000, annotator({ rationality: Number.POSITIVE_INFINITY, flip: 0 })),
  }
}
