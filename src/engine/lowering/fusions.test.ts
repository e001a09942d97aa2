/** What is fused, what is not because something else reads an inner result, and that numbers stay. */
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { compile } from '../compile.ts'
import { gradients } from '../gradient.ts'
import { graphOf } from '../graph.ts'
import { attentionBlock } from '../layers/attention-block.ts'
import { standardise, tanhGelu } from '../operations.ts'
import { input, matmul, type Tensor } from '../tensor.ts'
import { fusionsOf } from './fusions.ts'

const operatorsOf = (outputs: Record<string, Tensor>): string[] =>
  [...fusionsOf(graphOf(outputs)).at.values()].map(({ operator }) => operator).sort()

const [x, w, b, v] = [input('x', [4, 8]), input('w', [16, 8]), input('b', [16]), input('v', [8])]

describe('fusions', () => {
  it('join a product with its bias, unless the bare product is read as well', () => {
    const product = matmul(x, w, false, true)
    expect(operatorsOf({ y: product.add(b) })).toEqual(['Gemm'])
    expect(operatorsOf({ y: b.add(product) })).toEqual(['Gemm'])
    expect(operatorsOf({ y: product.add(b), product })).toEqual([])
    expect(operatorsOf({ y: product.add(b.reshape([1, 16])) })).toEqual([])
    expect(operatorsOf({ y: product.add(product) })).toEqual([])
  })

  it('join a layer norm with its scale and bias, unless its derivative is needed', () => {
    const y = standardise(x).mul(v).add(v)
    expect(operatorsOf({ y })).toEqual(['LayerNormalization'])
    expect(operatorsOf({ y, dx: gradients(y.sum(), [x])[0]! })).not.toContain('LayerNormalization')
  })

  it('take the whole GELU, and leave its gate out, unless its derivative is needed', () => {
    const y = tanhGelu(x)
    const graph = graphOf({ y })
    const { at, needed } = fusionsOf(graph)
    expect([...at.values()].map(({ operator }) => operator)).toEqual(['FastGelu'])
    graph.nodes.forEach(({ primitive }, index) => {
      expect(needed[index], primitive.op).toBe(['input', 'tanhGelu'].includes(primitive.op))
    })
    expect(operatorsOf({ y, dx: gradients(y.sum(), [x])[0]! })).toEqual([])
  })

  it('sum squares without storing them', () => {
    expect(operatorsOf({ y: x.square().sum() })).toEqual(['ReduceSumSquare'])
    expect(operatorsOf({ y: x.square().sum(), square: x.square() })).toEqual([])
    expect(operatorsOf({ y: x.mul(v).sum() })).toEqual([])
  })

  it('give the numbers of the reference', async () => {
    const block = attentionBlock({ name: 'b', width: 8, heads: 2, causal: true, activation: 'tanh-gelu' })
    const parameters = block.initialise(new RandomStream(1))
    const stream = new RandomStream(2)
    const given = {
      ...parameters,
      x: Float32Array.from({ length: 64 }, () => stream.normal()),
    }
    const outputs: Float32Array[] = []
    for (const backEnd of ['onnx', 'reference'] as const) {
      const program = await compile(
        {
          ...Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, { shape }])),
          x: { shape: [2, 4, 8] },
        },
        ({ x: own, ...rest }) => {
          const y = block.apply(rest as Record<string, Tensor>, own!)
          return { y, norm: y.square().sum([1, 2]) }
        },
        { backEnd },
      )
      const { y, norm } = await program.run(given)
      outputs.push(Float32Array.from([...y.values, ...norm.values]))
      await program.close()
    }
    outputs[0]!.forEach((value, index) => {
      expect(Math.abs(value - outputs[1]![index]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)))
    })
  })

  it('keep the output’s own name when it is fused, and inputs that nothing reads any more', async () => {
    const program = await compile({ x: { shape: [2] } }, ({ x: own }) => ({
      y: own.square().sum(),
      same: own.square().sum(),
      zero: own.mul(0),
    }))
    const out = await program.run({ x: [3, 4] })
    expect([out.y.values[0], out.same.values[0], ...out.zero.values]).toEqual([25, 25, 0, 0])
  })
})
