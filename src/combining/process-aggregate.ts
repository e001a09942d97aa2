/**
 * One reward out of the step probabilities of a process reward model. Range [0, 1], except `sum-logit`: unbounded.
 * A chain of reasoning is as good as its worst step, which is why the minimum is the default.
 * Source: paper 00-reward-model-losses, process rewards.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { createColumn, invalidate, sealColumn } from '../records/column.ts'

export const PROCESS_AGGREGATES = ['min', 'product', 'mean', 'last', 'geometric-mean', 'sum-logit'] as const
export type ProcessAggregate = (typeof PROCESS_AGGREGATES)[number]

/**
 * The aggregate of the probabilities p[start … end − 1] of one rollout's steps:
 * min, product, mean, last, geometric mean (Π p)^(1/n), or Σ ln(p/(1 − p)). No steps give NaN; a step of 0 or 1 makes
 * the sum of logits infinite.
 *
 * @example aggregateSteps(Float64Array.of(0.5, 0.125), 0, 2, 'geometric-mean') // 0.25
 */
export function aggregateSteps(
  probabilities: Float64Array,
  start: number,
  end: number,
  aggregate: ProcessAggregate,
): number {
  const count = end - start
  if (count <= 0) return Number.NaN
  if (aggregate === 'last') return probabilities[end - 1]!
  let least = Number.POSITIVE_INFINITY
  let product = 1
  let sum = 0
  let logarithms = 0
  let logits = 0
  for (let step = start; step < end; step++) {
    const p = probabilities[step]!
    if (p < least) least = p
    product *= p
    sum += p
    logarithms += Math.log(p)
    logits += Math.log(p) - Math.log1p(-p)
  }
  switch (aggregate) {
    case 'min':
      return least
    case 'product':
      return product
    case 'mean':
      return sum / count
    case 'geometric-mean':
      return Math.exp(logarithms / count)
    case 'sum-logit':
      return logits
  }
}

export const processAggregate = defineCombiner({
  name: 'process-aggregate',
  summary:
    'One reward from the probabilities of the steps: the worst, their product, their mean or the last.',
  formula: 'min | Π | mean | last | (Π p)^(1/n) | Σ ln(p/(1 − p)) over the steps',
  range: '[0, 1], sum-logit unbounded',
  aliases: ['prm', 'process reward', 'step aggregate'],
  scope: 'row',
  grain: 'rollout',
  takes: ['step'],
  parameters: z.object({
    of: z.string().describe('step column of probabilities'),
    aggregate: z.enum(PROCESS_AGGREGATES).default('min').describe('what is made of the steps'),
  }),
  reads: ({ of }) => [of],
  examples: [
    {
      title: 'the worst step; one without a score; no steps',
      parameters: { of: 'steps' },
      input: { columns: { steps: [[0.9, 0.25, 0.5], [0.9, null], []] } },
      result: [0.25, null, null],
    },
    {
      title: 'a probability that is none',
      parameters: { of: 'steps', aggregate: 'product' },
      input: { columns: { steps: [[0.5, 0.5], [2]] } },
      result: [0.25, null],
    },
  ],
  apply(columns, { of, aggregate }, { size }) {
    const column = columns.get(of)!
    const offsets = column.offsets!
    const result = createColumn(size)
    for (let row = 0; row < size; row++) {
      const start = offsets[row]!
      const end = offsets[row + 1]!
      if (start === end) invalidate(result, row, `${of}: there are no steps`)
      for (let step = start; step < end; step++) {
        const p = column.values[step]!
        if (column.valid[step] === 0) {
          invalidate(result, row, `${of}: ${column.reasons?.[step] ?? 'invalid'}`)
        } else if (!(p >= 0 && p <= 1)) {
          invalidate(result, row, `${of}: ${p} is no probability`)
        }
      }
      if (result.valid[row] === 1) result.values[row] = aggregateSteps(column.values, start, end, aggregate)
    }
    return sealColumn(result)
  },
})
