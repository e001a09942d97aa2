/**
 * Runs programs with jax-js: in WebAssembly where ONNX Runtime has no binary, and on its plain CPU back end as the
 * reference that tests compare with. Slower than ONNX Runtime by four to eight times; runs block this thread.
 */
import type * as Jax from '@jax-js/jax'
import { GuerdonError } from '../../records/error.ts'
import type { Graph, GraphNode } from '../graph.ts'
import type { HostTensor, Parameters } from '../host-tensor.ts'
import { type NumberArray, sameShape } from '../node.ts'
import { filled, releaseTables } from './fill.ts'
import { missing, unfit } from './onnx-session.ts'
import type { BackEnd, Feed, Session, SessionContents } from './session.ts'

type Module = typeof Jax
type JaxArray = Jax.Array

/** jax-js takes ownership of what it is given: every use but the last is `.ref`; here every use is one. */
function evaluate(jax: Module, graph: Graph, inputs: ReadonlyMap<string, JaxArray>): JaxArray[] {
  const { numpy: np } = jax
  const values: JaxArray[] = []
  for (const entry of graph.nodes) {
    const { primitive, dtype, shape } = entry
    if (primitive.op === 'input') values.push(inputs.get(primitive.name)!.ref)
    else if (primitive.op === 'constant') values.push(array(np, { values: primitive.values, shape, dtype }))
    else {
      values.push(
        primitiveOf(
          jax,
          entry,
          entry.inputs.map((index) => values[index]!.ref),
          entry.inputs.map((index) => graph.nodes[index]!),
        ),
      )
    }
  }
  const outputs = graph.outputs.map(({ node }) => values[node]!.ref)
  for (const value of values) value.dispose()
  return outputs
}

function array(np: Module['numpy'], { values, shape, dtype }: HostTensor): JaxArray {
  if (dtype === 'bool')
    return np
      .array(Int32Array.from(values), { dtype: 'int32' as never })
      .reshape([...shape])
      .astype('bool' as never)
  return np.array(values as Float32Array<ArrayBuffer>, { dtype: dtype as never }).reshape([...shape])
}

