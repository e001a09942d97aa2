/** Vectors of card 17-ensembles. */
import { bradleyTerry } from '../../../src/objectives/bradley-terry.ts'
import { ofCard } from './one-card.ts'
import { evaluatePairs } from './parts/evaluate.ts'
import { functions as metrics } from './parts/pair-metrics.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const own = {
  'bradley-terry-centred': ({ coefficient, ...input }: Vector) =>
    evaluatePairs(bradleyTerry, input, { centring: coefficient }),
}

export const functions = { ...own, ...ofCard('17-ensembles', metrics) }
