/** A reward model from people's preferences: Anthropic's harmless-base pairs, through the whole of training. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { trainRewardModel } from '../../src/reward-models/train.ts'
import { checkTrainConfig } from '../../src/reward-models/train-config.ts'

const data = join(import.meta.dirname, '../../../shared/data/hh-rlhf/harmless-base.jsonl.gz')
const present = existsSync(data)
if (!present) console.warn('skipped: HH-RLHF’s pairs are not beside the repository')
const folder = mkdtempSync(join(tmpdir(), 'guerdon-hh-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!present)('HH-RLHF, harmless-base', () => {
  it('is read as it is, and hashed n-grams alone tell more than chance', async () => {
    const config = checkTrainConfig({
      name: 'harmless',
      data,
      holdOut: { share: 0.6 },
      recipe: { use: 'bradley-terry-head', hidden: [], epochs: 40, batchSize: 32, rate: 0.01 },
    })
    const outcome = await trainRewardModel(config, { output: join(folder, 'harmless'), worker: false })
    expect(outcome.data.files[0]!.layout).toBe('hh-rlhf')
    expect(outcome.data.pairs).toBeGreaterThan(1350)
    expect(outcome.heldOut.pairs).toBeGreaterThan(350)
    // speed/hh-rlhf.ts measures 58 % here, with MiniLM 62 %; a coin's 95 % ends at 55 %.
    expect(outcome.heldOut.accuracy!).toBeGreaterThan(0.55)
  }, 60_000)
})
