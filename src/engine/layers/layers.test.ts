/** Every layer beside PyTorch's numbers, finite differences and the other back ends. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { type Compiled, compile, type Specification } from '../compile.ts'
import { gradients } from '../gradient.ts'
import type { BackEnd } from '../sessions/session.ts'
import { constant, type Tensor } from '../tensor.ts'
import { attentionBlock } from './attention-block.ts'
import { convolution } from './convolution.ts'
import { dropout, dropoutMask } from './dropout.ts'
import { embedding } from './embedding.ts'
import { groupNorm } from './group-norm.ts'
import { gru } from './gru.ts'
import type { Layer } from './layer.ts'
import { layerNorm } from './layer-norm.ts'
import { linear } from './linear.ts'
import { mlp } from './mlp.ts'
import { multiHeadAttention } from './multi-head-attention.ts'
import { rmsNorm } from './rms-norm.ts'
import { transformer } from './transformer.ts'

interface Case {
  readonly layer: Layer
  readonly shape: readonly number[]
  /** the input is whole numbers below this */
  readonly whole?: number
  /** ONNX Runtime computes it in single precision only */
  readonly single?: boolean
}

const name = 'l'
const cases: Readonly<Record<string, Case>> = {
  linear: { layer: linear({ name, inputs: 8, outputs: 4 }), shape: [3, 8] },
  mlp: { layer: mlp({ name, widths: [8, 4, 4, 1], outputBias: false }), shape: [4, 8] },
  embedding: { layer: embedding({ name, count: 5, width: 4 }), shape: [2, 3], whole: 5 },
  layerNorm: { layer: layerNorm({ name, width: 8 }), shape: [3, 8] },
  rmsNorm: { layer: rmsNorm({ name, width: 8 }), shape: [3, 8] },
  groupNorm: { layer: groupNorm({ name, groups: 2, channels: 4 }), shape: [2, 4, 3, 5] },
  convolution: {
    layer: convolution({ name, inputs: 4, outputs: 8, kernel: 3 }),
    shape: [2, 4, 5, 4],
    single: true,
  },
  stridedConvolution: {
    layer: convolution({ name, inputs: 4, outputs: 4, kernel: 3, stride: 2, padding: 1 }),
    shape: [2, 4, 7, 6],
    single: true,
  },
  gru: { layer: gru({ name, inputs: 4, hidden: 8 }), shape: [2, 5, 4] },
  multiHeadAttention: { layer: multiHeadAttention({ name, width: 8, heads: 2 }), shape: [2, 4, 8] },
  attentionBlock: {
    layer: attentionBlock({ name, width: 8, heads: 2, causal: true }),
    shape: [2, 4, 8],
  },
  transformer: {
    layer: transformer({
      name,
      vocabulary: 8,
      context: 6,
      width: 8,
      layers: 2,
      heads: 2,
      activation: 'gelu',
    }),
    shape: [2, 4],
    whole: 8,
  },
}

interface TorchValues {
  readonly layers: Readonly<Record<string, { loss: number; gradients: Readonly<Record<string, number>> }>>
}
const torch = JSON.parse(
  readFileSync(new URL('../../../test/engine/torch-values.json', import.meta.url), 'utf8'),
) as TorchValues

const sine = (count: number, shift: number, scale: number, step: number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => scale * Math.sin(step * index + shift))
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)

interface Written {
  readonly program: Compiled<string>
  readonly values: Record<string, Float64Array>
  /** what has a gradient */
  readonly free: readonly string[]
}

/** Loss Σ out·cos(i) and the gradients of everything, with the values that torch_values.py fills in. */
async function written(
  { layer, shape, whole }: Case,
  backEnd: BackEnd,
  dtype: 'float32' | 'float64',
): Promise<Written> {
  const parameters = layer.initialise(new RandomStream(1))
  const names = Object.keys(parameters).sort()
  const specifications: Record<string, Specification> = {
    x: { shape, dtype: whole === undefined ? dtype : 'int32' },
  }
  const values: Record<string, Float64Array> = {
    x:
      whole === undefined
        ? sine(sizeOf(shape), 0.2, 1, 0.37)
        : Float64Array.from({ length: sizeOf(shape) }, (_, index) => (7 * index + 3) % whole),
  }
  names.forEach((own, place) => {
    const { shape: ownShape } = parameters[own]!
    specifications[own] = { shape: ownShape, dtype }
    values[own] = sine(sizeOf(ownShape), place + 1, 0.4, 0.9)
  })
  const free = whole === undefined ? [...names, 'x'] : names
  const program = await compile(
    specifications,
    ({ x, ...own }) => {
      const out = layer.apply(own as Record<string, Tensor>, x!)
      const weights = constant(
        Array.from({ length: out.size }, (_, index) => Math.cos(index)),
        [out.size],
        dtype,
      )
      const loss = out.flatten().mul(weights).sum()
      const all: Record<string, Tensor> = { ...own, x: x! }
      const found = gradients(
        loss,
        free.map((parameter) => all[parameter]!),
      )
      return {
        loss,
        ...Object.fromEntries(free.map((parameter, index) => [`d ${parameter}`, found[index]!])),
      } as Record<string, Tensor>
    },
    { backEnd },
  )
  return { program, values, free }
}

