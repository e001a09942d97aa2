/**
 * A world of short written answers with seven exact qualities. A prompt asks for a sum and for three of twelve topics;
 * an answer may give the sum rightly, wrongly or not at all, speaks of some of the topics and of things nobody asked
 * about, repeats itself, is polite or not, and is of some length. What people like is a non-linear function of the seven.
 * Every quality shows in words, so that a model of the text can learn it, but in many different ones.
 */

import type { RandomStream } from '../../src/numerics/random.ts'
import { annotator, annotatorProbability } from '../../src/preferences/testbed/annotator.ts'
import { rescaleUtilities } from '../../src/preferences/testbed/teacher.ts'

export const QUALITIES = [
  'correct',
  'wrong',
  'relevant',
  'complete',
  'repetition',
  'polite',
  'length',
] as const

/** Three ways to speak of each topic; a bag of words has to learn all of them. */
const TOPICS = [
  ['price', 'cost', 'fee'],
  ['weather', 'forecast', 'rain'],
  ['train', 'railway', 'platform'],
  ['hotel', 'room', 'lodging'],
  ['museum', 'exhibit', 'gallery'],
  ['food', 'dinner', 'restaurant'],
  ['visa', 'passport', 'permit'],
  ['money', 'currency', 'cash'],
  ['doctor', 'pharmacy', 'clinic'],
  ['music', 'concert', 'band'],
  ['luggage', 'suitcase', 'bag'],
  ['garden', 'park', 'trees'],
]
/** What nobody ever asks about. */
const STRAYS =
  'horoscope lottery gossip celebrity football wrestling dragon wizard spaceship robot pirate treasure ghost vampire cartoon puzzle riddle poker chess bingo karaoke disco tattoo perfume lipstick'.split(
    ' ',
  )
/** How a right sum tends to be given, and how a wrong one: two words of a list, in any order. */
const SURE =
  'carefully verified twice checked exactly counted precisely confirmed surely proven certainly computed'.split(
    ' ',
  )
const UNSURE =
  'perhaps roughly guessing maybe around somewhat possibly unsure likely hopefully vaguely approximately'.split(
    ' ',
  )
const FILLERS =
  'usually early often nearby simple quiet local open careful small bright useful early common plain warm clear fair main late'.split(
    ' ',
  )
const POLITE = [
  'thank you for asking',
  'happy to help',
  'please let me know',
  'with pleasure',
  'kind regards',
]
const VERBS = ['consider', 'check', 'remember', 'plan', 'note', 'compare']

export interface Answers {
  readonly count: number
  /** the prompt before the answer, as an encoder would be given it */
  readonly texts: readonly string[]
  /** count × 7, each 0 … 5 */
  readonly features: Float64Array
  /** what people really like; the standard deviation of a difference of two answers is 1 */
  readonly gold: Float64Array
}

const clip = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/**
 * Answers, `perPrompt` to each of so many prompts, one after another.
 * Gold before scaling: 1.6·correct·(0.4 + complete) − 1.8·wrong + relevant·complete − 2·repetition² +
 * 0.5·polite·(1 − wrong) − |words − 35|/40, with every quality in [0, 1] and words the length.
 */
