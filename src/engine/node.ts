/**
 * A program as a graph of nodes: each is one primitive applied to earlier ones, with its shape and type known.
 * Tensors wrap nodes, gradients are further nodes, and a finished graph is plain data that a worker can receive.
 */
import { GuerdonError } from '../records/error.ts'

export type Dtype = 'float32' | 'float64' | 'int32' | 'bool'
export type Shape = readonly number[]
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array

/** Elementwise functions of one argument. */
export const UNARY = [
  'neg',
  'exp',
  'log',
  'log1p',
  'sqrt',
  'tanh',
  'sigmoid',
  'softplus',
  'erf',
  'sin',
  'cos',
  'abs',
  'sign',
  'floor',
  'relu',
  'not',
  'stop',
] as const
/** Elementwise functions of two arguments, with NumPy's broadcasting. */
export const BINARY = ['add', 'sub', 'mul', 'div', 'pow', 'max', 'min'] as const
export const COMPARE = ['less', 'lessEqual', 'equal', 'and', 'or'] as const

export type Unary = (typeof UNARY)[number]
export type Binary = (typeof BINARY)[number]
export type Compare = (typeof COMPARE)[number]
export type Reduction = 'sum' | 'mean' | 'max' | 'min'

/** What a primitive needs besides its inputs. Axes count from 0; shapes are static. */
export type Primitive =
  | { readonly op: 'input'; readonly name: string }
  | { readonly op: 'constant'; readonly values: NumberArray }
  | { readonly op: Unary | Binary | Compare | 'where' | 'cast' | 'reshape' | 'broadcast' }
  | { readonly op: 'reduce'; readonly kind: Reduction; readonly axes: readonly number[] }
  | { readonly op: 'argMax' }
  | { readonly op: 'softmax' | 'logSoftmax' }
  /** x·s for s = σ(x·(a + b·x²)), given as the second input: the tanh form of GELU with a short derivative */
  | { readonly op: 'tanhGelu' }
  /** (x − mean) / √(variance + ε) of the last axis, and 1 / √(variance + ε) with that axis kept */
  | { readonly op: 'standardise' | 'inverseDeviation'; readonly epsilon: number }
  | { readonly op: 'matmul'; readonly transposeLeft: boolean; readonly transposeRight: boolean }
  | { readonly op: 'transpose'; readonly permutation: readonly number[] }
  | { readonly op: 'concat'; readonly axis: number }
  | {
      readonly op: 'slice'
      readonly starts: readonly number[]
      readonly ends: readonly number[]
      readonly steps: readonly number[]
    }
  | { readonly op: 'pad'; readonly before: readonly number[]; readonly after: readonly number[] }
  /** rows of the first input by the second's indices, along axis 0 */
  | { readonly op: 'gather' }
  /** sums rows of the first input into zeros of the node's shape at the second's indices */
  | { readonly op: 'scatterAdd' }
  /** one entry of the last axis for each index: `output[…, j] = input[…, index[…, j]]` */
  | { readonly op: 'takeLast' }
  /** the transpose of takeLast: sums entries into zeros of the node's shape */
  | { readonly op: 'putLast' }
  /** indices of the k largest (or smallest) of the last axis, in order; equal ones by index */
  | { readonly op: 'topIndices'; readonly k: number; readonly largest: boolean }
  | { readonly op: 'cumulativeSum'; readonly reverse: boolean }
  | {
      readonly op: 'convolution'
      readonly strides: readonly [number, number]
      readonly padding: readonly [number, number, number, number]
      readonly dilations: readonly [number, number]
    }
  /** the transpose of a convolution with respect to its input; the node's shape is that input's */
  | {
      readonly op: 'convolutionTranspose'
      readonly strides: readonly [number, number]
      readonly padding: readonly [number, number, number, number]
    }

export type Operation = Primitive['op']

export interface Node {
  readonly primitive: Primitive
  readonly inputs: readonly Node[]
  readonly shape: Shape
  readonly dtype: Dtype
}

/** Number of elements. @example sizeOf([2, 3]) // 6 */
export function sizeOf(shape: Shape): number {
  let size = 1
  for (const length of shape) size *= length
  return size
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

/** An error about a shape, in the words of the person who writes the model. */
export function shapeError(what: string, ...shapes: readonly Shape[]): GuerdonError {
  return new GuerdonError('ARGUMENT_INVALID', `${what} of ${shapes.map((s) => `[${s}]`).join(' and ')}`, {
    expected: 'shapes that fit',
  })
}

/** The shape to which two shapes broadcast, as NumPy does it. @throws GuerdonError ARGUMENT_INVALID */
export function broadcastShape(a: Shape, b: Shape, what = 'an elementwise operation'): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) throw shapeError(what, a, b)
    return left === 1 ? right : left
  })
}

/** The typed array that holds a type's values. */
export function arrayOf(dtype: Dtype, size: number): NumberArray {
  if (dtype === 'float32') return new Float32Array(size)
  if (dtype === 'float64') return new Float64Array(size)
  return dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size)
}

export function node(primitive: Primitive, inputs: readonly Node[], shape: Shape, dtype: Dtype): Node {
  return { primitive, inputs, shape, dtype }
}
