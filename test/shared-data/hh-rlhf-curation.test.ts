/** Curation of Anthropic's harmless pairs, where they lie beside the repository. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curate } from '../../src/preferences/curation/curate.ts'

const file = join(import.meta.dirname, '../../../shared/data/hh-rlhf/harmless-base.jsonl.gz')
const present = existsSync(file)
if (!present) console.warn('skipped: the pairs of hh-rlhf are not beside the repository')

describe.skipIf(!present)('hh-rlhf, harmless', () => {
  it('voters on hashed words know a little, and too little to speak against labels', async () => {
    const report = await curate([file])
    expect(report.layout).toBe('hh-rlhf')
    expect(report.pairs).toBe(1384)
    expect(report.leftOut).toEqual({ 'the prompts of chosen and rejected differ': 3 })
    const { agreement, negative, known, trusted, groups } = report.strengths
    expect(agreement!.interval[0]).toBeGreaterThan(0.55)
    expect(trusted).toBe(false)
    expect(report.actions).toMatchObject({ flip: 0, drop: 0 })
    // Reward models of seven billion parameters are against a quarter of these labels; words alone against more.
    expect(negative / known).toBeGreaterThan(0.25)
    expect(negative / known).toBeLessThan(0.45)
    expect(groups).toHaveLength(20)
    const refusals = report.bias.input.format.find(({ name }) => name === 'refusal')!
    expect(refusals.logOdds).toBeGreaterThan(0.5)
    expect(refusals.p).toBeLessThan(0.001)
  })
})
