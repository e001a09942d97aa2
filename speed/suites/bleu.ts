/**
 * Sentence BLEU of texts of about 175 words against one reference each: our `bleu` signal in its sacrebleu variant
 * against `sacrebleu.sentence_bleu`. Every round has new texts: sacrebleu remembers the tokens of texts it has seen.
 */
import { RandomStream } from '../../src/numerics/random.ts'
import { RolloutBatch } from '../../src/records/batch.ts'
import type { Column } from '../../src/records/column.ts'
import { bleu as bleuSignal } from '../../src/signals/text/bleu.ts'
import { type Clocks, clocked, inTurns } from '../measure.ts'
import { lexicon, rewritten, sentences } from '../texts.ts'
import type { Suite } from './suite.ts'

const WORDS = 175

export const bleu: Suite = async ({ peers, quick }) => {
  const texts = quick ? 100 : 500
  const random = new RandomStream(23)
  const words = lexicon(random.derive('words'))
  const pairsOf = (round: number): [string, string][] => {
    const stream = random.derive(`round ${round}`)
    return Array.from({ length: texts }, () => {
      const reference = sentences(stream, words, WORDS)
      return [rewritten(stream, words, reference), reference]
    })
  }
  const parameters = bleuSignal.parameters.parse({ variant: 'sacrebleu', scale: 100 })
  const score = (pairs: readonly (readonly [string, string])[]): Column => {
    const rollouts = pairs.map(([completion, reference], row) => ({
      id: String(row),
      group: String(row),
      prompt: '',
      completion,
      reference,
    }))
    return bleuSignal.score(new RolloutBatch(rollouts), parameters, {
      abort: new AbortController().signal,
      random,
      evidence: false,
      inner: new Map(),
      folder: '.',
      resource: () => Promise.reject(new Error('the signal opens no resource')),
    }) as Column
  }
  const mine = new Map<number, readonly number[]>()
  const theirs = new Map<number, readonly number[]>()
  const ours = "Guerdon bleu, sacrebleu's variant"
  const peer = 'sacrebleu.sentence_bleu'
  const lines = await inTurns(
    [
      {
        name: ours,
        items: texts,
        cores: 1,
        run: (round) => {
          const pairs = pairsOf(round)
          // The compiler of the engine needs more than one untimed round to have seen the code.
          if (round < 0) for (let pass = 0; pass < 5; pass++) score(pairs)
          const { result, ...clocks } = clocked(() => score(pairs))
          mine.set(round, Array.from(result.values))
          return clocks
        },
      },
      {
        name: peer,
        items: texts,
        cores: 1,
        run: async (round) => {
          const { scores, ...clocks } = await peers.ask<Clocks & { scores: number[] }>('bleu', {
            pairs: pairsOf(round),
          })
          theirs.set(round, scores)
          return clocks
        },
      },
    ],
    { suite: 'bleu', unit: 'texts', rounds: quick ? 2 : 9, ours, targets: { [peer]: 8 } },
  )
  let difference = 0
  let sum = 0
  let compared = 0
  for (const [round, scores] of theirs) {
    for (const [row, score] of scores.entries()) {
      const distance = Math.abs(mine.get(round)![row]! - score)
      if (!(distance <= difference)) difference = distance
      sum += score
      compared++
    }
  }
  if (!(difference <= 1e-9)) throw new Error(`bleu: scores differ from sacrebleu's by up to ${difference}`)
  const notes = [
    `${compared.toLocaleString('en-US')} scores, mean ${(sum / compared).toFixed(2)}, agree with sacrebleu's to ${difference.toExponential(1)}.`,
  ]
  return { lines, notes, figures: { compared, largestDifference: difference, meanScore: sum / compared } }
}
