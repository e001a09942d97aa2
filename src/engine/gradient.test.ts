import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { compile } from './compile.ts'
import { gradients } from './gradient.ts'
import * as of from './operations.ts'
import type { BackEnd } from './sessions/session.ts'
import { constant, full, type Tensor } from './tensor.ts'

type Build = (x: Tensor, y: Tensor) => Tensor

/** Every primitive whose derivative is not 0, on inputs x [4, 8] and y [8, 4] away from kinks. */
const cases: Readonly<Record<string, Build>> = {
  arithmetic: (x, y) =>
    x
      .mul(3)
      .add(y.transpose())
      .sub(x.div(y.transpose().add(5)))
      .neg(),
  broadcasting: (x, y) => x.mul(y.at(0, 1).sum()).add(y.slice(1, 0, 1).transpose()),
  power: (x) => x.add(4).pow(1.5).add(x.pow(2)).add(x.pow(3)),
  'power of two tensors': (x, y) => x.add(4).pow(y.transpose()),
  extremes: (x, y) => x.maximum(y.transpose()).add(x.minimum(0.1)),
  exponentials: (x) => x.exp().add(x.add(4).log()).add(x.add(4).log1p()).add(x.add(4).sqrt()),
  sigmoids: (x) => x.tanh().add(x.sigmoid()).add(of.softplus(x)).add(of.logSigmoid(x)),
  activations: (x) => of.silu(x).add(of.relu(x)).add(of.leakyRelu(x)).add(of.tanhGelu(x)),
  'exact GELU': (x) => of.gelu(x),
  'standardised rows': (x, y) => of.standardise(x).mul(y.transpose()).square(),
  'standardised twice': (x) => of.standardise(of.standardise(x, 0.1).exp()),
  waves: (x) => x.sin().add(x.abs()).add(x.sign()),
  reductions: (x) => x.mean(0).add(x.max(0)).add(x.min(0)).mul(x.sum(0)),
  softmax: (x) =>
    of
      .softmax(x)
      .mul(x)
      .add(of.logSoftmax(x))
      .add(of.logSumExp(x, 1, true)),
  'matrix product': (x, y) => x.matmul(y).square(),
  'batched product': (x, y) =>
    x
      .reshape([2, 2, 8])
      .matmul(y.reshape([2, 4, 4]).reshape([1, 8, 4]))
      .square(),
  'three axes by one weight': (x, y) => x.reshape([2, 2, 8]).matmul(y).square(),
  'product with a transpose': (x, y) => x.transpose().matmul(y.transpose()).square(),
  joining: (x, y) => of.concat([x, y.transpose(), x.square()], 1).pow(3),
  slicing: (x) =>
    x
      .slice(1, 2, 6)
      .mul(x.slice(1, 0, 4))
      .add(of.flip(x).slice(1, 1, 5)),
  padding: (x) => of.pad(x, [1, 0], [0, 2]).square(),
  gather: (x) => of.gather(x, constant([3, 0, 3], [3], 'int32')).square(),
  'entries of the last axis': (x) =>
    of.takeLast(x, constant([1, 1, 0, 7, 3, 2, 5, 5], [4, 2], 'int32')).square(),
  sorting: (x) => of.sort(x).mul(constant([1, 2, 3, 4, 5, 6, 7, 8], [8], x.dtype)),
  'top k': (x) => of.topK(x, 3).values.square(),
  'running sums': (x) => of.cumulativeSum(x).square().add(of.cumulativeSum(x, true)),
  choice: (x) => of.where(x.greater(0.2), x.square(), x.mul(3)),
  cosine: (x, y) => of.cosine(x, y.transpose()),
  'straight through': (x) => of.straightThrough(x.square(), x.floor()).mul(1),
}

function drawn(seed: number): Float64Array {
  const stream = new RandomStream(seed)
  return Float64Array.from({ length: 32 }, () => stream.normal())
}

