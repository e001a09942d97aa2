/** Replies as vectors: six aspects that a critique can name, and rankings of replies to one prompt. */
import type { RandomStream } from '../../src/numerics/random.ts'
import { sigmoid } from '../../src/numerics/sigmoid.ts'
import { allPairs } from '../../src/preferences/all-pairs.ts'
import { samplePlackettLuce } from '../../src/preferences/testbed/plackett-luce.ts'

export const replyWidth = 16
export const aspects = 6
const NAMED = 2
const CRITIQUE_NOISE = 0.3
/** Spread of A's entries: aspects turn round within the range of replies, so that few labels do not give them away. */
const BEND = 0.55

const normals = (stream: RandomStream, count: number, spread = 1): Float64Array =>
  Float64Array.from({ length: count }, () => spread * stream.normal())

export interface CritiqueWorld {
  aspectsOf(reply: Float64Array): Float64Array
  utility(reply: Float64Array): number
  /** aspects that a critique names: the two with the largest weight, or all */
  readonly named: { readonly brief: readonly number[]; readonly enhanced: readonly number[] }
}

/** z = sin(Ax), u = v·z with v scaled so that the difference of two replies varies by about 1. */
export function critiqueWorld(stream: RandomStream, bend = BEND): CritiqueWorld {
  const matrix = normals(stream.derive('aspects'), aspects * replyWidth, bend)
  const drawn = normals(stream.derive('weights'), aspects)
  const length = Math.hypot(...drawn)
  const weights = drawn.map((weight) => weight / length)
  const aspectsOf = (reply: Float64Array): Float64Array =>
    weights.map((_, aspect) => {
      let sum = 0
      for (let at = 0; at < replyWidth; at++) sum += matrix[aspect * replyWidth + at]! * reply[at]!
      return Math.sin(sum)
    })
  const order = [...weights.keys()].sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!))
  return {
    aspectsOf,
    utility: (reply) => aspectsOf(reply).reduce((sum, value, aspect) => sum + weights[aspect]! * value, 0),
    named: { brief: order.slice(0, NAMED), enhanced: [...weights.keys()] },
  }
}

/** What an annotator writes of a reply: all six aspects, each a little off; a brief critique is a part of it. */
export const critiqueOf = (world: CritiqueWorld, stream: RandomStream, reply: Float64Array): Float64Array =>
  world.aspectsOf(reply).map((value) => value + CRITIQUE_NOISE * stream.normal())

export interface ReplyPair {
  readonly chosen: Float64Array
  readonly rejected: Float64Array
}

/** Pairs labelled by P(a ≻ b) = σ(β·(u(a) − u(b))); without β by the utilities themselves. */
export function labelledPairs(
  stream: RandomStream,
  count: number,
  utility: (reply: Float64Array) => number,
  rationality = Number.POSITIVE_INFINITY,
): ReplyPair[] {
  return Array.from({ length: count }, () => {
    const [a, b] = [normals(stream, replyWidth), normals(stream, replyWidth)]
    const difference = utility(a) - utility(b)
    const first =
      rationality === Number.POSITIVE_INFINITY
        ? difference > 0
        : stream.uniform() < sigmoid(rationality * difference)
    return first ? { chosen: a, rejected: b } : { chosen: b, rejected: a }
  })
}

/** All pairs of `replies` replies a prompt, ranked by Plackett–Luce on β·u. */
export function rankedPairs(
  stream: RandomStream,
  prompts: number,
  replies: number,
  utility: (reply: Float64Array) => number,
  rationality: number,
): ReplyPair[] {
  const pairs: ReplyPair[] = []
  for (let prompt = 0; prompt < prompts; prompt++) {
    const own = Array.from({ length: replies }, () => normals(stream, replyWidth))
    const order = samplePlackettLuce(stream, own.map(utility), rationality)
    const ranks = new Int32Array(replies)
    order.forEach((reply, place) => {
      ranks[reply] = place
    })
    for (const [better, worse] of allPairs(ranks)) pairs.push({ chosen: own[better]!, rejected: own[worse]! })
  }
  return pairs
}

/** Replies without labels, row after row. */
export const drawReplies = (stream: RandomStream, count: number): Float64Array =>
  normals(stream, count * replyWidth)
