/** What is simplified when a program becomes a graph. */
import { describe, expect, it } from 'vitest'
import { type Graph, graphOf } from './graph.ts'
import { softplus, stopGradient } from './operations.ts'
import { full, input, matmul } from './tensor.ts'

const x = input('x', [4, 8])
const rate = input('rate', [])
const operationsOf = ({ nodes }: Graph): string[] =>
  nodes.map(({ primitive }) => primitive.op).filter((op) => op !== 'input' && op !== 'constant')

describe('a graph', () => {
  it('computes equal things once', () => {
    expect(operationsOf(graphOf({ a: x.exp().add(x.exp()), b: x.exp() }))).toEqual(['exp', 'add'])
  })

  it('postpones repetition until it is needed', () => {
    const { nodes } = graphOf({ y: x.sum(1, true).broadcast([4, 8]).mul(2).add(x) })
    expect(nodes.filter(({ primitive }) => primitive.op === 'broadcast')).toEqual([])
    expect(nodes.find(({ primitive }) => primitive.op === 'mul')!.shape).toEqual([4, 1])
    expect(operationsOf(graphOf({ y: full([2, 2], 3) }))).toEqual(['broadcast'])
  })

  it('folds transposes into products, and double reshapes away', () => {
    expect(operationsOf(graphOf({ y: matmul(x, x.transpose()) }))).toEqual(['matmul'])
    expect(operationsOf(graphOf({ y: x.reshape([32]).reshape([2, 16]) }))).toEqual(['reshape'])
    expect(operationsOf(graphOf({ y: x.reshape([32]).reshape([4, 8]).exp() }))).toEqual(['exp'])
  })

  it('joins factors for all elements, and drops what does nothing', () => {
    const { nodes } = graphOf({ y: x.mul(rate).mul(3).mul(rate) })
    expect(nodes.filter(({ primitive, shape }) => primitive.op === 'mul' && shape.length > 0)).toHaveLength(1)
    expect(operationsOf(graphOf({ y: stopGradient(x).mul(1).neg().neg().add(x.neg()) }))).toEqual(['sub'])
  })

  it('names its inputs and leaves out those that no result needs', () => {
    const graph = graphOf({ y: softplus(x), same: softplus(x) })
    expect(graph.inputs).toEqual([{ name: 'x', shape: [4, 8], dtype: 'float32' }])
    expect(graph.outputs[0]!.node).toBe(graph.outputs[1]!.node)
    // It is plain data: a worker can receive it.
    expect(structuredClone(graph)).toEqual(graph)
  })

  it('tells −0 from 0', () => {
    const zero = full([], 0)
    const { nodes } = graphOf({ y: x.div(zero), z: x.div(full([], -0)) })
    expect(nodes.filter(({ primitive }) => primitive.op === 'div')).toHaveLength(2)
  })
})
