/** Which columns of a log are parts of the reward, and what each contributes. */
import { centreWithin } from '../numerics/centre-within.ts'
import { type AuditTable, partOf, pick } from './audit-table.ts'

/** Columns that trainers and samplers log beside the reward. */
const bookkeeping =
  /^(?:logged\/)?(?:completion_?tokens|prompt_?tokens|num_?tokens|tokens|words|characters|length|response_?length|completion_?length|advantages?|returns?|step|epoch|iteration|batch|sample|index|rank|seed|difficulty|temperature|kl|approx_?kl|entropy|loss|logprobs?|log_?prob|perplexity|time|seconds|latency|valid|kept|weight|sequence|group_?(?:id|size)|n|total|score|reward|rewards|total_?reward)$/i

/** The columns that may be components: known everywhere, varying, and no bookkeeping. */
export function componentsOf(table: AuditTable): [string, Float64Array][] {
  return [...table.columns].filter(([name, values]) => {
    if (bookkeeping.test(name) || /\.(?:uncertainty|member\b.*)$/.test(name)) return false
    const first = values[0]!
    let varies = false
    for (const value of values) {
      if (Number.isNaN(value)) return false
      if (value !== first) varies = true
    }
    return varies
  })
}

/** Least squares of y on the columns of x, all already centred, by the normal equations with a whiff of ridge. */
function leastSquares(x: readonly Float64Array[], y: Float64Array): Float64Array {
  const width = x.length
  const scale = x.map((column) => Math.sqrt(column.reduce((sum, value) => sum + value * value, 0)) || 1)
  const matrix = x.map((a, i) => [
    ...x.map((b, j) => {
      let sum = 0
      for (let row = 0; row < y.length; row++) sum += a[row]! * b[row]!
      return sum / (scale[i]! * scale[j]!) + (i === j ? 1e-9 : 0)
    }),
    a.reduce((sum, value, row) => sum + value * y[row]!, 0) / scale[i]!,
  ])
  for (let pivot = 0; pivot < width; pivot++) {
    for (let row = 0; row < width; row++) {
      if (row === pivot) continue
      const factor = matrix[row]![pivot]! / matrix[pivot]![pivot]!
      for (let column = pivot; column <= width; column++)
        matrix[row]![column]! -= factor * matrix[pivot]![column]!
    }
  }
  return Float64Array.from(matrix, (row, index) => row[width]! / row[index]! / scale[index]!)
}

export interface Contributions {
  readonly names: readonly string[]
  readonly values: readonly Float64Array[]
  /** reward units for one unit of each component */
  readonly weights: Float64Array
  /** share of the reward's variance that the components explain together */
  readonly explained: number
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}

/**
 * The weight of each component in the reward: least squares over all rows when the reward is (nearly) a weighted sum of
 * the components (R² > .98), else inside prompts, where difficulty cannot pose as a component. Null without components.
 */
export function contributionsOf(table: AuditTable): Contributions | null {
  const components = componentsOf(table)
  if (components.length === 0 || components.length > 40) return null
  const weighted = (
    centre: (values: Float64Array) => Float64Array,
  ): { weights: Float64Array; explained: number } => {
    const y = centre(table.reward)
    const x = components.map(([, values]) => centre(values))
    const weights = leastSquares(x, y)
    let squares = 0
    let residual = 0
    for (let row = 0; row < y.length; row++) {
      let predicted = 0
      for (let index = 0; index < x.length; index++) predicted += weights[index]! * x[index]![row]!
      squares += y[row]! ** 2
      residual += (y[row]! - predicted) ** 2
    }
    return { weights, explained: squares > 0 ? 1 - residual / squares : 0 }
  }
  const pooled = weighted(centred)
  const { weights, explained } =
    pooled.explained > 0.98 ? pooled : weighted((values) => centreWithin(values, table.groups))
  return {
    names: components.map(([name]) => name),
    values: components.map(([, values]) => values),
    weights,
    explained,
  }
}

/**
 * Share of the reward's variance inside prompts that each component explains at step places from … to − 1:
 * weight · cov(component, reward) / var(reward). Null where the reward does not vary.
 */
export function varianceShares(
  table: AuditTable,
  { values, weights }: Contributions,
  from: number,
  to: number,
): Float64Array | null {
  const part = partOf(table, [], from, to)
  const y = centreWithin(pick(table.reward, part.rows), part.groups)
  const variance = y.reduce((sum, value) => sum + value * value, 0)
  if (!(variance > 1e-18)) return null
  return Float64Array.from(values, (column, index) => {
    const x = centreWithin(pick(column, part.rows), part.groups)
    let sum = 0
    for (let row = 0; row < y.length; row++) sum += x[row]! * y[row]!
    return (weights[index]! * sum) / variance
  })
}
