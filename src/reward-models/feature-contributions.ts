/** What each feature adds to a learned feature reward: the answer to "why this reward?". */
import { compile } from '../engine/compile.ts'
import { MOST_PLAYERS, shapleyValues } from '../numerics/shapley-values.ts'
import { GuerdonError } from '../records/error.ts'
import { featureReward } from './feature-reward.ts'
import type { Scorable } from './score-rows.ts'

export interface FeatureContributions {
  /** reward of the row */
  readonly reward: number
  /** reward of an average row: every feature at its training mean */
  readonly baseline: number
  /** one a feature, in their order; baseline and contributions add up to the reward */
  readonly contributions: readonly { readonly name: string; readonly contribution: number }[]
}

/** Rows that one run of the program scores. */
const BATCH = 512

/**
 * Contributions of each feature for each of n rows. Linear models: w_j·(x_j − mean_j)/scale_j, exact. Nets: Shapley
 * values over all 2^d sets of features, a feature outside the set at its training mean; at most 12 features.
 * A missing feature stands at its mean and contributes 0.
 * Source: paper 46 (use in the product); Shapley (1953).
 * @param features n × d, row-major
 * @throws GuerdonError ARGUMENT_INVALID for another recipe's model, features that do not fill rows, or a net with more
 *   than 12 features
 */
export async function featureContributions(
  model: Scorable,
  features: ArrayLike<number>,
): Promise<FeatureContributions[]> {
  const { width, settings } = model
  if (model.recipe.name !== featureReward.name)
    throw new GuerdonError('ARGUMENT_INVALID', `contributions of a ${model.recipe.name} model`, {
      expected: `a model of the recipe ${featureReward.name}`,
    })
  const count = features.length / width
  if (!Number.isInteger(count))
    throw new GuerdonError('ARGUMENT_INVALID', `${features.length} features`, {
      expected: `a multiple of ${width}`,
    })
  const parameters = featureReward.parameters.parse(model.parameters)
  const isLinear =
    parameters.hidden.length === 0 &&
    (parameters.outputActivation === 'none' || parameters.activation === 'none')
  if (!isLinear && width > MOST_PLAYERS)
    throw new GuerdonError('ARGUMENT_INVALID', `Shapley values of ${width} features`, {
      expected: `at most ${MOST_PLAYERS}, or a linear model`,
    })
  const { mean } = settings as { readonly mean: readonly number[] }
  const program = await compile(
    {
      x: { shape: [BATCH, width] },
      ...Object.fromEntries(
        Object.entries(model.weights).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
      ),
    },
    ({ x, ...weights }) => ({
      reward: featureReward.score(weights, { completion: x! }, parameters, settings).reward,
    }),
  )
  const rewardsOf = async (rows: Float32Array, size: number): Promise<Float64Array> => {
    const rewards = new Float64Array(size)
    for (let from = 0; from < size; from += BATCH) {
      const own = Math.min(BATCH, size - from)
      const x = new Float32Array(BATCH * width)
      x.set(rows.subarray(from * width, (from + own) * width))
      const out = await program.run({ ...model.weights, x })
      rewards.set(out.reward.values.subarray(0, own), from)
    }
    return rewards
  }
  try {
    const found: FeatureContributions[] = []
    const coalitions = isLinear ? width + 2 : 2 ** width
    const all = coalitions - 1
    const rows = new Float32Array(coalitions * width)
    for (let row = 0; row < count; row++) {
      // Linear: nobody, each feature alone, everybody. Net: every set of features.
      for (let coalition = 0; coalition < coalitions; coalition++)
        for (let column = 0; column < width; column++) {
          const given = features[row * width + column]!
          const present = isLinear
            ? coalition === all || coalition === column + 1
            : ((coalition >> column) & 1) === 1
          rows[coalition * width + column] = present && Number.isFinite(given) ? given : mean[column]!
        }
      const rewards = await rewardsOf(rows, coalitions)
      const shares = isLinear
        ? Float64Array.from({ length: width }, (_, column) => rewards[column + 1]! - rewards[0]!)
        : shapleyValues(rewards)
      found.push({
        reward: rewards[all]!,
        baseline: rewards[0]!,
        contributions: Array.from(shares, (contribution, column) => ({
          name: parameters.names[column] ?? `feature ${column}`,
          contribution,
        })),
      })
    }
    return found
  } finally {
    await program.close()
  }
}
