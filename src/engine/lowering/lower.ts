/** A graph as an ONNX model: one operator or a few for each primitive. */
import { GuerdonError } from '../../records/error.ts'
import type { Graph, GraphNode } from '../graph.ts'
import { arrayOf, type Dtype, type NumberArray, type Operation, type Shape, sizeOf } from '../node.ts'
import { erfInDouble } from './erf-in-double.ts'
import { fusionsOf } from './fusions.ts'
import {
  ELEMENT_TYPES,
  type ElementType,
  float,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  onnxFile,
} from './onnx-file.ts'

/** Operators that stand for a primitive as they are. */
const SAME: { readonly [op in Operation]?: string } = {
  neg: 'Neg',
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  softplus: 'Softplus',
  erf: 'Erf',
  sin: 'Sin',
  cos: 'Cos',
  abs: 'Abs',
  sign: 'Sign',
  floor: 'Floor',
  relu: 'Relu',
  not: 'Not',
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  pow: 'Pow',
  max: 'Max',
  min: 'Min',
  less: 'Less',
  lessEqual: 'LessOrEqual',
  equal: 'Equal',
  and: 'And',
  or: 'Or',
  where: 'Where',
}
const REDUCTIONS = { sum: 'ReduceSum', mean: 'ReduceMean', max: 'ReduceMax', min: 'ReduceMin' } as const

/** Slices that run backwards end before the first entry; −1 would mean the last one. */
const BEFORE_THE_FIRST = -(2 ** 31)

/** Primitives that ONNX Runtime's CPU kernels offer in single precision only. */
const SINGLE_ONLY: ReadonlySet<Operation> = new Set(['convolution', 'convolutionTranspose'])

class Lowering {
  readonly nodes: OnnxNode[] = []
  readonly initialisers: OnnxTensor[] = []
  readonly #constants = new Map<string, string>()
  /** names of the two results of one LayerNormalization */
  readonly #normalised = new Map<string, { readonly y: string; readonly inverse: string }>()
  #count = 0