function primitiveOf(
  { numpy: np, lax, nn }: Module,
  { primitive, shape, dtype }: GraphNode,
  inputs: JaxArray[],
  sources: readonly GraphNode[],
): JaxArray {
  const [a, b, c] = inputs as [JaxArray, JaxArray, JaxArray]
  // A view must become a buffer before it is sorted or indexed inside a compiled function.
  const buffer = (x: JaxArray): JaxArray => np.maximum(x, -Infinity)
  const oneHot = (indices: JaxArray, classes: number): JaxArray =>
    np
      .equal(
        np.expandDims(indices, -1),
        np.arange(classes, undefined, undefined, { dtype: 'int32' as never }),
      )
      .astype(dtype as never)
  switch (primitive.op) {
    case 'neg':
      return a.neg()
    case 'exp':
      return np.exp(a)
    case 'log':
      return np.log(a)
    case 'log1p':
      return np.log1p(a)
    case 'sqrt':
      return np.sqrt(a)
    case 'tanh':
      return np.tanh(a)
    case 'sigmoid':
      // The library's own sigmoid is not exact far from 0.
      return np.exp(np.minimum(a.ref, 0)).div(np.exp(np.absolute(a).neg()).add(1))
    case 'softplus':
      return np.maximum(a.ref, 0).add(np.log1p(np.exp(np.absolute(a).neg())))
    case 'erf':
      return lax.erf(a)
    case 'sin':
      return np.sin(a)
    case 'cos':
      return np.cos(a)
    case 'abs':
      return np.absolute(a)
    case 'sign':
      return np.sign(a)
    case 'floor':
      return np.floor(a)
    case 'relu':
      return np.maximum(a, 0)
    case 'not':
      return np.logicalNot(a)
    case 'add':
      return a.add(b)
    case 'sub':
      return a.sub(b)
    case 'mul':
      return a.mul(b)
    case 'div':
      return a.div(b)
    case 'pow':
      return np.power(a, b)
    case 'max':
      return np.maximum(a, b)
    case 'min':
      return np.minimum(a, b)
    case 'less':
      return a.less(b)
    case 'lessEqual':
      return a.lessEqual(b)
    case 'equal':
      return a.equal(b)
    case 'and':
      return np.logicalAnd(a, b)
    case 'or':
      return np.logicalOr(a, b)
    case 'where':
      return np.where(a, b, c)
    case 'cast':
      return a.astype(dtype as never)
    case 'reshape':
      return a.reshape([...shape])
    case 'broadcast':
      return np.broadcastTo(a, [...shape])
    case 'reduce': {
      const axes = [...primitive.axes]
      if (primitive.kind === 'sum') return a.sum(axes, { keepdims: true })
      if (primitive.kind === 'mean') return a.mean(axes, { keepdims: true })
      return primitive.kind === 'max' ? a.max(axes, { keepdims: true }) : a.min(axes, { keepdims: true })
    }
    case 'argMax':
      return np.argmax(a, -1).astype('int32' as never)
    case 'softmax':
      return nn.softmax(a, -1)
    case 'logSoftmax':
      return nn.logSoftmax(a, -1)
    case 'tanhGelu':
      return a.mul(b)
    case 'standardise':
    case 'inverseDeviation': {
      const centred = a.ref.sub(a.mean(-1, { keepdims: true }))
      const variance = np.square(centred.ref).mean(-1, { keepdims: true })
      const inverse = np.reciprocal(np.sqrt(variance.add(primitive.epsilon)))
      if (primitive.op === 'standardise') return centred.mul(inverse)
      centred.dispose()
      return inverse
    }
    case 'matmul':
      return np.matmul(
        primitive.transposeLeft ? np.matrixTranspose(a) : a,
        primitive.transposeRight ? np.matrixTranspose(b) : b,
      )
    case 'transpose':
      return a.transpose([...primitive.permutation])
    case 'concat':
      return np.concatenate(inputs, primitive.axis)
    case 'slice':
      return sliced(np, a, primitive, sources[0]!.shape)
    case 'pad':
      return np.pad(
        a,
        primitive.before.map((before, axis) => [before, primitive.after[axis]!] as [number, number]),
      )
    case 'gather':
      return np.take(buffer(a), b, 0)
    case 'scatterAdd': {
      const rows = sources[1]!.shape.reduce((product, length) => product * length, 1)
      const flat = a.reshape([rows, -1])
      const places = oneHot(b.reshape([rows]), shape[0]!)
      return np.matmul(places.transpose([1, 0]), flat).reshape([...shape])
    }
    case 'takeLast':
      return oneHot(b, sources[0]!.shape.at(-1)!).mul(np.expandDims(a, -2)).sum(-1)
    case 'putLast':
      return oneHot(b, shape.at(-1)!).mul(np.expandDims(a, -1)).sum(-2)
    case 'topIndices': {
      const order = np.argsort(buffer(primitive.largest ? a.neg() : a), -1).astype('int32' as never)
      const width = sources[0]!.shape.at(-1)!
      return primitive.k === width ? order : np.split(order, [primitive.k], -1)[0]!
    }
    case 'cumulativeSum':
      return primitive.reverse ? np.flip(np.cumsum(np.flip(a, -1), -1), -1) : np.cumsum(a, -1)
    case 'convolution': {
      const [top, left, bottom, right] = primitive.padding
      return lax.convWithGeneralPadding(
        a,
        b,
        [...primitive.strides],
        [
          [top, bottom],
          [left, right],
        ],
        [1, 1],
        [...primitive.dilations],
      )
    }
    case 'convolutionTranspose': {
      const { strides, padding } = primitive
      const [given, kernel] = sources.map((source) => source.shape) as [number[], number[]]
      const around = [0, 1].map((axis): [number, number] => {
        const k = kernel[axis + 2]!
        const before = k - 1 - padding[axis]!
        const spread = (given[axis + 2]! - 1) * strides[axis]! + 1
        return [before, shape[axis + 2]! + k - 1 - spread - before]
      })
      return lax.convWithGeneralPadding(
        a,
        np.flip(b.transpose([1, 0, 2, 3]), [2, 3]),
        [1, 1],
        around,
        [...strides],
        [1, 1],
      )
    }
    default:
      throw new GuerdonError('ARGUMENT_INVALID', `the primitive "${primitive.op}" has no jax-js form`)
  }
}