export function drawAnswers(stream: RandomStream, prompts: number, perPrompt: number): Answers {
  const count = prompts * perPrompt
  const texts: string[] = []
  const features = new Float64Array(count * QUALITIES.length)
  const raw = new Float64Array(count)
  const pick = <T>(items: readonly T[]): T => items[stream.below(items.length)]!
  for (let prompt = 0; prompt < prompts; prompt++) {
    const [left, right] = [10 + stream.below(80), 10 + stream.below(80)]
    const order = stream.shuffle(TOPICS.map((_, topic) => topic))
    const asked = order.slice(0, 3)
    const question = `Add ${left} and ${right}, and tell me about ${asked.map((topic) => TOPICS[topic]![0]).join(', ')}.`
    for (let answer = 0; answer < perPrompt; answer++) {
      const row = prompt * perPrompt + answer
      const about = (thing: string): string => `${pick(VERBS)} the ${pick(FILLERS)} ${thing} ${pick(FILLERS)}`
      const covered = stream.below(4)
      const strayed = stream.below(4)
      const sentences = [
        ...asked.slice(0, covered).map((topic) => about(pick(TOPICS[topic]!))),
        ...Array.from({ length: strayed }, () => about(pick(STRAYS))),
      ]
      const outcome = stream.below(3)
      if (outcome < 2) {
        const error = outcome === 0 ? 0 : (1 + stream.below(9)) * (stream.below(2) === 0 ? 1 : -1)
        const manner = outcome === 0 ? SURE : UNSURE
        sentences.push(`the sum is ${pick(manner)} ${pick(manner)} ${left + right + error}`)
      }
      for (let extra = stream.below(3); extra > 0; extra--)
        sentences.push(`it is ${pick(FILLERS)} and ${pick(FILLERS)} there`)
      const own = sentences.length
      const repeats = own === 0 ? 0 : Math.max(0, stream.below(6) - 2)
      for (let repeat = 0; repeat < repeats; repeat++) sentences.push(sentences[stream.below(own)]!)
      stream.shuffle(sentences)
      const polite = stream.below(2)
      if (polite === 1) sentences.push(pick(POLITE))
      const text = sentences.join('. ')
      const words = text === '' ? 0 : text.split(/\s+/).length
      const correct = outcome === 0 ? 1 : 0
      const wrong = outcome === 1 ? 1 : 0
      const relevant = covered + strayed === 0 ? 0 : covered / (covered + strayed)
      const complete = covered / 3
      const repetition = repeats / Math.max(1, own + repeats)
      const qualities = [correct, wrong, relevant, complete, repetition, polite, clip(words / 80, 0, 1)]
      qualities.forEach((value, column) => {
        features[row * QUALITIES.length + column] = 5 * value
      })
      raw[row] =
        1.6 * correct * (0.4 + complete) -
        1.8 * wrong +
        relevant * complete -
        2 * repetition ** 2 +
        0.5 * polite * (1 - wrong) -
        Math.abs(words - 35) / 40
      texts.push(`${question}\n${text}`)
    }
  }
  return { count, texts, features, gold: rescaleUtilities(raw) }
}

/** Two answers to one prompt, by row number, the preferred one first. */
export interface JudgedPairs {
  readonly chosen: Int32Array
  readonly rejected: Int32Array
}

/**
 * One pair a prompt, its first two answers. People have β = 4 and flip 5 % of their labels; without them (`truth`) the
 * better answer is always preferred.
 */
export function judgePairs(
  stream: RandomStream,
  answers: Answers,
  perPrompt: number,
  truth = false,
): JudgedPairs {
  const pairs = Math.floor(answers.count / perPrompt)
  const a = Int32Array.from({ length: pairs }, (_, pair) => pair * perPrompt)
  const utilityA = Float64Array.from(a, (row) => answers.gold[row]!)
  const utilityB = Float64Array.from(a, (row) => answers.gold[row + 1]!)
  const probability = annotatorProbability({ utilityA, utilityB }, annotator({ rationality: 4 }))
  const chosen = new Int32Array(pairs)
  const rejected = new Int32Array(pairs)
  for (let pair = 0; pair < pairs; pair++) {
    const first = truth ? utilityA[pair]! > utilityB[pair]! : stream.uniform() < probability[pair]!
    chosen[pair] = a[pair]! + (first ? 0 : 1)
    rejected[pair] = a[pair]! + (first ? 1 : 0)
  }
  return { chosen, rejected }
}

/** The same features as a judge gives them: with an error N(0, σ²) on the 0 … 5 scale, clipped to it. */
export function noisyFeatures(stream: RandomStream, features: Float64Array, deviation: number): Float64Array {
  return features.map((value) => clip(value + deviation * stream.normal(), 0, 5))
}

/** Further columns, uniform on 0 … 5, that mean nothing. */
export function withIrrelevant(
  stream: RandomStream,
  features: Float64Array,
  width: number,
  more: number,
): Float64Array {
  const count = features.length / width
  const out = new Float64Array(count * (width + more))
  for (let row = 0; row < count; row++) {
    out.set(features.subarray(row * width, (row + 1) * width), row * (width + more))
    for (let column = 0; column < more; column++)
      out[row * (width + more) + width + column] = 5 * stream.uniform()
  }
  return out
}