  #fresh(): string {
    return `t${this.#count++}`
  }

  emit(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain?: string,
    output: string = this.#fresh(),
  ): string {
    this.nodes.push({ operator, inputs, outputs: [output], attributes, ...(domain && { domain }) })
    return output
  }

  constant(type: ElementType, shape: Shape, bytes: Uint8Array): string {
    const key = bytes.length <= 256 ? `${type} [${shape}] ${bytes}` : undefined
    const known = key === undefined ? undefined : this.#constants.get(key)
    if (known !== undefined) return known
    const name = this.#fresh()
    this.initialisers.push({ name, type, shape, bytes })
    if (key !== undefined) this.#constants.set(key, name)
    return name
  }

  values(dtype: Dtype, shape: Shape, values: NumberArray): string {
    return this.constant(dtype, shape, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }

  number(dtype: Dtype, value: number): string {
    const values = arrayOf(dtype, 1)
    values[0] = value
    return this.values(dtype, [], values)
  }

  longs(values: readonly number[]): string {
    const longs = BigInt64Array.from(values, BigInt)
    return this.constant('int64', [values.length], new Uint8Array(longs.buffer))
  }

  /** The tensor's name after one node. */
  lower(own: GraphNode, names: readonly string[], shapes: readonly Shape[], output: string): string {
    const { primitive, dtype, shape } = own
    const { op } = primitive
    const emit = (
      operator: string,
      inputs: readonly string[],
      attributes: Readonly<Record<string, OnnxAttribute>> = {},
      domain?: string,
    ): string => this.emit(operator, inputs, attributes, domain, output)
    if (dtype === 'float64' && SINGLE_ONLY.has(op)) {
      throw new GuerdonError('ARGUMENT_INVALID', `${op} in double precision is not offered by ONNX Runtime`, {
        expected: 'float32, or the back end "reference"',
      })
    }
    if (op === 'softplus' && dtype === 'float64') {
      const [x] = names
      const away = this.emit('Exp', [this.emit('Neg', [this.emit('Abs', [x!])])])
      return emit('Add', [this.emit('Max', [x!, this.number(dtype, 0)]), this.#log1p(away, dtype)])
    }
    if (op === 'erf' && dtype === 'float64') {
      const named = (value: string | number): string =>
        typeof value === 'number' ? this.number(dtype, value) : value
      return erfInDouble(
        names[0]!,
        (operator, inputs) => this.emit(operator, inputs.map(named)),
        (operator, inputs) => emit(operator, inputs.map(named)),
      )
    }
    if (op === 'cos' && dtype === 'float64')
      return emit('Sin', [this.emit('Add', [names[0]!, this.number(dtype, Math.PI / 2)])])
    const same = SAME[op]
    if (same !== undefined) return emit(same, names)
    switch (primitive.op) {
      case 'log1p':
        return this.#log1p(names[0]!, dtype, output)
      case 'cast':
        return emit('Cast', names, { to: ELEMENT_TYPES[dtype] })
      case 'reshape':
        return emit('Reshape', [names[0]!, this.longs(shape)])
      case 'broadcast':
        return emit('Expand', [names[0]!, this.longs(shape)])
      case 'reduce':
        return emit(REDUCTIONS[primitive.kind], [names[0]!, this.longs(primitive.axes)], { keepdims: 1 })
      case 'argMax':
        return emit('Cast', [this.emit('ArgMax', names, { axis: -1, keepdims: 0 })], {
          to: ELEMENT_TYPES.int32,
        })
      case 'softmax':
        return emit('Softmax', names, { axis: -1 })
      case 'logSoftmax':
        return emit('LogSoftmax', names, { axis: -1 })
      case 'tanhGelu':
        return emit('Mul', names)
      case 'standardise':
      case 'inverseDeviation': {
        const found = this.#normalise(names[0]!, shapes[0]!, dtype, primitive.epsilon)
        return op === 'standardise' ? found.y : found.inverse
      }
      case 'matmul':
        return this.#matmul(primitive.transposeLeft, primitive.transposeRight, names, shapes, dtype, output)
      case 'transpose':
        return emit('Transpose', names, { perm: primitive.permutation })
      case 'concat':
        return emit('Concat', names, { axis: primitive.axis })
      case 'slice': {
        const { starts, ends, steps } = primitive
        const axes = starts.map((_, axis) => axis)
        const last = ends.map((end, axis) => (steps[axis]! < 0 && end < 0 ? BEFORE_THE_FIRST : end))
        return emit('Slice', [
          names[0]!,
          this.longs(starts),
          this.longs(last),
          this.longs(axes),
          this.longs(steps),
        ])
      }
      case 'pad':
        return emit('Pad', [names[0]!, this.longs([...primitive.before, ...primitive.after])])
      case 'gather':
        return emit('Gather', names, { axis: 0 })
      case 'scatterAdd': {
        const places = this.emit('Unsqueeze', [
          this.emit('Cast', [names[1]!], { to: ELEMENT_TYPES.int64 }),
          this.longs([shapes[1]!.length]),
        ])
        return emit('ScatterND', [this.#zeros(dtype, shape), places, names[0]!], { reduction: 'add' })
      }
      case 'takeLast':
        return emit('GatherElements', names, { axis: shape.length - 1 })
      case 'putLast':
        return emit('ScatterElements', [this.#zeros(dtype, shape), names[1]!, names[0]!], {
          axis: shape.length - 1,
          reduction: 'add',
        })
      case 'topIndices': {
        const values = this.#fresh()
        const indices = this.#fresh()
        this.nodes.push({
          operator: 'TopK',
          inputs: [names[0]!, this.longs([primitive.k])],
          outputs: [values, indices],
          attributes: { axis: -1, largest: primitive.largest ? 1 : 0, sorted: 1 },
        })
        return emit('Cast', [indices], { to: ELEMENT_TYPES.int32 })
      }
      case 'cumulativeSum':
        return emit('CumSum', [names[0]!, this.number('int32', shape.length - 1)], {
          reverse: primitive.reverse ? 1 : 0,
        })
      case 'convolution':
        return emit('Conv', names, {
          strides: primitive.strides,
          pads: primitive.padding,
          dilations: primitive.dilations,
        })
      case 'convolutionTranspose': {
        const { strides, padding } = primitive
        const [given, kernel] = shapes
        const missing = [0, 1].map(
          (axis) =>
            shape[axis + 2]! -
            ((given![axis + 2]! - 1) * strides[axis]! +
              kernel![axis + 2]! -
              padding[axis]! -
              padding[axis + 2]!),
        )
        return emit('ConvTranspose', names, { strides, pads: padding, output_padding: missing })
      }
      default:
        throw new GuerdonError('ARGUMENT_INVALID', `the primitive "${primitive.op}" has no ONNX form`)
    }
  }

  #normalise(
    x: string,
    shape: Shape,
    dtype: Dtype,
    epsilon: number,
  ): { readonly y: string; readonly inverse: string } {
    const key = `${x} ${epsilon}`
    const known = this.#normalised.get(key)
    if (known !== undefined) return known
    const width = shape.at(-1)!
    const found = { y: this.#fresh(), inverse: this.#fresh() }
    this.#normalised.set(key, found)
    // The operator's ε is a 32-bit number.
    if (dtype === 'float64') {
      const last = this.longs([shape.length - 1])
      const centred = this.emit('Sub', [x, this.emit('ReduceMean', [x, last], { keepdims: 1 })])
      const square = this.emit('Mul', [centred, centred])
      const variance = this.emit('ReduceMean', [square, last], { keepdims: 1 })
      const deviation = this.emit('Sqrt', [this.emit('Add', [variance, this.number(dtype, epsilon)])])
      this.emit('Reciprocal', [deviation], {}, undefined, found.inverse)
      this.emit('Mul', [centred, found.inverse], {}, undefined, found.y)
      return found
    }
    this.nodes.push({
      operator: 'LayerNormalization',
      inputs: [x, this.values(dtype, [width], arrayOf(dtype, width).fill(1))],
      outputs: [found.y, '', found.inverse],
      attributes: { axis: -1, epsilon: float(epsilon) },
    })
    return found
  }

  #zeros(dtype: Dtype, shape: Shape): string {
    return this.emit('Expand', [this.number(dtype, 0), this.longs(shape)])
  }

  /** x·log(u)/(u − 1) with u = 1 + x: exact also where 1 + x rounds to 1 (Kahan). */
  #log1p(x: string, dtype: Dtype, output: string = this.#fresh()): string {
    const one = this.number(dtype, 1)
    const u = this.emit('Add', [x, one])
    const rounded = this.emit('Sub', [u, one])
    const none = this.emit('Equal', [rounded, this.number(dtype, 0)])
    const divisor = this.emit('Where', [none, one, rounded])
    const value = this.emit('Div', [this.emit('Mul', [x, this.emit('Log', [u])]), divisor])
    return this.emit('Where', [none, x, value], {}, undefined, output)
  }

  #matmul(
    left: boolean,
    right: boolean,
    names: readonly string[],
    shapes: readonly Shape[],
    dtype: Dtype,
    output: string,
  ): string {
    if (!left && !right) return this.emit('MatMul', names, {}, undefined, output)
    if (shapes.every((shape) => shape.length === 2))
      return this.emit('Gemm', names, { transA: left ? 1 : 0, transB: right ? 1 : 0 }, undefined, output)
    if (dtype === 'float32')
      return this.emit(
        'FusedMatMul',
        names,
        { transA: left ? 1 : 0, transB: right ? 1 : 0 },
        'com.microsoft',
        output,
      )
    const turned = names.map((name, side) => {
      if (!(side === 0 ? left : right)) return name
      const rank = shapes[side]!.length
      const axes = Array.from({ length: rank }, (_, axis) => axis)
      return this.emit('Transpose', [name], { perm: [...axes.slice(0, -2), rank - 1, rank - 2] })
    })
    return this.emit('MatMul', turned, {}, undefined, output)
  }
}

export const inputName = (name: string): string => `input ${name}`
export const outputName = (name: string): string => `output ${name}`

/**
 * The bytes of the ONNX model that computes a graph.
 * @throws GuerdonError ARGUMENT_INVALID naming a primitive that has no ONNX form in its type
 */
export function lower(graph: Graph): Uint8Array {
  const lowering = new Lowering()
  const names: string[] = []
  // A result that is computed (and not an input or a constant) is written under its own name, without a copy.
  const own = new Map<number, string>()
  for (const { name, node } of graph.outputs) {
    const { op } = graph.nodes[node]!.primitive
    if (!own.has(node) && op !== 'input' && op !== 'constant') own.set(node, outputName(name))
  }
  const fused = fusionsOf(graph)
  graph.nodes.forEach((entry, index) => {
    const { primitive } = entry
    const fusion = fused.at.get(index)
    // Inputs stay inputs of the model, whether read or not.
    if (!fused.needed[index] && primitive.op !== 'input') names.push('')
    else if (fusion !== undefined) {
      const { operator, inputs, attributes, domain, axes } = fusion
      const given = inputs.map((input) => names[input]!)
      if (axes !== undefined) given.push(lowering.longs(axes))
      names.push(lowering.emit(operator, given, attributes, domain, own.get(index) ?? `n${index}`))
    } else if (primitive.op === 'input') names.push(inputName(primitive.name))
    else if (primitive.op === 'constant')
      names.push(lowering.values(entry.dtype, entry.shape, primitive.values))
    else {
      names.push(
        lowering.lower(
          entry,
          entry.inputs.map((child) => names[child]!),
          entry.inputs.map((child) => graph.nodes[child]!.shape),
          own.get(index) ?? `n${index}`,
        ),
      )
    }
  })
  for (const { name, node } of graph.outputs) {
    if (names[node] !== outputName(name))
      lowering.emit('Identity', [names[node]!], {}, undefined, outputName(name))
  }
  return onnxFile({
    nodes: lowering.nodes,
    initialisers: lowering.initialisers,
    inputs: graph.inputs.map(({ name, dtype, shape }) => ({ name: inputName(name), type: dtype, shape })),
    outputs: graph.outputs.map(({ name, node }) => ({
      name: outputName(name),
      type: graph.nodes[node]!.dtype,
      shape: graph.nodes[node]!.shape,
    })),
  })
}

/** Floating-point operations of a graph's products: what decides how many threads pay. */
export function operationsOf(graph: Graph): number {
  let total = 0
  for (const { primitive, inputs, shape } of graph.nodes) {
    const first = graph.nodes[inputs[0]!]
    if (primitive.op === 'matmul')
      total += 2 * sizeOf(shape) * first!.shape.at(primitive.transposeLeft ? -2 : -1)!
    else if (primitive.op === 'convolution') {
      const weight = graph.nodes[inputs[1]!]!.shape
      total += 2 * sizeOf(shape) * weight[1]! * weight[2]! * weight[3]!
    } else if (primitive.op === 'convolutionTranspose') {
      const weight = graph.nodes[inputs[1]!]!.shape
      total += 2 * sizeOf(first!.shape) * weight[1]! * weight[2]! * weight[3]!
    }
  }
  return total
}
