import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { categoriesOf, pairsOfFeatures } from './encoded-pairs.ts'
import { multiSource } from './multi-source.ts'
import type { Recipe } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'

const width = 4

/** Pairs in which the chosen side is higher in the source's own feature. */
function pairs(count: number, seed: number, named = true) {
  const stream = new RandomStream(seed)
  const chosen = Float64Array.from({ length: count * width }, () => stream.normal())
  const rejected = Float64Array.from({ length: count * width }, () => stream.normal())
  for (let row = 0; row < count; row++) {
    const at = row * width + (row % 2)
    if (chosen[at]! < rejected[at]!) {
      const kept = chosen.slice(row * width, (row + 1) * width)
      chosen.set(rejected.subarray(row * width, (row + 1) * width), row * width)
      rejected.set(kept, row * width)
    }
  }
  const sources = categoriesOf(
    Array.from({ length: count }, (_, row) => (named ? ['polite', 'right'][row % 2] : undefined)),
  )
  return pairsOfFeatures(chosen, rejected, width, { sources })
}

const data = { train: pairs(600, 1), validation: pairs(200, 2) }

describe('multi-source', () => {
  it('learns what both sources prefer, and says how they were weighted', async () => {
    const { model, parameters } = await multiSource.run(
      data,
      { hidden: [16], steps: 300, rate: 5e-3 },
      { seed: 3, worker: false },
    )
    const scorer = await openRowScorer({
      recipe: multiSource as unknown as Recipe,
      parameters,
      weights: model.weights,
      settings: {},
      width,
    })
    const chosen = await scorer.score({ completion: data.validation.chosen })
    const rejected = await scorer.score({ completion: data.validation.rejected })
    await scorer.close()
    expect(pairQuality(chosen.reward, rejected.reward).accuracy).toBeGreaterThan(0.68)
    expect(model.metrics['weight: polite']! + model.metrics['weight: right']!).toBeCloseTo(1, 6)
  })

  it('continues from its checkpoint as if it had not stopped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guerdon-sources-'))
    try {
      const given = { hidden: [8], steps: 450 }
      const whole = await multiSource.run(data, given, { seed: 3, worker: false })
      const abort = new AbortController()
      const stopped = multiSource.run(data, given, {
        seed: 3,
        worker: false,
        checkpoints: folder,
        abort: abort.signal,
        progress: (_, step) => {
          if (step >= 256) abort.abort()
        },
      })
      await expect(stopped).rejects.toThrow('cancelled after step 256')
      const resumed = await multiSource.run(data, given, { seed: 3, worker: false, checkpoints: folder })
      expect(resumed.model).toEqual(whole.model)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('needs the source of every pair, and knows the sources it is given weights for', async () => {
    const context = { seed: 1, worker: false }
    const without = { train: pairs(20, 1, false), validation: data.validation }
    await expect(multiSource.run(without, {}, context)).rejects.toThrow('20 pairs name no source')
    await expect(multiSource.run(data, { weights: 'fixed', fixed: { rude: 1 } }, context)).rejects.toThrow(
      'there is no source "rude"',
    )
  })
})
