import { expect, test } from 'vitest'
import { compile } from '../engine/compile.ts'
import { RandomStream } from '../numerics/random.ts'
import { latentReward } from './latent-reward.ts'
import { setEncoder } from './set-encoder.ts'
import { userEncoder } from './user-encoder.ts'

const [width, pairs, latent] = [4, 3, 2]
const stream = new RandomStream(5)
const drawn = (size: number): Float32Array => Float32Array.from({ length: size }, () => stream.normal())
const [chosen, rejected] = [drawn(2 * pairs * width), drawn(2 * pairs * width)]

/** Pairs of every user in reverse order. */
const reversed = (rows: Float32Array): Float32Array => {
  const out = rows.slice()
  for (let user = 0; user < 2; user++)
    for (let pair = 0; pair < pairs; pair++) {
      const from = (user * pairs + pairs - 1 - pair) * width
      out.set(rows.slice(from, from + width), (user * pairs + pair) * width)
    }
  return out
}

test('a user’s pairs may come in any order, filled up with what is not there', async () => {
  const encoder = userEncoder({ name: 'user', width, hidden: 8, latent })
  const parameters = encoder.initialise(new RandomStream(1))
  const program = await compile(
    {
      ...parameters,
      chosen: { shape: [2, pairs, width] },
      rejected: { shape: [2, pairs, width] },
      mask: { shape: [2, pairs] },
    },
    (given) => {
      const { mean, logVariance } = encoder.apply(given, given.chosen!, given.rejected!, given.mask)
      return { mean, logVariance }
    },
  )
  const run = (a: Float32Array, b: Float32Array, mask: readonly number[]) =>
    program.run({ ...parameters, chosen: a, rejected: b, mask })
  const all = await run(chosen, rejected, [1, 1, 1, 1, 1, 1])
  const turned = await run(reversed(chosen), reversed(rejected), [1, 1, 1, 1, 1, 1])
  const two = await run(chosen, rejected, [1, 1, 0, 1, 1, 0])
  const other = chosen.slice().map((value, place) => (Math.floor(place / width) % pairs === 2 ? 99 : value))
  const twoWithOther = await run(other, rejected, [1, 1, 0, 1, 1, 0])
  for (let place = 0; place < 2 * latent; place++) {
    expect(turned.mean.values[place]).toBeCloseTo(all.mean.values[place]!, 6)
    expect(twoWithOther.mean.values[place]).toBeCloseTo(two.mean.values[place]!, 6)
    expect(Math.abs(all.logVariance.values[place]!)).toBeLessThanOrEqual(1)
  }
  expect(Array.from(two.mean.values)).not.toEqual(Array.from(all.mean.values))
  const nobody = await run(chosen, rejected, [0, 0, 0, 1, 1, 1])
  expect(Array.from(nobody.mean.values).every(Number.isFinite)).toBe(true)
})

test('the encoder of fixed sets sees the labels, and a reward sees the latent', async () => {
  const encoder = setEncoder({ name: 'set', pairs, width, hidden: 8, latent })
  const reward = latentReward({ name: 'reward', width, latent, hidden: 8, layers: 3 })
  const parameters = { ...encoder.initialise(new RandomStream(1)), ...reward.initialise(new RandomStream(2)) }
  const program = await compile(
    {
      ...parameters,
      first: { shape: [2, pairs, width] },
      second: { shape: [2, pairs, width] },
      label: { shape: [2, pairs] },
    },
    (given) => {
      const { mean } = encoder.apply(given, given.first!, given.second!, given.label!)
      return { mean, reward: reward.apply(given, given.first!, mean) }
    },
  )
  const run = (label: readonly number[]) =>
    program.run({ ...parameters, first: chosen, second: rejected, label })
  const [a, b] = [await run([1, 1, 1, 1, 1, 1]), await run([0, 1, 1, 1, 1, 1])]
  expect(a.reward.shape).toEqual([2, pairs])
  expect(Array.from(a.reward.values.slice(0, 3))).not.toEqual(Array.from(b.reward.values.slice(0, 3)))
  expect(Array.from(a.reward.values.slice(3))).toEqual(Array.from(b.reward.values.slice(3)))
})
