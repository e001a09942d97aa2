/** Questions about attributes of entities, and answers that name an entity by one of its synonyms. */
import type { RandomStream } from '../../src/numerics/random.ts'

const ENTITIES = 40
const ATTRIBUTES = 6
const SYNONYMS = 5
const WIDTH = 12
const NUISANCE = 3
export const instructionWidth = 2 * WIDTH
export const answerWidth = 2 * WIDTH + 1 + NUISANCE
export const width = instructionWidth + answerWidth

export interface Answer {
  readonly entity: number
  readonly quality: number
  readonly features: Float64Array
}

export interface World {
  /** the three most similar other entities of each */
  readonly similar: readonly (readonly number[])[]
  instruction(entity: number, attribute: number): Float64Array
  answer(stream: RandomStream, entity: number, attribute: number, quality?: number): Answer
  /** answers that say the same in slightly other words: the nuisance and the noise change */
  variants(stream: RandomStream, answer: Answer, count: number): Float64Array[]
}

function unit(stream: RandomStream, near?: Float64Array, distance = 1): Float64Array {
  const drawn = Float64Array.from({ length: WIDTH }, () => stream.normal())
  const length = Math.hypot(...drawn)
  const moved = drawn.map((value, index) => (near?.[index] ?? 0) + (distance * value) / length)
  const own = Math.hypot(...moved)
  return moved.map((value) => value / own)
}

export function makeWorld(stream: RandomStream): World {
  const entities = Array.from({ length: ENTITIES }, () => unit(stream))
  const attributes = Array.from({ length: ATTRIBUTES }, () => unit(stream))
  const synonyms = entities.map((entity) => Array.from({ length: SYNONYMS }, () => unit(stream, entity, 0.5)))
  const similarity = (a: number, b: number): number =>
    entities[a]!.reduce((sum, value, index) => sum + value * entities[b]![index]!, 0)
  const noisy = (from: RandomStream, values: Float64Array, size: number): Float64Array =>
    values.map((value) => value + size * from.normal())
  return {
    similar: entities.map((_, own) =>
      entities
        .map((__, other) => other)
        .filter((other) => other !== own)
        .sort((a, b) => similarity(own, b) - similarity(own, a))
        .slice(0, 3),
    ),
    instruction: (entity, attribute) => Float64Array.of(...entities[entity]!, ...attributes[attribute]!),
    answer(from, entity, attribute, quality = from.normal()) {
      const words = synonyms[entity]![from.below(SYNONYMS)]!
      return {
        entity,
        quality,
        features: Float64Array.of(
          ...noisy(from, words, 0.1),
          ...noisy(from, attributes[attribute]!, 0.1),
          quality + 0.3 * from.normal(),
          ...Array.from({ length: NUISANCE }, () => from.normal()),
        ),
      }
    },
    variants: (from, { features }, count) =>
      Array.from({ length: count }, () =>
        features.map((value, index) => value + (index >= 2 * WIDTH + 1 ? 0.5 : 0.05) * from.normal()),
      ),
  }
}

export const attributesCount = ATTRIBUTES
export const entitiesCount = ENTITIES
