/** Replies that are rated one by one and compared in pairs: the same replies, two kinds of labels, two kinds of noise. */
import { RandomStream } from '../../src/numerics/random.ts'
import { annotator, annotatorProbability } from '../../src/preferences/testbed/annotator.ts'
import { drawPairs, pickPairs } from '../../src/preferences/testbed/item-pairs.ts'
import { ratingThresholds } from '../../src/preferences/testbed/ordinal-rating.ts'
import { preferenceStrength } from '../../src/preferences/testbed/preference-strength.ts'
import { type Teacher, tanhTeacher } from '../../src/preferences/testbed/teacher.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'

const DIMENSIONS = 16

export interface Setting {
  /** β of the comparisons */
  readonly rationality: number
  /** ε of the comparisons */
  readonly flip: number
  /** standard deviation of the noise on the utility that is rated */
  readonly ratingNoise: number
  readonly pairs: number
}

export const settings = {
  noisy: { rationality: 1, flip: 0.1, ratingNoise: 0.5, pairs: 800 },
  'clean preferences': { rationality: 2, flip: 0.05, ratingNoise: 0.6, pairs: 1000 },
  'precise ratings': { rationality: 0.5, flip: 0.2, ratingNoise: 0.15, pairs: 800 },
} as const satisfies Record<string, Setting>

export interface RatedWorld {
  readonly train: EncodedPairs
  readonly validation: EncodedPairs
  readonly test: EncodedPairs
}

/** Pairs that were not called equal, with the ratings 0 … 4 of both replies and the label's strength 1 … 3. */
function labelled(stream: RandomStream, teacher: Teacher, setting: Setting, count: number): EncodedPairs {
  const { rationality, flip, ratingNoise } = setting
  // A third more than needed: those that are called equal are dropped.
  const drawn = drawPairs(stream.derive('pairs'), teacher, { pairs: 3 * count, dimensions: DIMENSIONS })
  const p = annotatorProbability(drawn, annotator({ rationality, flip }))
  const strengths = preferenceStrength(stream.derive('strength'), p, 0.7)
  const rows = Int32Array.from(strengths.keys())
    .filter((row) => strengths[row] !== 0)
    .slice(0, count)
  const pairs = pickPairs(drawn, rows)
  const thresholds = ratingThresholds(Float64Array.of(...drawn.utilityA, ...drawn.utilityB))
  const noise = stream.derive('ratings')
  const rated = (utilities: Float64Array): Float64Array =>
    utilities.map((utility) => {
      const felt = utility + ratingNoise * noise.normal()
      return thresholds.filter((threshold) => felt > threshold).length
    })
  const scores = [rated(pairs.utilityA), rated(pairs.utilityB)] as const
  const chosen = new Float64Array(rows.length * DIMENSIONS)
  const rejected = new Float64Array(rows.length * DIMENSIONS)
  const chosenScore = new Float64Array(rows.length)
  const rejectedScore = new Float64Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const aWins = strengths[rows[row]!]! > 0
    const [from, to] = [row * DIMENSIONS, (row + 1) * DIMENSIONS]
    chosen.set((aWins ? pairs.a : pairs.b).features.subarray(from, to), from)
    rejected.set((aWins ? pairs.b : pairs.a).features.subarray(from, to), from)
    chosenScore[row] = scores[aWins ? 0 : 1][row]!
    rejectedScore[row] = scores[aWins ? 1 : 0][row]!
  }
  return pairsOfFeatures(chosen, rejected, DIMENSIONS, {
    strength: Float64Array.from(rows, (row) => Math.abs(strengths[row]!)),
    chosenScore,
    rejectedScore,
  })
}

export function ratedWorld(seed: number, setting: Setting, testPairs = 4000): RatedWorld {
  const stream = new RandomStream(seed).derive('rated world')
  const teacher = tanhTeacher(stream, { dimensions: DIMENSIONS, units: 24 })
  const clean = drawPairs(stream.derive('test'), teacher, { pairs: testPairs, dimensions: DIMENSIONS })
  const sides = [
    new Float64Array(clean.a.features.length),
    new Float64Array(clean.a.features.length),
  ] as const
  for (let row = 0; row < testPairs; row++) {
    const aWins = clean.utilityA[row]! > clean.utilityB[row]!
    const [from, to] = [row * DIMENSIONS, (row + 1) * DIMENSIONS]
    sides[0].set((aWins ? clean.a : clean.b).features.subarray(from, to), from)
    sides[1].set((aWins ? clean.b : clean.a).features.subarray(from, to), from)
  }
  return {
    train: labelled(stream.derive('train'), teacher, setting, setting.pairs),
    validation: labelled(stream.derive('validation'), teacher, setting, 400),
    test: pairsOfFeatures(sides[0], sides[1], DIMENSIONS),
  }
}
