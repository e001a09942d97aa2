/** Curation of preference data against the authors' vectors: only shapes change here. */

import { flipByStrength } from '../../../../src/numerics/flip-by-strength.ts'
import { preferenceStrength } from '../../../../src/numerics/preference-strength.ts'
import { strengthGroups } from '../../../../src/numerics/strength-groups.ts'
import { closestThree } from '../../../../src/preferences/curation/closest-three.ts'
import { meanStrength } from '../../../../src/preferences/curation/mean-strength.ts'
import { weightedKappa } from '../../../../src/preferences/curation/weighted-kappa.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const listsOf = (columns: Readonly<Record<string, ArrayLike<number>>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Array.from(values)]))

export const functions = {
  '16-secrets-rlhf-2/preference-strength': ({ chosen, rejected }: Vector) =>
    listsOf({ ...preferenceStrength(chosen, rejected) }),
  '16-secrets-rlhf-2/flip-by-strength': ({ mean, ...rule }: Vector) => ({
    flip: Array.from(flipByStrength(mean, rule), (flag) => flag === 1),
  }),
  '16-secrets-rlhf-2/strength-groups': ({ mean, std, groups }: Vector) => {
    const { of: _, ...table } = strengthGroups(mean, std, groups)
    return listsOf(table)
  },
  '25-helpsteer2-preference/weighted-kappa': ({ first, second, weights, labels }: Vector) => ({
    kappa: weightedKappa(first, second, weights, labels),
    linear: weightedKappa(first, second, 'linear', labels),
  }),
  '25-helpsteer2-preference/closest-three': ({ annotations, maxSpread }: Vector) =>
    closestThree(annotations, maxSpread),
  '25-helpsteer2-preference/mean-strength': ({ label }: Vector) => meanStrength(label),
}
