/** Rewards of both sides of encoded pairs by a trained model, for held-out pairs, votes and ablations. */
import type { ParameterSchema } from '../kinds/method.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import type { Recipe, TrainedRewardModel } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'

/** What `recipe.run` gives: a model and the parameters it was trained with. */
export interface Trained {
  readonly model: TrainedRewardModel
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface PairRewards {
  /** one a pair */
  readonly chosen: Float64Array
  readonly rejected: Float64Array
}

/**
 * Scores both completions of every pair; pairs keep their users where the model has some.
 * @throws GuerdonError what `openRowScorer` throws
 */
export async function scorePairs<P extends ParameterSchema>(
  recipe: Recipe<P>,
  { model, parameters }: Trained,
  pairs: EncodedPairs,
  options: { readonly worker?: boolean; readonly threads?: number } = {},
): Promise<PairRewards> {
  const { weights, settings, users } = model
  const scorer = await openRowScorer(
    {
      recipe: recipe as unknown as Recipe,
      parameters,
      weights,
      settings,
      width: pairs.width,
      ...(users && { users }),
    },
    options,
  )
  try {
    const shared = {
      ...(pairs.prompt && recipe.needs?.prompt && { prompt: pairs.prompt }),
      ...(users && { users: Array.from(pairs.users.codes, (code) => pairs.users.names[code]) }),
    }
    const chosen = await scorer.score({ completion: pairs.chosen, ...shared })
    const rejected = await scorer.score({ completion: pairs.rejected, ...shared })
    return { chosen: chosen.reward, rejected: rejected.reward }
  } finally {
    await scorer.close()
  }
}

/** Accuracy (ties of rewards count ½) and log-loss of a trained model on untied pairs. */
export async function heldOutQuality<P extends ParameterSchema>(
  recipe: Recipe<P>,
  trained: Trained,
  pairs: EncodedPairs,
): Promise<{ readonly accuracy: number; readonly logLoss: number }> {
  const { chosen, rejected } = await scorePairs(recipe, trained, pairs)
  return pairQuality(chosen, rejected, pairs.tie)
}