function sliced(
  np: Module['numpy'],
  x: JaxArray,
  { starts, ends, steps }: { starts: readonly number[]; ends: readonly number[]; steps: readonly number[] },
  shape: readonly number[],
): JaxArray {
  let out = x
  starts.forEach((start, axis) => {
    const step = steps[axis]!
    const end = ends[axis]!
    if (start === 0 && end === shape[axis] && step === 1) return
    const count = Math.ceil((end - start) / step)
    const places = Int32Array.from({ length: count }, (_, index) => start + index * step)
    const before = Array.from({ length: axis }, () => [] as [])
    out =
      step === 1
        ? out.slice(...before, [start, end])
        : np.take(out, np.array(places as Int32Array<ArrayBuffer>, { dtype: 'int32' as never }), axis)
  })
  return out
}

let loaded: Promise<Module> | undefined

export async function openJaxSession(contents: SessionContents, backEnd: BackEnd): Promise<Session> {
  loaded ??= import('@jax-js/jax')
  const jax = await loaded
  const device = backEnd === 'wasm' ? 'wasm' : 'cpu'
  await jax.init(device)
  jax.defaultDevice(device)
  const { numpy: np } = jax
  const tables = contents.tables ?? {}
  const seed = contents.seed ?? 0
  const state = new Map(Object.entries(contents.state))
  // Compiled for WebAssembly; the reference is run as it stands, where constants keep their full precision.
  const compiled = new Map(
    Object.entries(contents.functions).map(([name, { graph }]) => {
      const names = graph.inputs.map((input) => input.name)
      const run = (...values: JaxArray[]): JaxArray[] =>
        evaluate(jax, graph, new Map(names.map((input, index) => [input, values[index]!])))
      return [name, backEnd === 'wasm' ? jax.jit(run) : run] as const
    }),
  )

  const runOne = async (
    name: string,
    feeds: Readonly<Record<string, Feed>>,
  ): Promise<Record<string, HostTensor>> => {
    const own = contents.functions[name]
    if (own === undefined) throw new GuerdonError('ARGUMENT_INVALID', `the session has no function "${name}"`)
    const given = own.graph.inputs.map(({ name: input, shape, dtype }) => {
      const feed = state.get(input) ?? feeds[input]
      if (feed === undefined) throw missing(name, input)
      const values = filled(feed, input, tables, seed)
      if (!sameShape(values.shape, shape) || values.dtype !== dtype) throw unfit(input, values, shape, dtype)
      return array(np, values)
    })
    jax.defaultDevice(device)
    const results = compiled.get(name)!(...given)
    if (backEnd !== 'wasm') for (const value of given) value.dispose()
    const out: Record<string, HostTensor> = {}
    for (const [index, { name: output, node }] of own.graph.outputs.entries()) {
      const { shape, dtype } = own.graph.nodes[node]!
      const values = (await results[index]!.data()) as NumberArray
      const host: HostTensor = { shape, dtype, values: values.slice() }
      const into = own.updates?.[output]
      if (into === undefined) out[output] = host
      else state.set(into, host)
    }
    return out
  }

  return {
    backEnd,
    run: runOne,
    async runMany(name, feeds, scalars) {
      const out = Object.fromEntries(scalars.map((scalar) => [scalar, new Float64Array(feeds.length)]))
      for (let index = 0; index < feeds.length; index++) {
        const results = await runOne(name, feeds[index]!)
        for (const scalar of scalars) out[scalar]![index] = Number(results[scalar]!.values[0])
      }
      return out
    },
    async state() {
      return Object.fromEntries(
        [...state].map(([name, { values, ...rest }]) => [name, { ...rest, values: values.slice() }]),
      )
    },
    async setState(next: Parameters) {
      for (const [name, value] of Object.entries(next)) state.set(name, value)
    },
    async close() {
      releaseTables(tables)
    },
  }
}
