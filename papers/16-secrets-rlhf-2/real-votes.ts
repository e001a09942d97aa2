/**
 * Cross-fitted voters on real labels: HH-RLHF's harmless pairs, encoded by hashed n-grams of the last replies and
 * their prompts. The data lie beside the repository.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { encodedText } from '../../src/inference/conversation-text.ts'
import { HashedNGrams } from '../../src/inference/hashed-n-grams.ts'
import { flipByStrength } from '../../src/numerics/flip-by-strength.ts'
import { readRecordsOf } from '../../src/records/formats/read-records.ts'
import type { PreferencePair } from '../../src/records/preference.ts'
import { categoriesOf, pairsOfFeatures, selectPairs } from '../../src/reward-models/encoded-pairs.ts'
import { type StrengthReport, strengthReport } from '../../src/reward-models/strength-aware.ts'
import { voteStrength } from '../../src/reward-models/strength-votes.ts'

const file = join(import.meta.dirname, '../../../shared/data/hh-rlhf/harmless-base.jsonl.gz')

export const present = existsSync(file)

/** The table of 20 groups and the share of labels that the voters reject. */
export async function realVotes(seed: number, voters = 10): Promise<Omit<StrengthReport, 'epochs'>> {
  const pairs: PreferencePair[] = []
  for await (const batch of readRecordsOf('preference', file, { skipInvalid: true }))
    pairs.push(...batch.filter(({ tie }) => tie !== true))
  const encoder = new HashedNGrams({ width: 1024 })
  const embed = (side: 'chosen' | 'rejected'): Promise<Float32Array> =>
    encoder.embed(pairs.map((pair) => encodedText(pair.prompt, pair[side], 'together')))
  const prompts = categoriesOf(pairs.map(({ prompt }) => JSON.stringify(prompt)))
  const train = pairsOfFeatures(await embed('chosen'), await embed('rejected'), encoder.width, {
    prompts: prompts.codes,
  })
  await encoder.close()
  const votes = await voteStrength(
    { train, validation: selectPairs(train, new Int32Array(0)) },
    {
      voters,
      folds: 5,
      hidden: [],
      activation: 'none',
      epochs: 20,
      batchSize: 32,
      rate: 3e-3,
      weightDecay: 0.01,
      select: 'last',
    },
    { seed, worker: false, threads: 1 },
  )
  return strengthReport(votes.train, flipByStrength(votes.train.mean, { rule: 'negative' }))
}
