/** Preferences made for tests: courteous replies are preferred to curt ones, now and then the other way round;
 * every prompt is asked twice. */
import { writeFileSync } from 'node:fs'
import { RandomStream } from '../numerics/random.ts'

const SUBJECTS = ['rain', 'bread', 'trains', 'tea', 'maps', 'glass', 'bees', 'salt']
const KIND = ['Gladly:', 'Of course,', 'Here you are:', 'With pleasure:']
const CURT = ['No idea.', 'Look it up.', 'Who cares.', 'Not my job.']

export interface MadePair {
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
  readonly [column: string]: unknown
}

/** @param wrong share of pairs with the curt reply preferred */
export function madePairs(count: number, seed: number, wrong = 0.1): MadePair[] {
  const stream = new RandomStream(seed)
  const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(stream.uniform() * list.length)]!
  return Array.from({ length: count }, (_, index) => {
    const subject = pick(SUBJECTS)
    const kind = `${pick(KIND)} ${subject} in ${Math.floor(stream.uniform() * 90)} words`
    const curt = `${pick(CURT)} ${subject} ${Math.floor(stream.uniform() * 90)}`
    const flipped = stream.uniform() < wrong
    return {
      prompt: `What about number ${index % Math.ceil(count / 2)}?`,
      chosen: flipped ? curt : kind,
      rejected: flipped ? kind : curt,
      source: index % 3 === 0 ? 'first' : 'second',
      user: `user ${index % 4}`,
    }
  })
}

export function writePairs(path: string, pairs: readonly object[]): string {
  writeFileSync(path, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''))
  return path
}
