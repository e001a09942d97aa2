import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { multiSource } from './multi-source.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'

const width = 4
const context = { seed: 3, worker: false, threads: 1 } as const

/** Both sources like the first column; each has a column of its own. The second source is four times smaller. */
function sources(count: number, seed: number): EncodedPairs {
  const stream = new RandomStream(seed)
  const chosen: number[] = []
  const rejected: number[] = []
  const codes = Int32Array.from({ length: count }, (_, pair) => (pair % 5 === 0 ? 1 : 0))
  for (let pair = 0; pair < count; pair++) {
    const draw = (): number[] => Array.from({ length: width }, () => stream.normal())
    const [a, b] = [draw(), draw()]
    const like = (x: number[]): number => 2 * x[0]! + x[1 + codes[pair]!]!
    const first = like(a) > like(b)
    chosen.push(...(first ? a : b))
    rejected.push(...(first ? b : a))
  }
  return pairsOfFeatures(chosen, rejected, width, { sources: { codes, names: ['web', 'experts'] } })
}

const data = { train: sources(600, 1), validation: sources(300, 2) }
const short = { hidden: [8], steps: 150, rate: 1e-2 }

describe('multi-source', () => {
  it('learns what the sources share, with any weights, and reports the course of the weights', async () => {
    for (const weights of ['more', 'equal', 'fixed'] as const) {
      const run = await multiSource.run(data, { ...short, weights, fixed: { web: 1, experts: 3 } }, context)
      const { metrics } = run.model
      expect(metrics.validationAccuracy).toBeGreaterThan(0.8)
      expect(metrics['weight web']! + metrics['weight experts']!).toBeCloseTo(1, 6)
      if (weights === 'fixed') expect(metrics['weight experts']).toBeCloseTo(0.75, 6)
      const report = run.model.report as { course: { weights: number[] }[]; cosines?: number[][] }
      expect(report.course.length).toBe(weights === 'more' ? 150 : 0)
      if (weights === 'more') expect(report.cosines![0]![0]).toBeCloseTo(1, 5)
      const scorer = await openRowScorer({
        recipe: multiSource as never,
        ...run.model,
        parameters: run.parameters,
        width,
      })
      const test = sources(300, 3)
      const chosen = await scorer.score({ completion: test.chosen })
      const rejected = await scorer.score({ completion: test.rejected })
      await scorer.close()
      expect(pairQuality(chosen.reward, rejected.reward).accuracy).toBeGreaterThan(0.8)
    }
  })

  it('continues a run that was stopped with the same bits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guerdon-multi-source-'))
    try {
      const parameters = { ...short, steps: 420 }
      const whole = await multiSource.run(data, parameters, context)
      const stop = new AbortController()
      const progress = (_: string, step: number): void => {
        if (step >= 256) stop.abort()
      }
      const stopped = { ...context, checkpoints: folder, abort: stop.signal, progress }
      await expect(multiSource.run(data, parameters, stopped)).rejects.toThrow(/cancelled/)
      const resumed = await multiSource.run(data, parameters, { ...context, checkpoints: folder })
      expect(resumed.model.weights).toEqual(whole.model.weights)
      expect(resumed.model.report).toEqual(whole.model.report)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('says that sources are needed, and weights for all of them', async () => {
    const bare = pairsOfFeatures([1, 2], [2, 1], 2)
    await expect(multiSource.run({ train: bare, validation: bare }, {}, context)).rejects.toThrow(
      /two or more sources/,
    )
    await expect(
      multiSource.run(data, { ...short, weights: 'fixed', fixed: { web: 1 } }, context),
    ).rejects.toThrow(/number for every source/)
  })
})
