/** Preference pairs with contexts: a noisy crowd, a source that errs systematically, and a judge with a bias for length. */
import { bradleyTerryFit } from '../../src/numerics/bradley-terry-fit.ts'
import type { RandomStream } from '../../src/numerics/random.ts'
import { sigmoid } from '../../src/numerics/sigmoid.ts'
import type { CurationPair, Judge } from '../../src/preferences/curation/ask-judges.ts'
import type { Verdict } from '../../src/preferences/curation/judge-aggregation.ts'
import type { RewardMargins } from '../../src/preferences/curation/skywork-rounds.ts'

const FEATURES = 12
/** the last column is the length, which is worth nothing */
const COLUMNS = FEATURES + 1
const CONTEXTS = 6
/** variance of the utility that depends on the context, over that which does not */
const CONTEXT_SHARE = 1.2
const LENGTH_BONUS = 0.5
const CROWD_SHARE = 0.55
const [CROWD_RATIONALITY, CROWD_ERROR] = [2, 0.1]
/** people who verify are careful, and may still err where two completions are nearly as good */
const HUMAN_RATIONALITY = 5
/** how near embeddings of prompts lie to their context */
const PROMPT_SPREAD = 0.4

export interface FeaturePair extends CurationPair {
  readonly chosen: Float64Array
  readonly rejected: Float64Array
  readonly context: number
  /** what an embedder makes of prompt and attributes */
  readonly prompt: Float64Array
  readonly source: string
}

export interface World {
  /** noise-free: 1 where the label stands */
  verdict(pair: FeaturePair): Verdict
  /** what a person says who verifies a pair: always the same of one pair */
  human(pair: FeaturePair): Verdict
  /** pairs with the labels of crowd and second source */
  pairs(stream: RandomStream, count: number, second: 'systematic' | 'random', name: string): FeaturePair[]
  judge(stream: RandomStream): Judge<FeaturePair>
}

const normals = (stream: RandomStream, count: number, spread = 1): Float64Array =>
  Float64Array.from({ length: count }, () => spread * stream.normal())

const dot = (weights: Float64Array, pair: Pick<FeaturePair, 'chosen' | 'rejected'>): number => {
  let sum = 0
  for (let at = 0; at < COLUMNS; at++) sum += weights[at]! * (pair.chosen[at]! - pair.rejected[at]!)
  return sum
}

/** Features of chosen − rejected, row after row. */
function differences(pairs: readonly FeaturePair[]): Float64Array {
  const rows = new Float64Array(pairs.length * COLUMNS)
  pairs.forEach(({ chosen, rejected }, row) => {
    for (let at = 0; at < COLUMNS; at++) rows[row * COLUMNS + at] = chosen[at]! - rejected[at]!
  })
  return rows
}

/** u = (w₀ + δ_context)·x, scaled so that the difference of two completions varies by about 1. */
export function makeWorld(stream: RandomStream): World {
  const scale = 1 / Math.sqrt(2 * FEATURES * (1 + CONTEXT_SHARE))
  const common = normals(stream, FEATURES, scale)
  const own = Array.from({ length: CONTEXTS }, () =>
    normals(stream, FEATURES, scale * Math.sqrt(CONTEXT_SHARE)),
  )
  const weightsOf = (sign: number, length: number): Float64Array[] =>
    own.map((part) => Float64Array.of(...common.map((weight, at) => weight + sign * part[at]!), length))
  const truth = weightsOf(1, 0)
  // The context's part with the wrong sign, and a liking for length.
  const wrong = weightsOf(-1, LENGTH_BONUS)
  const verdict = (pair: FeaturePair): Verdict => (dot(truth[pair.context]!, pair) >= 0 ? 1 : 2)

  function pair(from: RandomStream, id: string, second: 'systematic' | 'random'): FeaturePair {
    const context = from.below(CONTEXTS)
    const sides = { chosen: normals(from, COLUMNS), rejected: normals(from, COLUMNS) }
    const prompt = normals(from, CONTEXTS, PROMPT_SPREAD)
    prompt[context]! += 1
    const crowd = from.uniform() < CROWD_SHARE
    const source = crowd ? 'crowd' : second
    const likes = (): boolean => {
      if (!crowd && second === 'systematic')
        return from.uniform() < sigmoid(CROWD_RATIONALITY * dot(wrong[context]!, sides))
      // Labels without any rule.
      if (!crowd) return from.uniform() < 0.5
      const first = from.uniform() < sigmoid(CROWD_RATIONALITY * dot(truth[context]!, sides))
      return from.uniform() < CROWD_ERROR ? !first : first
    }
    const [chosen, rejected] = likes() ? [sides.chosen, sides.rejected] : [sides.rejected, sides.chosen]
    return { id, chosen, rejected, context, prompt, source }
  }

  const people = stream.derive('people')
  return {
    verdict,
    human(asked) {
      const chance = sigmoid(HUMAN_RATIONALITY * dot(truth[asked.context]!, asked))
      return people.derive(asked.id).uniform() < chance ? 1 : 2
    },
    pairs: (from, count, second, name) =>
      Array.from({ length: count }, (_, index) => pair(from, `${name} ${index}`, second)),
    judge: (from) => inContextJudge(from, common),
  }
}

/** Prior of the judge: it knows what is good in general, likes length, and learns from the examples it sees. */
const [JUDGE_LENGTH, JUDGE_PRECISION, JUDGE_SHARPNESS] = [0.4, 4, 4]

/** Logistic regression on the examples from a biased prior, then one vote by chance of the probability. */
function inContextJudge(stream: RandomStream, common: Float64Array): Judge<FeaturePair> {
  const mean = Float64Array.of(...common, JUDGE_LENGTH)
  // All votes on one pair are given the same examples.
  const learned = new WeakMap<readonly FeaturePair[], Float64Array>()
  const learn = (examples: readonly FeaturePair[]): Float64Array => {
    const known = learned.get(examples)
    if (known !== undefined) return known
    const weights = bradleyTerryFit(differences(examples), COLUMNS, { mean, precision: JUDGE_PRECISION })
    learned.set(examples, weights)
    return weights
  }
  return ({ shown, examples, sample }) => {
    const weights = learn(examples)
    const chance = sigmoid(JUDGE_SHARPNESS * dot(weights, shown))
    return stream.derive(`${shown.id}/${sample}/${examples.length}`).uniform() < chance ? 1 : 2
  }
}

/** Hardly any: plain Bradley–Terry, only finite where few pairs can be parted without error. */
const RIDGE = 0.05

/** Bradley–Terry on the products of features and context: weights of its own for each context. */
export function trainReward(pairs: readonly FeaturePair[]): RewardMargins<FeaturePair> {
  const weights = Array.from({ length: CONTEXTS }, (_, context) =>
    bradleyTerryFit(differences(pairs.filter((pair) => pair.context === context)), COLUMNS, {
      precision: RIDGE,
    }),
  )
  return (list) => Float64Array.from(list, (pair) => dot(weights[pair.context]!, pair))
}
