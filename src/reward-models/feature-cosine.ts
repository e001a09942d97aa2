/** How alike a model's features find the two completions of a pair. Source: paper 16, section 3. */
import type { z } from 'zod'
import { compile } from '../engine/compile.ts'
import { cosine } from '../engine/operations.ts'
import { GuerdonError } from '../records/error.ts'
import { type contrastiveFeatures, rewardFeatures } from './contrastive-features.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import type { Trained } from './score-pairs.ts'

/**
 * Mean cosine of the features of chosen and rejected completions, in [−1, 1], by a model of `contrastive-features`.
 *
 * @throws GuerdonError DATA_EMPTY without pairs; ARGUMENT_INVALID for embeddings in files
 */
export async function meanFeatureCosine(
  { model, parameters }: Trained,
  { chosen, rejected, count, width }: EncodedPairs,
): Promise<number> {
  if (count === 0) throw new GuerdonError('DATA_EMPTY', 'there are no pairs to compare features of')
  if ('path' in chosen || 'path' in rejected)
    throw new GuerdonError('ARGUMENT_INVALID', 'features are compared for pairs in memory', {
      hint: 'Select some of the pairs first',
    })
  const of = parameters as z.output<typeof contrastiveFeatures.parameters>
  const shape = [count, width]
  const program = await compile(
    {
      chosen: { shape },
      rejected: { shape },
      ...Object.fromEntries(
        Object.entries(model.weights).map(([name, value]) => [name, { shape: value.shape }]),
      ),
    },
    ({ chosen: better, rejected: worse, ...weights }) => ({
      mean: cosine(rewardFeatures(weights, better, of), rewardFeatures(weights, worse, of)).mean(),
    }),
  )
  try {
    return (await program.run({ chosen, rejected, ...model.weights })).mean!.values[0]!
  } finally {
    await program.close()
  }
}
