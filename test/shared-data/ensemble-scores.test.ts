/** Paper 17 on published scores of real reward models: averaging unequal members loses to the best one. */
import { describe, expect, it } from 'vitest'
import { judgeBenchTable, present, rewardMathTable } from '../../papers/17-ensembles/real-scores.ts'

if (!present) console.warn('skipped: the scores of RewardMATH and JudgeBench are not beside the repository')

describe.skipIf(!present)('ensembles of published reward models', () => {
  it('are below the best member on RewardMATH', () => {
    const { problems, rows, correlations } = rewardMathTable()
    expect(problems).toBe(207)
    const found = Object.fromEntries(
      rows.map(({ who, pairs, bestOfTen }) => [who, [pairs.toFixed(3), bestOfTen.toFixed(3)]]),
    )
    expect(found).toEqual({
      beaver_reward: ['0.480', '0.068'],
      grm_gemma_reward: ['0.443', '0.019'],
      internlm2_reward: ['0.746', '0.295'],
      'oasst-rm_reward': ['0.517', '0.072'],
      mean: ['0.585', '0.087'],
      median: ['0.574', '0.111'],
      min: ['0.568', '0.068'],
      'mean-minus-std': ['0.563', '0.082'],
    })
    expect(Math.min(...correlations)).toBeCloseTo(0.16, 1)
    expect(Math.max(...correlations)).toBeCloseTo(0.39, 1)
  })

  it('are at most as good as the best on JudgeBench', () => {
    const expected: Record<string, number> = {
      'internlm2-7b': 0.65,
      'GRM-2b': 0.58,
      'Skywork-8b': 0.655,
      mean: 0.61,
      median: 0.65,
      min: 0.66,
      'mean-minus-std': 0.63,
    }
    for (const { who, accuracy } of judgeBenchTable()) expect(accuracy).toBeCloseTo(expected[who]!, 2)
  })
})
