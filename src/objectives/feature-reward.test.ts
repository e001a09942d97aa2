import { expect, test } from 'vitest'
import { compile } from '../engine/compile.ts'
import { RandomStream } from '../numerics/random.ts'
import { type FeatureRewardOptions, featureReward } from './feature-reward.ts'

async function rewards(
  options: Omit<FeatureRewardOptions, 'name' | 'features'>,
  rows: readonly number[],
  seed: number,
): Promise<number[]> {
  const net = featureReward({ name: 'net', features: 3, ...options })
  const parameters = net.initialise(new RandomStream(seed))
  const program = await compile({ ...parameters, x: { shape: [rows.length / 3, 3] } }, (given) => ({
    reward: net.apply(given, given.x!),
  }))
  return Array.from((await program.run({ ...parameters, x: rows })).reward.values)
}

test('a monotone net never falls when a feature rises', async () => {
  const stream = new RandomStream(4)
  for (let seed = 1; seed <= 10; seed++) {
    const low = Array.from({ length: 30 }, () => stream.uniform())
    const high = low.map((value) => value + stream.uniform())
    const options = { hidden: [6, 4], activation: 'tanh', monotone: true } as const
    const [a, b] = [await rewards(options, low, seed), await rewards(options, high, seed)]
    a.forEach((reward, row) => {
      expect(b[row]).toBeGreaterThan(reward)
    })
  }
})

test('the published layout cannot go below 0 with ReLU, the usual one can', async () => {
  const rows = Array.from({ length: 30 }, (_, place) => ((place * 7) % 11) / 11)
  let below = 0
  for (let seed = 1; seed <= 12; seed++) {
    const published = await rewards({ hidden: [6, 4, 2], layout: 'as-published' }, rows, seed)
    expect(published.every((reward) => reward >= 0)).toBe(true)
    if ((await rewards({ hidden: [6, 4, 2] }, rows, seed)).some((reward) => reward < 0)) below++
  }
  expect(below).toBeGreaterThan(0)
})
