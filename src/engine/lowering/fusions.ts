/**
 * Nodes that ONNX Runtime computes in one kernel. A fusion replaces the last node of a pattern whose inner results
 * nothing else reads; what is not needed any more is not lowered.
 */
import type { Graph, GraphNode } from '../graph.ts'
import type { OnnxAttribute } from './onnx-file.ts'

export interface Fusion {
  readonly operator: string
  /** numbers of the nodes whose values it reads */
  readonly inputs: readonly number[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
  readonly domain?: string
  /** axes of a reduction, which ONNX has as an input */
  readonly axes?: readonly number[]
}

export interface Fused {
  readonly at: ReadonlyMap<number, Fusion>
  /** true for nodes that still have to be computed */
  readonly needed: readonly boolean[]
}

/** Finds the fusions of a graph. */
export function fusionsOf(graph: Graph): Fused {
  const { nodes, outputs } = graph
  const uses = new Int32Array(nodes.length)
  for (const { inputs } of nodes) for (const input of inputs) uses[input]!++
  for (const { node } of outputs) uses[node]!++
  const at = new Map<number, Fusion>()
  nodes.forEach((own, index) => {
    const fusion = fusionAt(own, nodes, (input) => uses[input] === 1)
    if (fusion !== undefined) at.set(index, fusion)
  })
  const needed = new Array<boolean>(nodes.length).fill(false)
  for (const { node } of outputs) needed[node] = true
  for (let index = nodes.length - 1; index >= 0; index--) {
    if (!needed[index]) continue
    for (const input of at.get(index)?.inputs ?? nodes[index]!.inputs) needed[input] = true
  }
  return { at, needed }
}

function fusionAt(
  { primitive, inputs, dtype, shape }: GraphNode,
  nodes: readonly GraphNode[],
  once: (node: number) => boolean,
): Fusion | undefined {
  const isVector = (node: number, length: number): boolean =>
    nodes[node]!.shape.length === 1 && nodes[node]!.shape[0] === length
  if (primitive.op === 'add') {
    for (const [left, right] of [inputs, inputs.toReversed()] as [number, number][]) {
      const { primitive: inner, inputs: of, shape: own } = nodes[left]!
      const width = own.at(-1)!
      if (left === right || !once(left) || own.length !== shape.length || !isVector(right, width)) continue
      // A product and its bias.
      if (inner.op === 'matmul' && own.length === 2) {
        const attributes = { transA: inner.transposeLeft ? 1 : 0, transB: inner.transposeRight ? 1 : 0 }
        return { operator: 'Gemm', inputs: [...of, right], attributes }
      }
      // Layer normalisation with scale and bias.
      if (inner.op !== 'mul' || dtype !== 'float32') continue
      for (const [centred, scale] of [of, of.toReversed()] as [number, number][]) {
        const { primitive: first, inputs: source } = nodes[centred]!
        if (first.op !== 'standardise' || !once(centred) || !isVector(scale, width)) continue
        return {
          operator: 'LayerNormalization',
          inputs: [source[0]!, scale, right],
          attributes: { axis: -1, epsilon: { float: first.epsilon } },
        }
      }
    }
  }
  // Without a derivative to compute nothing else reads the gate.
  if (primitive.op === 'tanhGelu' && dtype === 'float32' && once(inputs[1]!))
    return { operator: 'FastGelu', inputs: [inputs[0]!], attributes: {}, domain: 'com.microsoft' }
  if (primitive.op === 'reduce' && primitive.kind === 'sum') {
    const { primitive: inner, inputs: of } = nodes[inputs[0]!]!
    if (inner.op === 'mul' && of[0] === of[1] && dtype.startsWith('float') && once(inputs[0]!))
      return {
        operator: 'ReduceSumSquare',
        inputs: [of[0]!],
        attributes: { keepdims: 1 },
        axes: primitive.axes,
      }
  }
  return undefined
}
