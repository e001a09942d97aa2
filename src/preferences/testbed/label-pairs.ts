/** Labels of simulated annotators on pairs of items, as a preference model is trained on them. */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { type Annotator, annotatorProbability } from './annotator.ts'
import { fatiguedFlipRate } from './fatigue.ts'
import { drawPairs, type ItemPairs, type PairOptions } from './item-pairs.ts'
import { majorityProbability } from './majority.ts'
import { pairNoise } from './pair-noise.ts'
import type { Teacher } from './teacher.ts'

export interface LabelledPairs {
  readonly count: number
  readonly dimensions: number
  /** n × d row-major */
  readonly chosen: Float64Array
  readonly rejected: Float64Array
  /** of the label that was given, of being given: of the whole vote where several annotators were asked */
  readonly probability: Float64Array
  /** 1 where the label is against the noise-free preference sign(u(a) − u(b)) */
  readonly flipped: Uint8Array
  readonly utilityChosen: Float64Array
  readonly utilityRejected: Float64Array
  readonly lengthChosen: Float64Array
  readonly lengthRejected: Float64Array
  readonly attributeChosen: Uint8Array
  readonly attributeRejected: Uint8Array
  readonly styleChosen: Uint8Array
  readonly styleRejected: Uint8Array
  readonly chosenShownFirst: Uint8Array
  /** annotators who voted for `chosen`, out of `votes` */
  readonly votesForChosen: Uint8Array
  readonly votes: number
  /** who gave the pair's first label; the others are the next ones */
  readonly annotator: Int32Array
  /** 1 where the pair was among those labelled with more noise */
  readonly noisy: Uint8Array
  readonly prompt: Int32Array
  /** pairs times votes: the size to report */
  readonly labelsUsed: number
  readonly cost: number
}

export interface LabelOptions {
  /** annotators asked for each pair, 1 unless told; the majority counts, a coin decides a tied vote */
  readonly votes?: number
  /** annotators who take turns, as many as votes unless told */
  readonly annotators?: number
  /** who labels each pair, 0, 1, …, instead of taking turns: one vote a pair */
  readonly annotatorOf?: Int32Array
  /** α: share of annotators who always answer the opposite, 0 unless told */
  readonly adversaries?: number
  /** a random share of the pairs is labelled with another flip rate */
  readonly noisy?: { readonly share: number; readonly flip: number }
}

/**
 * Draws pairs and has them labelled: `drawPairs`, then `labelItemPairs`.
 * @throws GuerdonError ARGUMENT_INVALID as those two do
 *
 * @example labelPairs(new RandomStream(1), linearTeacher(Float64Array.of(1)), annotator(), { pairs: 4, dimensions: 1 }).labelsUsed // 4
 */
export function labelPairs(
  stream: RandomStream,
  teacher: Teacher,
  who: Annotator,
  options: PairOptions & LabelOptions,
): LabelledPairs {
  return labelItemPairs(
    stream.derive('labels'),
    drawPairs(stream.derive('pairs'), teacher, options),
    who,
    options,
  )
}

/**
 * Labels pairs. Which item is shown first is drawn for each pair. The label is Bernoulli(p) with p from
 * `annotatorProbability`; a consistent annotator compares p with a hash of the pair instead, and gives one and the same
 * answer however often he is asked. Annotators take turns: pair i asks annotators i·votes, i·votes + 1, … (modulo).
 * @throws GuerdonError ARGUMENT_INVALID for no votes, more than 255, fewer annotators than votes (unless there is one),
 *   or shares outside [0, 1]
 */
export function labelItemPairs(
  stream: RandomStream,
  pairs: ItemPairs,
  who: Annotator,
  options: LabelOptions = {},
): LabelledPairs {
  const { votes = 1, adversaries = 0, annotatorOf, noisy } = options
  const annotators = annotatorOf === undefined ? (options.annotators ?? votes) : 1 + largest(annotatorOf)
  const shares = [adversaries, noisy?.share ?? 0, noisy?.flip ?? 0]
  if (
    ![votes, annotators].every(Number.isInteger) ||
    votes < 1 ||
    votes > 255 ||
    (annotators < votes && annotators !== 1) ||
    (annotatorOf !== undefined && (votes !== 1 || annotatorOf.length !== pairs.count)) ||
    !shares.every((share) => share >= 0 && share <= 1)
  ) {
    throw new GuerdonError('ARGUMENT_INVALID', 'pairs cannot be labelled this way', {
      expected: '1 to 255 votes by at least as many annotators (or by one), and shares in [0, 1]',
      found: options,
    })
  }
  const { count, dimensions } = pairs
  const draws = stream.derive('answers')
  const order = stream.derive('order')
  const aFirst = new Uint8Array(count)
  for (let pair = 0; pair < count; pair++) aFirst[pair] = order.below(2)
  const noise = stream.derive('noise')
  const isNoisy = new Uint8Array(count)
  if (noisy !== undefined)
    for (let pair = 0; pair < count; pair++) isNoisy[pair] = noise.uniform() < noisy.share ? 1 : 0
  const opposes = adversaryFlags(stream.derive('adversaries'), annotators, adversaries)
  const answerOnce = who.consistent && annotators === 1
  const asked = answerOnce ? 1 : votes
  const seed = stream.derive('consistent').integer32()

  const probabilityOfA = new Float64Array(count * asked)
  const answersA = new Uint8Array(count)
  const flips = new Float64Array(count)
  const given = new Int32Array(annotators)
  const seeds = new Int32Array(count)
  for (let vote = 0; vote < asked; vote++) {
    for (let pair = 0; pair < count; pair++) {
      const turn = annotatorOf === undefined ? (pair * votes + vote) % annotators : annotatorOf[pair]!
      seeds[pair] = seed + turn
      const labelsGiven =
        annotatorOf === undefined ? Math.floor((pair * votes + vote) / annotators) : given[turn]!++
      let flip = isNoisy[pair] === 1 ? noisy!.flip : who.flip
      if (who.fatigue !== undefined) {
        const tired = { start: flip, end: Math.max(flip, who.fatigue.end), tau: who.fatigue.tau }
        flip = fatiguedFlipRate(labelsGiven, tired)
      }
      flips[pair] = opposes[turn] === 1 ? 1 : flip
    }
    const shown = {
      utilityA: pairs.utilityA,
      utilityB: pairs.utilityB,
      lengthA: pairs.a.length,
      lengthB: pairs.b.length,
      attributeA: pairs.a.attribute,
      attributeB: pairs.b.attribute,
      styleA: pairs.a.style,
      styleB: pairs.b.style,
      aShownFirst: aFirst,
    }
    const found = annotatorProbability(shown, who, flips)
    const hashed = who.consistent
      ? pairNoise(pairs.a.features, pairs.b.features, dimensions, seeds)
      : undefined
    for (let pair = 0; pair < count; pair++) {
      probabilityOfA[pair * asked + vote] = found[pair]!
      const draw = hashed === undefined ? draws.uniform() : hashed[pair]!
      if (draw < found[pair]!) answersA[pair]!++
    }
  }
  return gather(pairs, {
    aFirst,
    isNoisy,
    answersA,
    probabilityOfA,
    asked,
    votes,
    annotatorOf: Int32Array.from({ length: count }, (_, pair) =>
      annotatorOf === undefined ? (pair * votes) % annotators : annotatorOf[pair]!,
    ),
    coin: stream.derive('ties'),
    cost: who.cost,
  })
}

