/** Pairs of 16 numbers with the utility of a tanh network, of whose labels a quarter may be flipped. */
import { RandomStream } from '../../src/numerics/random.ts'
import { annotator } from '../../src/preferences/testbed/annotator.ts'
import { labelPairs } from '../../src/preferences/testbed/label-pairs.ts'
import { tanhTeacher } from '../../src/preferences/testbed/teacher.ts'
import { vectorItems } from '../../src/preferences/testbed/vector-items.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'
import type { MetaSet } from '../../src/reward-models/meta-reward.ts'

const DIMENSIONS = 16

export interface NoisyWorld {
  readonly train: EncodedPairs
  /** 1 where the label is against the true preference */
  readonly wrong: Uint8Array
  readonly test: EncodedPairs
}

export function noisyWorld(seed: number, flip: number, pairs = 4000, testPairs = 4000): NoisyWorld {
  const stream = new RandomStream(seed).derive('noisy world')
  const teacher = tanhTeacher(stream, { dimensions: DIMENSIONS, units: 24 })
  const train = labelPairs(stream.derive('train'), teacher, annotator({ rationality: 4, flip }), {
    pairs,
    dimensions: DIMENSIONS,
  })
  const exact = annotator({ rationality: Number.POSITIVE_INFINITY, flip: 0 })
  const test = labelPairs(stream.derive('test'), teacher, exact, {
    pairs: testPairs,
    dimensions: DIMENSIONS,
  })
  return {
    train: pairsOfFeatures(train.chosen, train.rejected, DIMENSIONS),
    wrong: train.flipped,
    test: pairsOfFeatures(test.chosen, test.rejected, DIMENSIONS),
  }
}

export interface ShiftedWorld {
  readonly train: EncodedPairs
  /** pairs of items that lie 2 away from those of the labels, in a direction of the seed */
  readonly test: EncodedPairs
  readonly meta: MetaSet
}

/** Labels where the policy was, responses where it is now. */
export function shiftedWorld(seed: number): ShiftedWorld {
  const stream = new RandomStream(seed).derive('shifted world')
  const teacher = tanhTeacher(stream, { dimensions: DIMENSIONS, units: 24 })
  const direction = Float64Array.from({ length: DIMENSIONS }, () => stream.normal())
  const length = Math.hypot(...direction)
  const shifted = (own: RandomStream, count: number) => {
    const items = vectorItems(own, count, { dimensions: DIMENSIONS })
    return {
      ...items,
      features: items.features.map((value, at) => value + (2 * direction[at % DIMENSIONS]!) / length),
    }
  }
  const train = labelPairs(stream.derive('train'), teacher, annotator({ rationality: 4, flip: 0.05 }), {
    pairs: 1500,
    dimensions: DIMENSIONS,
  })
  const exact = annotator({ rationality: Number.POSITIVE_INFINITY, flip: 0 })
  const test = labelPairs(stream.derive('test'), teacher, exact, {
    pairs: 4000,
    dimensions: DIMENSIONS,
    items: shifted,
  })
  const responses = 4
  const prompts = 400
  return {
    train: pairsOfFeatures(train.chosen, train.rejected, DIMENSIONS),
    test: pairsOfFeatures(test.chosen, test.rejected, DIMENSIONS),
    meta: {
      prompts,
      responses,
      embeddings: Float32Array.from(shifted(stream.derive('responses'), prompts * responses).features),
    },
  }
}
