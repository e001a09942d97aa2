/** Groups of people who want different things, and users who belong to them. */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { linearTeacher } from './teacher.ts'

export interface Population {
  readonly name: PopulationName
  /** π, one a group, sums to 1 */
  readonly weights: Float64Array
  /** w_g, scaled so that a group's utility difference has standard deviation `scales[g]` */
  readonly teachers: readonly ReturnType<typeof linearTeacher>[]
  readonly dimensions: number
}

export type PopulationName = 'agree' | 'opposed' | 'partial' | 'minority' | 'four'

export interface PopulationOptions {
  /** columns of an item */
  readonly dimensions: number
  /** the first so many columns carry utility; all unless told */
  readonly looksAt?: number
  /** share of pairs on which the groups of `partial` disagree, 0.4 unless told */
  readonly controversial?: number
}

function normals(stream: RandomStream, dimensions: number, looksAt: number): Float64Array {
  const weights = new Float64Array(dimensions)
  for (let column = 0; column < looksAt; column++) weights[column] = stream.normal()
  return weights
}

/**
 * w with the signs of some attributes turned, so that a share q of random pairs is controversial. Two directions with
 * angle θ disagree on θ/π of the pairs, so the turned attributes must carry sin²(qπ/2) of the squared norm: they are
 * the first ⌈that share·columns⌉ of a random order, and both blocks are rescaled to meet it exactly.
 */
function partlyOpposed(
  stream: RandomStream,
  weights: Float64Array,
  looksAt: number,
  controversial: number,
): [Float64Array, Float64Array] {
  const share = Math.sin((controversial * Math.PI) / 2) ** 2
  const order = stream.shuffle(Array.from({ length: looksAt }, (_, column) => column))
  const turned = new Set(order.slice(0, Math.min(looksAt - 1, Math.ceil(share * looksAt))))
  let turnedSquares = 0
  let otherSquares = 0
  for (let column = 0; column < looksAt; column++) {
    if (turned.has(column)) turnedSquares += weights[column]! ** 2
    else otherSquares += weights[column]! ** 2
  }
  const first = weights.map((weight, column) =>
    turned.has(column)
      ? weight * Math.sqrt(share / turnedSquares)
      : weight * Math.sqrt((1 - share) / otherSquares),
  )
  return [first, first.map((weight, column) => (turned.has(column) ? -weight : weight))]
}

/**
 * A population by name:
 *   agree     two equal groups, the same direction with scales ⅔ and 4⁄3: there is nothing to personalise
 *   opposed   two equal groups, w₂ = −w₁: no single reward is better than chance
 *   partial   two equal groups that disagree on 40 % of the pairs
 *   minority  the groups of `opposed` with shares 0.85 and 0.15
 *   four      four equal groups, each looks at one of the first four columns
 * Source: paper 00-preference-testbed.
 * @throws GuerdonError ARGUMENT_INVALID for too few columns (`partial`: 2, `four`: 4) or a share outside (0, 1)
 *
 * @example population(new RandomStream(1), 'four', { dimensions: 4 }).weights // [0.25, 0.25, 0.25, 0.25]
 */
export function population(
  stream: RandomStream,
  name: PopulationName,
  options: PopulationOptions,
): Population {
  const { dimensions, looksAt = dimensions, controversial = 0.4 } = options
  const least = name === 'four' ? 4 : name === 'partial' ? 2 : 1
  if (!(looksAt >= least && looksAt <= dimensions && controversial > 0 && controversial < 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', `no population "${name}" of this shape`, {
      expected: `at least ${least} columns to look at, inside an item, and a share of disagreement in (0, 1)`,
      found: options,
    })
  }
  const source = stream.derive('population')
  const made = (weights: readonly number[], teachers: Population['teachers']): Population => ({
    name,
    weights: Float64Array.from(weights),
    teachers,
    dimensions,
  })
  if (name === 'four') {
    const looks = [0, 1, 2, 3].map((column) =>
      linearTeacher(new Float64Array(dimensions).fill(1, column, column + 1)),
    )
    return made([0.25, 0.25, 0.25, 0.25], looks)
  }
  const first = normals(source, dimensions, looksAt)
  switch (name) {
    case 'agree':
      return made([0.5, 0.5], [linearTeacher(first, 2 / 3), linearTeacher(first, 4 / 3)])
    case 'opposed':
      return made([0.5, 0.5], [linearTeacher(first), linearTeacher(first.map((weight) => -weight))])
    case 'minority':
      return made([0.85, 0.15], [linearTeacher(first), linearTeacher(first.map((weight) => -weight))])
    case 'partial': {
      const [one, other] = partlyOpposed(source, first, looksAt, controversial)
      return made([0.5, 0.5], [linearTeacher(one), linearTeacher(other)])
    }
  }
}

/**
 * Shares of groups that depend on the prompt: softmax(V·context), n × G row-major.
 * @param gate V, G × k row-major
 * @param contexts n × k row-major
 *
 * @example contextWeights(Float64Array.of(0, 0), Float64Array.of(5), 1) // [0.5, 0.5]
 */
export function contextWeights(gate: Float64Array, contexts: Float64Array, width: number): Float64Array {
  const groups = gate.length / width
  const count = contexts.length / width
  const weights = new Float64Array(count * groups)
  for (let row = 0; row < count; row++) {
    let largest = Number.NEGATIVE_INFINITY
    for (let group = 0; group < groups; group++) {
      let logit = 0
      for (let entry = 0; entry < width; entry++)
        logit += gate[group * width + entry]! * contexts[row * width + entry]!
      weights[row * groups + group] = logit
      largest = Math.max(largest, logit)
    }
    let sum = 0
    for (let group = 0; group < groups; group++) {
      const at = row * groups + group
      weights[at] = Math.exp(weights[at]! - largest)
      sum += weights[at]!
    }
    for (let group = 0; group < groups; group++) weights[row * groups + group]! /= sum
  }
  return weights
}
