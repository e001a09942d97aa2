/** Replies of six segments whose worth depends on the prompt's class, on each segment, and on which follow each other. */
import type { RandomStream } from '../../src/numerics/random.ts'

export const SEGMENTS = 6
export const KINDS = 12
export const CLASSES = 4
/** one-hot segments, then the class */
export const width = SEGMENTS * KINDS + CLASSES

export interface Reply {
  readonly segments: readonly number[]
}

export interface World {
  utility(prompt: number, reply: readonly number[]): number
}

/** Utilities with standard deviation 1 of the difference of two random replies. */
export function makeWorld(stream: RandomStream): World {
  const unary = Float64Array.from({ length: CLASSES * KINDS }, () => stream.normal())
  const pairwise = Float64Array.from({ length: KINDS * KINDS }, () => stream.normal())
  const raw = (prompt: number, reply: readonly number[]): number =>
    reply.reduce(
      (sum, kind, at) =>
        sum + unary[prompt * KINDS + kind]! + (at === 0 ? 0 : pairwise[reply[at - 1]! * KINDS + kind]!),
      0,
    )
  const draws = 4000
  let square = 0
  for (let draw = 0; draw < draws; draw++) {
    const prompt = stream.below(CLASSES)
    square += (raw(prompt, randomReply(stream)) - raw(prompt, randomReply(stream))) ** 2
  }
  const scale = 1 / Math.sqrt(square / draws)
  return { utility: (prompt, reply) => scale * raw(prompt, reply) }
}

export function randomReply(stream: RandomStream, prefix: readonly number[] = []): number[] {
  return [...prefix, ...Array.from({ length: SEGMENTS - prefix.length }, () => stream.below(KINDS))]
}

/** Eight leaves of a tree with three binary levels, two segments each. */
export function treeReplies(stream: RandomStream): number[][] {
  let replies: number[][] = [[]]
  for (let level = 0; level < 3; level++)
    replies = replies.flatMap((prefix) =>
      [0, 1].map(() => [...prefix, stream.below(KINDS), stream.below(KINDS)]),
    )
  return replies
}

export function featuresOf(prompt: number, reply: readonly number[]): Float32Array {
  const features = new Float32Array(width)
  reply.forEach((kind, at) => {
    features[at * KINDS + kind] = 1
  })
  features[SEGMENTS * KINDS + prompt] = 1
  return features
}
