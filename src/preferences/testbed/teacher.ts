/** Known utilities, on a scale on which the difference of two random items has standard deviation 1. */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'

export interface Teacher {
  /** columns of one item; those the teacher does not look at count too */
  readonly dimensions: number
  /** @param features count × dimensions, row-major */
  utility(features: Float64Array, count: number): Float64Array
}

/** Items on which a teacher without a closed form is measured; the scale then has a relative error of about 0.5 %. */
const MEASURED_ON = 20_000

/**
 * Utilities divided by the standard deviation of u(a) − u(b) over all pairs of two different items, which is √2 times
 * their sample standard deviation. Equal utilities stay as they are.
 *
 * @example rescaleUtilities(Float64Array.of(0, 2)) // [0, 1]
 */
export function rescaleUtilities(utilities: Float64Array): Float64Array {
  const spread = differenceDeviation(utilities)
  return spread > 0 ? utilities.map((utility) => utility / spread) : utilities.slice()
}

function differenceDeviation(utilities: Float64Array): number {
  let mean = 0
  for (let item = 0; item < utilities.length; item++) mean += utilities[item]! / utilities.length
  let squares = 0
  for (let item = 0; item < utilities.length; item++) squares += (utilities[item]! - mean) ** 2
  return utilities.length < 2 ? 0 : Math.sqrt((2 * squares) / (utilities.length - 1))
}

function checked(features: Float64Array, count: number, dimensions: number): void {
  if (features.length !== count * dimensions) {
    throw new GuerdonError('ARGUMENT_INVALID', `${features.length} features of ${count} items`, {
      expected: `${dimensions} an item`,
    })
  }
}

/**
 * u(x) = scale·w·x with scale = 1/(√2·‖w‖): over x ~ N(0, I) the difference of two items has standard deviation 1.
 * @param weights one a column; 0 for a column without utility
 * @param scale multiplies the utilities further: another annotator's β, or a group that cares more
 * @throws GuerdonError ARGUMENT_INVALID when all weights are 0 or one is not finite
 *
 * @example linearTeacher(Float64Array.of(3, 0)).utility(Float64Array.of(2, 5), 1) // ≈ [1.4142]
 */
export function linearTeacher(
  weights: Float64Array,
  scale = 1,
): Teacher & { readonly weights: Float64Array } {
  let squares = 0
  for (const weight of weights) squares += weight * weight
  if (!(squares > 0 && Number.isFinite(squares))) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a linear teacher has no direction', {
      expected: 'finite weights that are not all 0',
      found: Array.from(weights),
    })
  }
  const dimensions = weights.length
  const scaled = weights.map((weight) => (scale * weight) / Math.sqrt(2 * squares))
  return {
    dimensions,
    weights: scaled,
    utility(features, count) {
      checked(features, count, dimensions)
      const utilities = new Float64Array(count)
      for (let item = 0; item < count; item++) {
        let sum = 0
        const at = item * dimensions
        for (let column = 0; column < dimensions; column++) sum += scaled[column]! * features[at + column]!
        utilities[item] = sum
      }
      return utilities
    },
  }
}

export interface TanhTeacherOptions {
  /** columns of an item */
  readonly dimensions: number
  /** units of the hidden layer, 32 unless told */
  readonly units?: number
  /** the teacher looks at the first so many columns; all unless told */
  readonly looksAt?: number
}

/**
 * u(x) = scale·w₂·tanh(W₁x) with W₁ ~ N(0, 1/columns looked at)·√2 and w₂ ~ N(0, 1), rescaled on 20,000 items of its
 * own stream, so the difference of two items has standard deviation 1 (± 0.5 %).
 *
 * @example tanhTeacher(new RandomStream(1), { dimensions: 2 }).utility(Float64Array.of(0, 0), 1) // [0]
 */
export function tanhTeacher(stream: RandomStream, options: TanhTeacherOptions): Teacher {
  const { dimensions, units = 32, looksAt = dimensions } = options
  if (!(looksAt >= 1 && looksAt <= dimensions && units >= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a teacher cannot have this shape', {
      expected: 'at least one unit, and between one and all columns to look at',
      found: { dimensions, units, looksAt },
    })
  }
  const weights = stream.derive('teacher')
  const hidden = new Float64Array(units * looksAt)
  for (let entry = 0; entry < hidden.length; entry++)
    hidden[entry] = weights.normal() * Math.sqrt(2 / looksAt)
  const output = new Float64Array(units)
  for (let unit = 0; unit < units; unit++) output[unit] = weights.normal()
  const raw = (features: Float64Array, count: number): Float64Array => {
    const utilities = new Float64Array(count)
    for (let item = 0; item < count; item++) {
      const at = item * dimensions
      let utility = 0
      for (let unit = 0; unit < units; unit++) {
        let sum = 0
        for (let column = 0; column < looksAt; column++)
          sum += hidden[unit * looksAt + column]! * features[at + column]!
        utility += output[unit]! * Math.tanh(sum)
      }
      utilities[item] = utility
    }
    return utilities
  }
  const measured = stream.derive('teacher scale')
  const probe = new Float64Array(MEASURED_ON * dimensions)
  for (let item = 0; item < MEASURED_ON; item++)
    for (let column = 0; column < looksAt; column++) probe[item * dimensions + column] = measured.normal()
  const scale = differenceDeviation(raw(probe, MEASURED_ON))
  return {
    dimensions,
    utility(features, count) {
      checked(features, count, dimensions)
      const utilities = raw(features, count)
      for (let item = 0; item < count; item++) utilities[item]! /= scale
      return utilities
    },
  }
}

/**
 * u(c, x) = scale·(Wc)·x: the prompt's context c, the last k columns of an item, gates the weights of the others.
 * Over x and c ~ N(0, I) the difference of two items of one prompt has standard deviation 1.
 * @param options `columns` are those with utility (the first ones), `context` the last ones
 *
 * @example contextTeacher(new RandomStream(1), { dimensions: 5, columns: 3, context: 2 }).dimensions // 5
 */
export function contextTeacher(
  stream: RandomStream,
  options: { readonly dimensions: number; readonly columns: number; readonly context: number },
): Teacher {
  const { dimensions, columns, context } = options
  if (!(columns >= 1 && context >= 1 && columns + context <= dimensions)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a context cannot gate these columns', {
      expected: 'columns with utility, columns of context, and both inside an item',
      found: options,
    })
  }
  const source = stream.derive('context teacher')
  const gate = new Float64Array(columns * context)
  let squares = 0
  for (let entry = 0; entry < gate.length; entry++) {
    gate[entry] = source.normal()
    squares += gate[entry]! ** 2
  }
  const scale = Math.sqrt(2 * squares)
  return {
    dimensions,
    utility(features, count) {
      checked(features, count, dimensions)
      const utilities = new Float64Array(count)
      for (let item = 0; item < count; item++) {
        const at = item * dimensions
        const from = at + dimensions - context
        let sum = 0
        for (let column = 0; column < columns; column++) {
          let weight = 0
          for (let entry = 0; entry < context; entry++)
            weight += gate[column * context + entry]! * features[from + entry]!
          sum += weight * features[at + column]!
        }
        utilities[item] = sum / scale
      }
      return utilities
    },
  }
}