const weigh = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]! * Math.cos(index)
  return sum
}

const meanSquare = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length

describe('layers', () => {
  it.each(Object.keys(torch.layers))('%s gives what PyTorch gives', async (layer) => {
    const own = cases[layer]!
    const { program, values } = await written(own, own.single ? 'reference' : 'onnx', 'float64')
    const out = await program.run(values)
    const { loss, gradients: expected } = torch.layers[layer]!
    expect(out.loss!.values[0]).toBeCloseTo(loss, 9)
    for (const [parameter, value] of Object.entries(expected)) {
      const found = out[`d ${parameter === 'x' ? 'x' : `${name}.${parameter}`}`]!
      expect(Math.abs(weigh(found.values) - value), parameter).toBeLessThan(
        1e-8 * Math.max(1, Math.abs(value)),
      )
    }
    await program.close()
  })

  it.each(Object.keys(cases))('%s: gradients agree with finite differences', async (layer) => {
    const own = cases[layer]!
    const { program, values, free } = await written(own, own.single ? 'reference' : 'onnx', 'float64')
    const out = await program.run(values)
    const step = 1e-5
    for (const parameter of free) {
      const list = values[parameter]!
      for (const place of [0, Math.floor(list.length / 2), list.length - 1]) {
        const kept = list[place]!
        list[place] = kept + step
        const above = (await program.run(values)).loss!.values[0]!
        list[place] = kept - step
        const below = (await program.run(values)).loss!.values[0]!
        list[place] = kept
        const expected = (above - below) / (2 * step)
        expect(
          Math.abs(out[`d ${parameter}`]!.values[place]! - expected),
          `${parameter} ${place}`,
        ).toBeLessThan(2e-7 * Math.max(1, Math.abs(expected)))
      }
    }
    await program.close()
  })

  it.each(
    Object.keys(cases).flatMap((layer) => (['onnx', 'wasm'] as const).map((backEnd) => ({ layer, backEnd }))),
  )('$layer in single precision on $backEnd agrees with the reference', async ({ layer, backEnd }) => {
    const reference = await written(cases[layer]!, 'reference', 'float64')
    const single = await written(cases[layer]!, backEnd, 'float32')
    const expected = await reference.program.run(reference.values)
    const found = await single.program.run(single.values)
    for (const [output, { values }] of Object.entries(expected)) {
      const largest = Math.max(1, ...Array.from(values, Math.abs))
      found[output]!.values.forEach((value, index) => {
        expect(Math.abs(value - values[index]!), output).toBeLessThan(1e-5 * largest)
      })
    }
    await single.program.close()
  })

  it.each(Object.keys(cases))('%s starts from the stream and its own name alone', (layer) => {
    const { layer: own } = cases[layer]!
    const stream = new RandomStream(5)
    const first = own.initialise(stream)
    stream.normal()
    expect(own.initialise(stream)).toEqual(first)
    const other = own.initialise(new RandomStream(6))
    const matrix = Object.keys(first).find((parameter) => first[parameter]!.shape.length > 1)
    if (matrix !== undefined) expect(other[matrix]!.values).not.toEqual(first[matrix]!.values)
    for (const { values } of Object.values(first)) expect(values.every(Number.isFinite)).toBe(true)
  })

  it('start as PyTorch starts them', () => {
    const bound = 1 / Math.sqrt(64)
    const { 'l.weight': weight, 'l.bias': bias } = linear({ name, inputs: 64, outputs: 64 }).initialise(
      new RandomStream(2),
    )
    for (const { values } of [weight!, bias!]) {
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound)
      expect(Math.max(...values)).toBeGreaterThan(0.8 * bound)
    }
    const table = embedding({ name, count: 64, width: 64 }).initialise(new RandomStream(2))['l.weight']!
    const square = meanSquare(table.values)
    expect(Math.abs(square - 1)).toBeLessThan(0.1)
    const attention = multiHeadAttention({ name, width: 64, heads: 4 }).initialise(new RandomStream(2))
    expect(attention['l.out_proj.bias']!.values.every((value) => value === 0)).toBe(true)
    // The GPT's products that add to the stream start smaller.
    const gpt = transformer({ name, vocabulary: 64, context: 8, width: 64, layers: 2, heads: 4 })
    const drawn = gpt.initialise(new RandomStream(3))
    const deviation = (own: string): number => Math.sqrt(meanSquare(drawn[own]!.values))
    expect(deviation('l.layers.0.linear1.weight')).toBeCloseTo(0.02, 3)
    expect(deviation('l.layers.0.linear2.weight')).toBeCloseTo(0.01, 3)
  })

  it('a transformer’s step gives what the whole sequence gives', async () => {
    const gpt = transformer({ name, vocabulary: 8, context: 6, width: 8, layers: 2, heads: 2 })
    const parameters = gpt.initialise(new RandomStream(9))
    const specifications = Object.fromEntries(
      Object.entries(parameters).map(([own, { shape }]) => [own, { shape }]),
    )
    const whole = await compile(
      { ...specifications, tokens: { shape: [1, 3], dtype: 'int32' } },
      ({ tokens, ...own }) => ({ out: gpt.apply(own as Record<string, Tensor>, tokens!) }),
    )
    const cache = { shape: [1, 2, 4, 4] }
    const kept = Object.fromEntries(
      [0, 1].flatMap((layer) => [`k${layer}`, `v${layer}`].map((own) => [own, cache])),
    )
    const step = await compile(
      {
        ...specifications,
        ...kept,
        tokens: { shape: [1], dtype: 'int32' },
        position: { shape: [], dtype: 'int32' },
        past: { shape: [1, 1, 1, 4] },
      },
      ({ tokens, position, past, ...own }) => {
        const all = own as Record<string, Tensor>
        const { out, added } = gpt.step(
          all,
          tokens!,
          position!,
          [0, 1].map((layer) => ({ key: all[`k${layer}`]!, value: all[`v${layer}`]! })),
          past!,
        )
        return {
          out,
          k0: added[0]!.key,
          v0: added[0]!.value,
          k1: added[1]!.key,
          v1: added[1]!.value,
        } as Record<string, Tensor>
      },
    )
    const tokens = [3, 7, 1]
    const expected = (await whole.run({ ...parameters, tokens })).out.values
    const caches: Record<string, Float32Array> = {}
    for (const own of Object.keys(kept)) caches[own] = new Float32Array(32)
    for (const [position, token] of tokens.entries()) {
      const past = Float32Array.from({ length: 4 }, (_, place) => (place < position ? 0 : -1e9))
      const found = await step.run({ ...parameters, ...caches, tokens: [token], position, past })
      found.out!.values.forEach((value, index) => {
        expect(value).toBeCloseTo(expected[position * 8 + index]!, 5)
      })
      for (const own of Object.keys(kept))
        for (let head = 0; head < 2; head++)
          caches[own]!.set(
            (found[own]!.values as Float32Array).subarray(head * 4, head * 4 + 4),
            (head * 4 + position) * 4,
          )
    }
  })

  it('drop out by a mask that is an input', async () => {
    expect(() => dropoutMask([2], 1)).toThrow('dropout rate')
    const program = await compile({ x: { shape: [3] }, mask: { shape: [3] } }, ({ x, mask }) => ({
      dropped: dropout(x, mask),
      kept: dropout(x, undefined),
    }))
    const out = await program.run({ x: [1, 2, 3], mask: [0, 2, 2] })
    expect(Array.from(out.dropped.values)).toEqual([0, 4, 6])
    expect(Array.from(out.kept.values)).toEqual([1, 2, 3])
  })

  it('say what does not fit', () => {
    expect(() => groupNorm({ name, groups: 3, channels: 4 })).toThrow('4 channels cannot be cut into 3')
    expect(() => multiHeadAttention({ name, width: 8, heads: 3 })).toThrow('cannot be cut into 3 heads')
  })
})
