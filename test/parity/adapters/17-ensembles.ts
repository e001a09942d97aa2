/** Vectors of card 17-ensembles. */
import { bradleyTerry } from '../../../src/objectives/bradley-terry.ts'
import { evaluatePairs } from './parts/evaluate.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

export const functions = {
  'bradley-terry-centred': ({ coefficient, ...input }: Vector) =>
    evaluatePairs(bradleyTerry, input, { centring: coefficient }),
}
