/** The authors' vectors of the cards that are built: every case passes, and only what needs training is missing. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { firstDifference } from './compare.ts'
import { runFile } from './run-file.ts'

/** Functions that wait for image policies or their benchmark. */
const waiting: Readonly<Record<string, readonly string[]>> = {
  '00-baselines': ['policy-loss', 'trl-loss', 'value-loss', 'aggregate'],
  '05-pref-grpo': ['ratio-norm', 'unigenbench-parse', 'unigenbench-scores'],
  '31-dr-irl': ['irl-contrastive-loss'],
  '33-r1-reward': ['pre-clip-policy-loss'],
}

const folder = join(import.meta.dirname, 'vectors')

describe('the authors’ vectors', () => {
  it.each(readdirSync(folder).sort())('%s', async (name) => {
    const result = await runFile(join(folder, name))
    expect(result.failures).toEqual([])
    expect(result.passed).toBeGreaterThan(0)
    expect(Object.keys(result.notCovered).sort()).toEqual([...(waiting[result.file] ?? [])].sort())
  })
})

describe('the comparison', () => {
  it('measures numbers relative to the expected size, and text, null and lengths exactly', () => {
    expect(firstDifference(1000.0005, 1000, 1e-6)).toBeUndefined()
    expect(firstDifference(1000.002, 1000, 1e-6)).toMatch(/expected 1000/)
    expect(firstDifference(Number.NaN, 'NaN', 1e-6)).toBeUndefined()
    expect(firstDifference(0, 'NaN', 1e-6)).toMatch(/expected NaN/)
    expect(firstDifference('a', 'b', 1)).toMatch(/expected "b"/)
    expect(firstDifference(0, null, 1)).toMatch(/expected null/)
    expect(firstDifference([1, 2], [1], 1)).toMatch(/2 entries/)
  })

  it('fails for a field that the adapter does not return', () => {
    expect(firstDifference({ a: 1 }, { a: 1, b: 2 }, 1e-9)).toBe('b is missing')
  })
})
