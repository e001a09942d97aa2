/** Every recipe, by name. */
import { GuerdonError } from '../records/error.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { contrastiveFeatures } from './contrastive-features.ts'
import { critiqueThenScore } from './critique-then-score.ts'
import { ensemble } from './ensemble.ts'
import { featureReward } from './feature-reward.ts'
import { fusedHead } from './fused-head.ts'
import { headSearch } from './head-search.ts'
import { metaReward } from './meta-reward.ts'
import { mixture } from './mixture.ts'
import { multiSource } from './multi-source.ts'
import { rateThenPrefer } from './rate-then-prefer.ts'
import type { Recipe } from './recipe.ts'
import { strengthAware } from './strength-aware.ts'
import { variationalPreferences } from './variational-preferences.ts'

export const recipes: readonly Recipe[] = [
  bradleyTerryHead as unknown as Recipe,
  critiqueThenScore as unknown as Recipe,
  headSearch as unknown as Recipe,
  rateThenPrefer as unknown as Recipe,
  strengthAware as unknown as Recipe,
  contrastiveFeatures as unknown as Recipe,
  metaReward as unknown as Recipe,
  ensemble as unknown as Recipe,
  fusedHead as unknown as Recipe,
  multiSource as unknown as Recipe,
  featureReward as unknown as Recipe,
  mixture as unknown as Recipe,
  variationalPreferences as unknown as Recipe,
]

/** @throws GuerdonError SPEC_UNKNOWN_METHOD naming the recipes there are */
export function recipeNamed(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name || recipe.aliases?.includes(name))
  if (found === undefined)
    throw new GuerdonError('SPEC_UNKNOWN_METHOD', `there is no recipe "${name}"`, {
      expected: recipes.map((recipe) => recipe.name).join(', '),
    })
  return found
}
