import { expect, it } from 'vitest'
import { planned } from './reproduce.ts'

const seeds = [100, 101, 102, 103, 104, 105]
const mean = (alpha: number, variance: number, labels: number, leaves?: number): number =>
  seeds.reduce((sum, seed) => sum + planned(seed, alpha, variance, labels, leaves), 0) / seeds.length

it('few noisy labels say more inside a sub-tree where diversity decays fast', () => {
  expect(mean(1, 10, 32, 8)).toBeLessThan(0.99 * mean(1, 10, 32))
})

it('precise labels of diverse replies say more when they are spread over all of them', () => {
  expect(mean(0.25, 0.1, 128, 32)).toBeGreaterThan(1.5 * mean(0.25, 0.1, 128))
})

it('a sub-tree of all leaves is no sub-tree: the difference goes', () => {
  const [whole, chain] = [mean(1, 10, 32, 512), mean(1, 10, 32)]
  expect(Math.abs(whole / chain - 1)).toBeLessThan(0.01)
})
