import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { pairNoise } from './pair-noise.ts'

const stream = new RandomStream(11)
const a = Float64Array.from({ length: 8000 }, () => stream.normal())
const b = Float64Array.from({ length: 8000 }, () => stream.normal())

test('the noise of a pair is its own, swaps to its complement, and is spread evenly', () => {
  const noise = pairNoise(a, b, 2, 7)
  expect(pairNoise(a, b, 2, 7)).toEqual(noise)
  expect(pairNoise(b, a, 2, 7)).toEqual(noise.map((value) => 1 - value))
  expect(pairNoise(a.slice(2), b.slice(2), 2, 7)).toEqual(noise.slice(1))
  expect(pairNoise(a, b, 2, 8)).not.toEqual(noise)
  const counts = new Int32Array(10)
  for (const value of noise) counts[Math.floor(value * 10)]!++
  // 4000 draws in ten cells: a standard deviation of 19.
  for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(85)
})

test('sides of different size are refused', () => {
  expect(() => pairNoise(a, b.slice(2), 2, 1)).toThrow(GuerdonError)
})
