/**
 * A weighted sum whose weights follow labelled pairs: each pair moves weight to the columns that preferred the
 * completion that people preferred. Works over any columns, learned or written by hand. Range: that of the columns.
 *
 * Weights are part of the combiner's state and learn from feedback (`observe`), one pair after another; between
 * feedbacks they stay as they are.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { softplus } from '../numerics/sigmoid.ts'
import { GuerdonError } from '../records/error.ts'
import { resultOver } from './propagate-invalid.ts'

export interface HedgeRoutingState {
  /** logarithms of the weights, the largest 0; one a column, in the order of `of` */
  readonly logits: readonly number[]
  /** pairs it has learned from */
  readonly pairs: number
}

/** A labelled pair: each column's number for both completions. */
export interface HedgeRoutingFeedback {
  readonly chosen: Readonly<Record<string, number>>
  readonly rejected: Readonly<Record<string, number>>
}

/** Logits as weights that sum to 1. */
function weightsOf(logits: readonly number[]): number[] {
  const top = Math.max(...logits)
  const shares = logits.map((logit) => Math.exp(logit - top))
  const sum = shares.reduce((total, share) => total + share, 0)
  return shares.map((share) => share / sum)
}

export const hedgeRouting = defineCombiner({
  name: 'hedge-routing',
  summary: 'A weighted sum that learns its weights from labelled pairs, for one user or criterion.',
  paper: {
    slug: '45-micro',
    title: 'MiCRo: Mixture Modeling and Context-aware Routing for Personalized Preference Learning',
    source: 'context-aware online routing; Hedge: Freund and Schapire, 1997',
  },
  formula: 'Σ_k w_k · r_k; after a pair w_k ∝ w_k · σ(Δ_k / scale)^η',
  range: 'that of the columns',
  aliases: ['MiCRo', 'exponential weights', 'online routing'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    of: z.array(z.string()).min(1).describe('columns to choose among'),
    weights: z
      .record(z.string(), z.number().positive())
      .default({})
      .describe('column name → weight before the first pair; equal where none is named'),
    eta: z
      .number()
      .min(0)
      .default(1)
      .describe('η, how fast weights follow; 1 is Bayes for calibrated columns'),
    scale: z.number().positive().default(1).describe('difference of a column that counts as one logit'),
  }),
  reads: ({ of }) => of,
  examples: [
    {
      title: 'equal weights before any feedback, one row invalid',
      parameters: { of: ['helpful', 'honest'] },
      input: { columns: { helpful: [1, 0, null], honest: [0, 0.5, 1] } },
      result: [0.5, 0.25, null],
    },
    {
      title: 'given weights',
      parameters: { of: ['helpful', 'honest'], weights: { helpful: 3, honest: 1 } },
      input: { columns: { helpful: [1, 0], honest: [0, 1] } },
      result: [0.75, 0.25],
    },
  ],
  stateful: {
    initial: ({ of, weights }): HedgeRoutingState => ({
      logits: of.map((name) => Math.log(weights[name] ?? 1)),
      pairs: 0,
    }),
    apply(columns, { of }, { size }, state: HedgeRoutingState) {
      const result = resultOver(columns, of, size)
      const weights = weightsOf(state.logits)
      of.forEach((name, place) => {
        const { values } = columns.get(name)!
        for (let row = 0; row < size; row++)
          if (result.valid[row] === 1) result.values[row]! += weights[place]! * values[row]!
      })
      return { column: result, state }
    },
    observe(feedback: HedgeRoutingFeedback, { of, eta, scale }, state: HedgeRoutingState) {
      const logits = of.map((name, place) => {
        const margin = (feedback.chosen[name] ?? Number.NaN) - (feedback.rejected[name] ?? Number.NaN)
        if (!Number.isFinite(margin))
          throw new GuerdonError('ROW_INVALID', 'feedback needs a finite number of both completions', {
            where: { field: name },
            found: { chosen: feedback.chosen[name], rejected: feedback.rejected[name] },
          })
        return state.logits[place]! - eta * softplus(-margin / scale)
      })
      const top = Math.max(...logits)
      return { logits: logits.map((logit) => logit - top), pairs: state.pairs + 1 }
    },
  },
})