async function derivatives(build: Build, backEnd: BackEnd, dtype: 'float32' | 'float64') {
  const weights = Array.from({ length: 97 }, (_, index) => Math.cos(index))
  const program = await compile(
    { x: { shape: [4, 8], dtype }, y: { shape: [8, 4], dtype } },
    ({ x, y }) => {
      const out = build(x, y)
      const weighted = out
        .flatten()
        .mul(
          constant(
            Array.from({ length: out.size }, (_, i) => weights[i % 97]!),
            [out.size],
            dtype,
          ),
        )
        .sum()
      const [gx, gy] = gradients(weighted, [x, y])
      return { value: weighted, gx: gx!, gy: gy! }
    },
    { backEnd },
  )
  return program
}

describe('gradients', () => {
  it.each(Object.keys(cases))('of %s agree with finite differences', async (name) => {
    const program = await derivatives(cases[name]!, 'onnx', 'float64')
    const x = drawn(1)
    const y = drawn(2)
    const { gx, gy } = await program.run({ x, y })
    if (name === 'straight through') {
      // Forward the floor, backward the square.
      expect(gx!.values[0]).toBeCloseTo(2 * x[0]!, 10)
      return
    }
    const step = 1e-5
    for (const [values, gradient] of [
      [x, gx!],
      [y, gy!],
    ] as const) {
      for (const place of [0, 5, 13, 31]) {
        const kept = values[place]!
        values[place] = kept + step
        const above = (await program.run({ x, y })).value.values[0]!
        values[place] = kept - step
        const below = (await program.run({ x, y })).value.values[0]!
        values[place] = kept
        const expected = (above - below) / (2 * step)
        expect(Math.abs(gradient.values[place]! - expected)).toBeLessThan(
          2e-6 * Math.max(1, Math.abs(expected)),
        )
      }
    }
    await program.close()
  })

  it.each(
    Object.keys(cases).flatMap((name) => (['onnx', 'wasm'] as const).map((backEnd) => ({ name, backEnd }))),
  )('of $name on $backEnd agree with the reference back end', async ({ name, backEnd }) => {
    const fast = await derivatives(cases[name]!, backEnd, 'float32')
    const reference = await derivatives(cases[name]!, 'reference', 'float64')
    const a = await fast.run({ x: Float32Array.from(drawn(3)), y: Float32Array.from(drawn(4)) })
    const b = await reference.run({ x: drawn(3), y: drawn(4) })
    for (const output of ['value', 'gx', 'gy'] as const) {
      const expected = b[output].values
      const largest = Math.max(1, ...Array.from(expected, Math.abs))
      a[output].values.forEach((value, index) => {
        expect(Math.abs(value - expected[index]!)).toBeLessThan(2e-5 * largest)
      })
    }
  })

  it('of a square root at 0 are 0, of a softplus far out are finite', async () => {
    const program = await compile({ x: { shape: [3] } }, ({ x }) => {
      const [gx] = gradients(of.relu(x).sqrt().sum().add(of.softplus(x).sum()), [x])
      return { gx: gx! }
    })
    expect(Array.from((await program.run({ x: [0, -800, 800] })).gx.values).every(Number.isFinite)).toBe(true)
  })

  it('of gradients are second derivatives', async () => {
    const program = await compile({ x: { shape: [], dtype: 'float64' } }, ({ x }) => {
      const [first] = gradients(x.pow(4), [x])
      const [second] = gradients(first!, [x])
      return { second: second! }
    })
    expect((await program.run({ x: 1.5 })).second.values[0]).toBeCloseTo(12 * 1.5 ** 2, 9)
  })

  it('are zeros for what the value does not depend on', async () => {
    const program = await compile({ x: { shape: [2] }, y: { shape: [2] } }, ({ x, y }) => ({
      gy: gradients(x.sum(), [y])[0]!,
    }))
    expect(Array.from((await program.run({ x: [1, 2], y: [3, 4] })).gy.values)).toEqual([0, 0])
  })

  it('need a scalar', () => {
    expect(() => gradients(full([2], 1), [])).toThrow('expected a single number')
  })
})