function largest(values: Int32Array): number {
  let found = 0
  for (const value of values) found = Math.max(found, value)
  return found
}

/** The nearest whole number of adversaries, at random places. */
function adversaryFlags(stream: RandomStream, annotators: number, share: number): Uint8Array {
  const flags = Array.from({ length: annotators }, (_, index) =>
    index < Math.round(share * annotators) ? 1 : 0,
  )
  return Uint8Array.from(stream.shuffle(flags))
}

interface Answers {
  readonly aFirst: Uint8Array
  readonly isNoisy: Uint8Array
  readonly answersA: Uint8Array
  readonly probabilityOfA: Float64Array
  readonly asked: number
  readonly votes: number
  readonly annotatorOf: Int32Array
  readonly coin: RandomStream
  readonly cost: number
}

/** Turns answers about a and b into chosen and rejected. */
function gather(pairs: ItemPairs, answers: Answers): LabelledPairs {
  const { count, dimensions, a, b } = pairs
  const { asked, votes } = answers
  const made = {
    chosen: new Float64Array(count * dimensions),
    rejected: new Float64Array(count * dimensions),
    probability: new Float64Array(count),
    flipped: new Uint8Array(count),
    utilityChosen: new Float64Array(count),
    utilityRejected: new Float64Array(count),
    lengthChosen: new Float64Array(count),
    lengthRejected: new Float64Array(count),
    attributeChosen: new Uint8Array(count),
    attributeRejected: new Uint8Array(count),
    styleChosen: new Uint8Array(count),
    styleRejected: new Uint8Array(count),
    chosenShownFirst: new Uint8Array(count),
    votesForChosen: new Uint8Array(count),
  }
  const scratch = new Float64Array(asked + 1)
  for (let pair = 0; pair < count; pair++) {
    const forA = answers.answersA[pair]!
    const aWins = 2 * forA === asked ? answers.coin.below(2) === 1 : 2 * forA > asked
    const forMajority = aWins ? forA : asked - forA
    const winner = aWins ? a : b
    const loser = aWins ? b : a
    const from = pair * dimensions
    made.chosen.set(winner.features.subarray(from, from + dimensions), from)
    made.rejected.set(loser.features.subarray(from, from + dimensions), from)
    const p = majorityProbability(answers.probabilityOfA, pair * asked, asked, scratch)
    made.probability[pair] = aWins ? p : 1 - p
    made.utilityChosen[pair] = aWins ? pairs.utilityA[pair]! : pairs.utilityB[pair]!
    made.utilityRejected[pair] = aWins ? pairs.utilityB[pair]! : pairs.utilityA[pair]!
    made.flipped[pair] = made.utilityChosen[pair]! < made.utilityRejected[pair]! ? 1 : 0
    made.lengthChosen[pair] = winner.length[pair]!
    made.lengthRejected[pair] = loser.length[pair]!
    made.attributeChosen[pair] = winner.attribute[pair]!
    made.attributeRejected[pair] = loser.attribute[pair]!
    made.styleChosen[pair] = winner.style[pair]!
    made.styleRejected[pair] = loser.style[pair]!
    made.chosenShownFirst[pair] = aWins ? answers.aFirst[pair]! : 1 - answers.aFirst[pair]!
    made.votesForChosen[pair] = asked === votes ? forMajority : votes * forMajority
  }
  return {
    count,
    dimensions,
    ...made,
    votes,
    annotator: answers.annotatorOf,
    noisy: answers.isNoisy,
    prompt: pairs.prompt,
    labelsUsed: count * votes,
    cost: count * votes * answers.cost,
  }
}
