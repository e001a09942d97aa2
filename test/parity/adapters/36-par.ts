/** Vectors of card 36-par. */
import { bradleyTerryRegularised } from '../../../src/objectives/bradley-terry-regularised.ts'
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'
import { evaluate } from './parts/evaluate.ts'
import { functions as shaping } from './parts/shaping.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const own = {
  async 'bt-loss-regularised'({ regularisation, ...input }: Vector) {
    const { perRow, parts } = await evaluate(bradleyTerryRegularised, input, { regularisation })
    return { loss: perRow, plain: parts.plain }
  },
}

export const functions = { ...own, ...ofCard('36-par', shaping, advantages) }
