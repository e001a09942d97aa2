/** Optimisers beside PyTorch's trajectories (test/engine/torch_values.py), schedules and clipping. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { adamw } from './adamw.ts'
import type { HostTensor } from './host-tensor.ts'
import { constantRate, cosineRate, linearRate, type Optimiser } from './optimiser.ts'
import { sgd } from './sgd.ts'
import { constant } from './tensor.ts'
import { openTrainer } from './trainer.ts'

interface Trajectory {
  readonly losses: readonly number[]
  readonly norms: readonly number[]
  readonly w: readonly number[]
  readonly b: readonly number[]
}
const { optimisers } = JSON.parse(
  readFileSync(new URL('../../test/engine/torch-values.json', import.meta.url), 'utf8'),
) as { readonly optimisers: Readonly<Record<string, Trajectory>> }

const filled = (shape: readonly number[], shift: number): HostTensor => ({
  shape,
  dtype: 'float64',
  values: Float64Array.from(
    { length: shape.reduce((a, b) => a * b) },
    (_, index) => 0.4 * Math.sin(0.9 * index + shift),
  ),
})

/** Five steps on Σ cos(i)·w_i³/3 + ½Σ b². */
async function trajectory(optimiser: Optimiser, rate: number, clip?: number): Promise<Trajectory> {
  const weights = constant(
    Array.from({ length: 12 }, (_, index) => Math.cos(index)),
    [3, 4],
    'float64',
  )
  const trainer = await openTrainer({
    parameters: { w: filled([3, 4], 1), b: filled([4], 2) },
    batch: {},
    optimiser,
    ...(clip !== undefined && { clip }),
    loss: ({ w, b }) => w!.pow(3).mul(weights).sum().div(3).add(b!.square().sum().div(2)),
    worker: false,
  })
  const scalars = await trainer.steps(1, Array(5).fill({}), Array(5).fill(rate))
  const { w, b } = await trainer.parameters()
  await trainer.close()
  return {
    losses: Array.from(scalars.loss!),
    norms: Array.from(scalars.norm ?? []),
    w: Array.from(w!.values),
    b: Array.from(b!.values),
  }
}

describe('optimisers', () => {
  const cases: Readonly<Record<string, () => Promise<Trajectory>>> = {
    adamw: () => trajectory(adamw({ beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 }), 0.05),
    adamwClipped: () => trajectory(adamw(), 0.05, 0.3),
    sgd: () => trajectory(sgd(), 0.1),
    sgdMomentum: () => trajectory(sgd({ momentum: 0.9, weightDecay: 0.05 }), 0.1),
  }
  it.each(Object.keys(cases))('%s moves as PyTorch’s', async (name) => {
    const found = await cases[name]!()
    for (const part of ['losses', 'norms', 'w', 'b'] as const) {
      expect(found[part].length).toBe(optimisers[name]![part].length)
      found[part].forEach((value, index) => {
        expect(value, `${part} ${index}`).toBeCloseTo(optimisers[name]![part][index]!, 11)
      })
    }
  })

  it('frozen parameters stay, and have no state', async () => {
    const trainer = await openTrainer({
      parameters: { w: filled([3, 4], 1), b: filled([4], 2) },
      batch: {},
      optimiser: adamw(),
      loss: ({ w, b }) => w!.square().sum().add(b!.square().sum()),
      frozen: (name) => name === 'b',
      worker: false,
    })
    await trainer.steps(1, [{}, {}], [0.1, 0.1])
    const state = await trainer.state()
    expect(state.b!.values).toEqual(filled([4], 2).values)
    expect(state.w!.values).not.toEqual(filled([3, 4], 1).values)
    expect(Object.keys(state).sort()).toEqual(['b', 'optimizer.m.w', 'optimizer.v.w', 'w'])
  })
})

describe('schedules', () => {
  it('constant', () => expect(constantRate(0.1)(7, 100)).toBe(0.1))

  it('cosine with a warm-up by steps or by share, down to the floor', () => {
    const rate = cosineRate(1, { warmup: 10, floor: 0.1 })
    expect(rate(1, 110)).toBeCloseTo(0.1, 12)
    expect(rate(10, 110)).toBe(1)
    expect(rate(60, 110)).toBeCloseTo(0.55, 12)
    expect(rate(110, 110)).toBeCloseTo(0.1, 12)
    expect(cosineRate(1, { warmup: 0.1 })(11, 110)).toBe(1)
    expect(cosineRate(2)(1, 1)).toBeCloseTo(0, 12)
  })

  it('linear falls to nothing after the last step', () => {
    const rate = linearRate(1, { warmup: 2 })
    expect([1, 2, 3, 10].map((step) => rate(step, 10))).toEqual([0.5, 1, 1, 0.125])
  })
})

it('AdamW with a rate of 0 keeps the parameters, and goes on counting', async () => {
  const trainer = await openTrainer({
    parameters: { w: { shape: [4], dtype: 'float32', values: Float32Array.of(1, -2, 0, 3) } },
    batch: {},
    optimiser: adamw({ weightDecay: 0.1 }),
    // The third gradient is 0.
    loss: ({ w }) => w!.square().sum(),
    worker: false,
  })
  await trainer.steps(1, [{}, {}], [0, 0])
  const { w, 'optimizer.m.w': m } = await trainer.state()
  expect(Array.from(w!.values)).toEqual([1, -2, 0, 3])
  expect(m!.values[0]).toBeCloseTo(0.38, 5)
  await trainer.close()
})
