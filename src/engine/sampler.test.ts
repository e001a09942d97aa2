/** Sampling beside the whole-sequence forward pass. */
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { compile } from './compile.ts'
import { transformer } from './layers/transformer.ts'
import { logSoftmax } from './operations.ts'
import { openSampler } from './sampler.ts'
import type { Tensor } from './tensor.ts'

const model = transformer({ name: 'g', vocabulary: 8, context: 40, width: 16, layers: 2, heads: 2 })
const parameters = Object.fromEntries(
  Object.entries(model.initialise(new RandomStream(1))).map(([name, tensor]) => [
    name,
    // Far from uniform, so that a wrong cache shows.
    { ...tensor, values: tensor.values.map((value) => (tensor.shape.length > 1 ? 12 * value : value)) },
  ]),
)
const sampler = await openSampler({ model, parameters, batch: 3 })
const prompts = [[1], [2, 3, 4], [5, 6]]

describe('samples', () => {
  it('have the log-probabilities of the whole sequence, over growing caches', async () => {
    const places = 40
    const { tokens, logProbabilities, lengths } = await sampler.sample({
      prompts,
      places,
      stream: new RandomStream(2),
      temperature: 0.7,
    })
    expect(Array.from(lengths)).toEqual([40, 40, 40])
    prompts.forEach((prompt, row) => {
      expect(Array.from(tokens.subarray(row * places, row * places + prompt.length))).toEqual(prompt)
    })
    const whole = await compile(
      {
        ...Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, { shape }])),
        tokens: { shape: [3, places], dtype: 'int32' },
      },
      ({ tokens: given, ...own }) => ({
        out: logSoftmax(model.apply(own as Record<string, Tensor>, given!).div(0.7)),
      }),
    )
    const { out } = await whole.run({ ...parameters, tokens })
    for (let row = 0; row < 3; row++)
      for (let place = 1; place < places; place++) {
        const at = row * places + place
        const expected = place < prompts[row]!.length ? 0 : out.values[(at - 1) * 8 + tokens[at]!]!
        expect(Math.abs(logProbabilities[at]! - expected)).toBeLessThan(2e-4)
      }
  })

  it('follow from the stream, and end with the stop token', async () => {
    const draw = (seed: number) =>
      sampler.sample({ prompts, places: 30, stream: new RandomStream(seed), stop: 0 })
    const first = await draw(4)
    expect(await draw(4)).toEqual(first)
    expect((await draw(5)).tokens).not.toEqual(first.tokens)
    for (let row = 0; row < 3; row++) {
      const own = first.tokens.subarray(row * 30, (row + 1) * 30)
      const end = own.indexOf(0)
      expect(first.lengths[row]).toBe(end < 0 ? 30 : end + 1)
      if (end >= 0) {
        expect(own.subarray(end).every((token) => token === 0)).toBe(true)
        expect(
          first.logProbabilities.subarray(row * 30 + end + 1, (row + 1) * 30).every((value) => value === 0),
        ).toBe(true)
      }
    }
  })

  it('at temperature 0 are the likeliest tokens, and follow new parameters', async () => {
    const greedy = () => sampler.sample({ prompts, places: 12, stream: new RandomStream(1), temperature: 0 })
    const before = await greedy()
    expect(await greedy()).toEqual(before)
    const head = parameters['g.head.weight']!
    await sampler.setParameters({ 'g.head.weight': { ...head, values: head.values.map((value) => -value) } })
    expect((await greedy()).tokens).not.toEqual(before.tokens)
    await sampler.setParameters(parameters)
    expect(await greedy()).toEqual(before)
  })

  it.each<[string, readonly number[][], number, string]>([
    ['too few prompts', [[1]], 10, '1 prompts for a batch of 3'],
    ['an empty prompt', [[1], [], [1]], 10, 'prompt 1 has 0 tokens'],
    ['an unknown token', [[1], [8], [1]], 10, 'prompt 1 holds the token 8'],
    ['more places than the context', [[1], [1], [1]], 41, '1 to 40'],
  ])('say what is wrong: %s', async (_, given, places, message) => {
    await expect(sampler.sample({ prompts: given, places, stream: new RandomStream(1) })).rejects.toThrow(
      message,
    )
  })
})
