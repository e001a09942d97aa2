import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { featureContributions } from './feature-contributions.ts'
import { featureReward } from './feature-reward.ts'
import { openRowScorer, type Scorable } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'

const width = 4
const context = { seed: 5, worker: false, threads: 1 } as const

/** Scores from 0 to 5; people like the first, dislike the second, and ignore the others. */
function judged(count: number, seed: number, gaps = 0): EncodedPairs {
  const stream = new RandomStream(seed)
  const chosen: number[] = []
  const rejected: number[] = []
  for (let pair = 0; pair < count; pair++) {
    const draw = (): number[] => Array.from({ length: width }, () => 5 * stream.uniform())
    const [a, b] = [draw(), draw()]
    const better = a[0]! - a[1]! > b[0]! - b[1]!
    const shown = [better ? a : b, better ? b : a].map((side) =>
      side.map((value) => (stream.uniform() < gaps ? Number.NaN : value)),
    )
    chosen.push(...shown[0]!)
    rejected.push(...shown[1]!)
  }
  return pairsOfFeatures(chosen, rejected, width)
}

async function trained(parameters: object, train = judged(200, 1)): Promise<Scorable> {
  const data = { train, validation: judged(100, 2) }
  const { model, parameters: all } = await featureReward.run(data, parameters, context)
  return { recipe: featureReward as never, parameters: all, ...model, width }
}

async function accuracy(model: Scorable, test: EncodedPairs): Promise<number> {
  const scorer = await openRowScorer(model)
  const chosen = await scorer.score({ completion: test.chosen })
  const rejected = await scorer.score({ completion: test.rejected })
  await scorer.close()
  return pairQuality(chosen.reward, rejected.reward).accuracy
}

describe('feature-reward', () => {
  it('learns how scores combine from 60 pairs', async () => {
    const model = await trained({}, judged(60, 1))
    expect(await accuracy(model, judged(500, 3))).toBeGreaterThan(0.88)
  })

  it('gives the same weights for the same seed', async () => {
    const [a, b] = [await trained({ hidden: [3], epochs: 3 }), await trained({ hidden: [3], epochs: 3 })]
    expect(a.weights).toEqual(b.weights)
  })

  it('never lowers a reward for a higher score when it is monotone', async () => {
    const model = await trained({ hidden: [4], monotone: true, epochs: 20 })
    const scorer = await openRowScorer(model)
    const stream = new RandomStream(9)
    for (let trial = 0; trial < 20; trial++) {
      const row = Array.from({ length: width }, () => 5 * stream.uniform())
      const raised = row.with(trial % width, row[trial % width]! + 1)
      const { reward } = await scorer.score({
        completion: pairsOfFeatures([...row, ...raised], [...row, ...raised], width).chosen,
      })
      expect(reward[1]!).toBeGreaterThanOrEqual(reward[0]!)
    }
    await scorer.close()
  })

  it('trains around gaps, imputes a missing score, and has no reward for a row with too few', async () => {
    const model = await trained({}, judged(300, 1, 0.1))
    expect(await accuracy(model, judged(500, 3))).toBeGreaterThan(0.9)
    const scorer = await openRowScorer(model)
    const { mean } = model.settings as { mean: number[] }
    const nan = Number.NaN
    const rows = [
      [4, 1, mean[2]!, 3],
      [4, 1, nan, 3],
      [4, nan, nan, 3],
    ].flat()
    const { reward, parts } = await scorer.score({ completion: pairsOfFeatures(rows, rows, width).chosen })
    await scorer.close()
    expect(reward[1]).toBeCloseTo(reward[0]!, 5)
    expect(reward[2]).toBeNaN()
    expect(Array.from(parts.missing!)).toEqual([0, 1, 2])
  })

  it('starts again when the published relu output is dead, and says so when it stays dead', async () => {
    // Chosen and rejected are alike: no start can move, whatever the output activation.
    const alike = pairsOfFeatures(new Float64Array(80), new Float64Array(80), width)
    await expect(
      featureReward.run(
        { train: alike, validation: alike },
        {
          hidden: [6, 4, 2],
          activation: 'relu',
          outputActivation: 'published',
          minimumSteps: 20,
          epochs: 3,
          restarts: 2,
        },
        context,
      ),
    ).rejects.toThrow(/same for every row after 2 restarts/)
    const model = await trained({
      hidden: [6, 4, 2],
      activation: 'relu',
      outputActivation: 'published',
      standardise: false,
      epochs: 30,
    })
    const scorer = await openRowScorer(model)
    const { reward } = await scorer.score({ completion: judged(50, 4).chosen })
    await scorer.close()
    expect(Math.min(...reward)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...reward)).toBeGreaterThan(0)
  })

  it('says what is wrong with names and with empty data', async () => {
    await expect(trained({ names: ['one'] })).rejects.toThrow(/1 names for 4 features/)
    const gaps = judged(20, 1, 1)
    await expect(trained({}, gaps)).rejects.toThrow(/no pair has enough features/)
  })
})

describe('featureContributions', () => {
  const row = [4, 1, 2, 3]

  it('are exact for a linear model', async () => {
    const model = await trained({ names: ['correct', 'repeats', 'polite', 'long'], epochs: 10 })
    const [found] = await featureContributions(model, row)
    const weight = model.weights['features.0.weight']!.values
    const { mean, scale } = model.settings as { mean: number[]; scale: number[] }
    found!.contributions.forEach(({ contribution }, column) => {
      expect(contribution).toBeCloseTo((weight[column]! * (row[column]! - mean[column]!)) / scale[column]!, 4)
    })
    expect(found!.contributions[0]!.name).toBe('correct')
    expect(found!.contributions[0]!.contribution).toBeGreaterThan(0)
    expect(found!.contributions[1]!.contribution).toBeGreaterThan(0)
  })

  it('add up to the reward for a net', async () => {
    const model = await trained({ hidden: [5], epochs: 10 })
    for (const { reward, baseline, contributions } of await featureContributions(model, [...row, ...row]))
      expect(baseline + contributions.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(
        reward,
        4,
      )
  })
})
