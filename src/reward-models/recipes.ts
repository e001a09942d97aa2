/** Every recipe, by name. */
import { GuerdonError } from '../records/error.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { fusedHead } from './fused-head.ts'
import { multiSource } from './multi-source.ts'
import type { Recipe } from './recipe.ts'
import { variationalPreferences } from './variational-preferences.ts'

export const recipes: readonly Recipe[] = [
  bradleyTerryHead as unknown as Recipe,
  fusedHead as unknown as Recipe,
  multiSource as unknown as Recipe,
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
