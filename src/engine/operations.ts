/** Functions of tensors that are not methods: joining, choosing, activations, indexing, sorting, convolution. */
import { GuerdonError } from '../records/error.ts'
import { broadcastShape, type Dtype, node, type Shape, shapeError, sizeOf } from './node.ts'
import { constant, type Operand, operand, sliced, Tensor, unary } from './tensor.ts'

/** `condition ? yes : no` by element, all three broadcast. Neither side's gradient leaks into the other. */
export function where(condition: Tensor, yes: Operand, no: Operand): Tensor {
  const like = typeof yes === 'number' ? no : yes
  if (typeof like === 'number')
    throw new GuerdonError('ARGUMENT_INVALID', 'where of two plain numbers', { expected: 'a tensor' })
  const a = operand(yes, like)
  const b = operand(no, like)
  if (a.dtype !== b.dtype)
    throw new GuerdonError('ARGUMENT_INVALID', `where of ${a.dtype} and ${b.dtype}`, { expected: 'one type' })
  const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape, 'where'), 'where')
  return new Tensor(node({ op: 'where' }, [condition.cast('bool').node, a.node, b.node], shape, a.dtype))
}

/** Tensors one after another along an axis. */
export function concat(parts: readonly Tensor[], axis = 0): Tensor {
  const [first, ...rest] = parts
  if (first === undefined) throw new GuerdonError('ARGUMENT_INVALID', 'concat of no tensors')
  if (rest.length === 0) return first
  const at = axis < 0 ? axis + first.rank : axis
  for (const part of rest) {
    if (part.rank !== first.rank || part.shape.some((length, i) => i !== at && length !== first.shape[i]))
      throw shapeError('cannot join tensors', first.shape, part.shape)
  }
  const length = parts.reduce((sum, part) => sum + part.shape[at]!, 0)
  return new Tensor(
    node(
      { op: 'concat', axis: at },
      parts.map((part) => part.node),
      first.shape.map((own, i) => (i === at ? length : own)),
      first.dtype,
    ),
  )
}

/** Tensors of one shape along a new axis. */
export const stack = (parts: readonly Tensor[], axis = 0): Tensor =>
  concat(
    parts.map((part) => part.expand(axis)),
    axis,
  )

/** A tensor cut into `count` equal parts of an axis. */
export function split(x: Tensor, count: number, axis = 0): Tensor[] {
  const at = axis < 0 ? axis + x.rank : axis
  const length = x.shape[at]! / count
  if (!Number.isInteger(length)) throw shapeError(`cannot cut axis ${axis} into ${count}`, x.shape)
  return Array.from({ length: count }, (_, index) => x.slice(at, index * length, (index + 1) * length))
}

/** log(1 + eˣ) without overflow; its gradient is σ(x). */
export const softplus = (x: Tensor): Tensor => unary('softplus', x)
/** log σ(x) = −softplus(−x): finite for every finite x. */
export const logSigmoid = (x: Tensor): Tensor => softplus(x.neg()).neg()
export const relu = (x: Tensor): Tensor => unary('relu', x)
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => where(x.less(0), x.mul(slope), x)
/** x·σ(x) */
export const silu = (x: Tensor): Tensor => x.mul(x.sigmoid())
/** x·Φ(x), exact; `tanhGelu` is the usual approximation of language models. */
export const gelu = (x: Tensor): Tensor => x.mul(unary('erf', x.mul(Math.SQRT1_2)).add(1)).mul(0.5)
/** x·σ(√(8/π)·(x + 0.044715x³)), which is x·(1 + tanh(√(2/π)·(x + 0.044715x³)))/2. */
export function tanhGelu(x: Tensor): Tensor {
  const gate = x.mul(x.mul(x).mul(TANH_GELU.cubic).add(TANH_GELU.linear)).sigmoid()
  return new Tensor(node({ op: 'tanhGelu' }, [x.node, gate.node], x.shape, x.dtype))
}

/** What the gate's argument multiplies x and x³ by. */
export const TANH_GELU = {
  linear: Math.sqrt(8 / Math.PI),
  cubic: 0.044715 * Math.sqrt(8 / Math.PI),
} as const

/** Softmax of the last axis. A row of −1e9 everywhere is uniform: mask it afterwards. */
export const softmax = (x: Tensor): Tensor => new Tensor(node({ op: 'softmax' }, [x.node], x.shape, x.dtype))
export const logSoftmax = (x: Tensor): Tensor =>
  new Tensor(node({ op: 'logSoftmax' }, [x.node], x.shape, x.dtype))
/** (x − mean) / √(variance + ε) over the last axis; the variance divides by the number of entries. */
export function standardise(x: Tensor, epsilon = 1e-5): Tensor {
  if (!x.dtype.startsWith('float') || x.rank === 0) throw shapeError(`cannot standardise ${x.dtype}`, x.shape)
  return new Tensor(node({ op: 'standardise', epsilon }, [x.node], x.shape, x.dtype))
}
/** log Σ eˣ over one axis. */
export function logSumExp(x: Tensor, axis = -1, keep = false): Tensor {
  const top = stopGradient(x.max(axis, true))
  const sum = x.sub(top).exp().sum(axis, true).log().add(top)
  return keep ? sum : sum.squeeze(axis)
}

/** The value, through which no gradient flows. */
export const stopGradient = (x: Tensor): Tensor => unary('stop', x)
/** Forward `hard`, gradient of `soft`. */
export const straightThrough = (soft: Tensor, hard: Tensor): Tensor => soft.add(stopGradient(hard.sub(soft)))

/** Rows of a table by whole-number indices of any shape: [n, …], indices [i…] → [i…, …]. Indices must be in range. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  wholeNumbers(indices)
  return new Tensor(
    node(
      { op: 'gather' },
      [table.node, indices.node],
      [...indices.shape, ...table.shape.slice(1)],
      table.dtype,
    ),
  )
}

/** Entries of the last axis by index: x [a, n], indices [a, m] → [a, m] (any leading axes). */
export function takeLast(x: Tensor, indices: Tensor): Tensor {
  wholeNumbers(indices)
  if (x.rank !== indices.rank || x.shape.slice(0, -1).some((length, axis) => length !== indices.shape[axis]))
    throw shapeError('cannot take entries', x.shape, indices.shape)
  return new Tensor(node({ op: 'takeLast' }, [x.node, indices.node], indices.shape, x.dtype))
}

/** One entry of the last axis for each row: x [a, n], index [a] → [a]. */
export const pick = (x: Tensor, index: Tensor): Tensor => takeLast(x, index.expand(-1)).squeeze(-1)

function wholeNumbers(indices: Tensor): void {
  if (indices.dtype !== 'int32')
    throw new GuerdonError('ARGUMENT_INVALID', `indices of type ${indices.dtype}`, { expected: 'int32' })
}

/** 1 where the index is the class, 0 elsewhere: [a…] → [a…, classes]. */
export function oneHot(indices: Tensor, classes: number, dtype: Dtype = 'float32'): Tensor {
  wholeNumbers(indices)
  return indices.expand(-1).equal(arange(classes)).cast(dtype)
}

/** 0, 1, … count − 1. */
export const arange = (count: number, dtype: Dtype = 'int32'): Tensor =>
  constant(
    Array.from({ length: count }, (_, index) => index),
    [count],
    dtype,
  )

/** The k largest (or smallest) of the last axis in order, and their indices. Equal ones come by index. */
export function topK(
  x: Tensor,
  k: number,
  largest = true,
): { readonly values: Tensor; readonly indices: Tensor } {
  if (!(k >= 1 && k <= x.shape.at(-1)!)) throw shapeError(`cannot take the top ${k}`, x.shape)
  const indices = new Tensor(
    node({ op: 'topIndices', k, largest }, [x.node], [...x.shape.slice(0, -1), k], 'int32'),
  )
  return { values: takeLast(x, indices), indices }
}
/** The last axis in ascending order. */
export const sort = (x: Tensor): Tensor => topK(x, x.shape.at(-1)!, false).values
/** The order that sorts the last axis ascending. */
export const argSort = (x: Tensor): Tensor => topK(x, x.shape.at(-1)!, false).indices

/** Running sum of the last axis; `reverse` sums from the end. */
export const cumulativeSum = (x: Tensor, reverse = false): Tensor =>
  new Tensor(node({ op: 'cumulativeSum', reverse }, [x.node], x.shape, x.dtype))

/** Zeros around a tensor: `before` and `after` for each axis. */
export function pad(x: Tensor, before: Shape, after: Shape): Tensor {
  if (before.every((n) => n === 0) && after.every((n) => n === 0)) return x
  return new Tensor(
    node(
      { op: 'pad', before, after },
      [x.node],
      x.shape.map((length, axis) => length + before[axis]! + after[axis]!),
      x.dtype,
    ),
  )
}

/** An axis in reverse. */
export function flip(x: Tensor, axis = -1): Tensor {
  const at = axis < 0 ? axis + x.rank : axis
  return sliced(
    x,
    x.shape.map((length, i) => (i === at ? length - 1 : 0)),
    x.shape.map((length, i) => (i === at ? -1 : length)),
    x.shape.map((_, i) => (i === at ? -1 : 1)),
  )
}

export interface ConvolutionOptions {
  readonly stride?: number
  /** zeros on every side, or what keeps the size at stride 1 */
  readonly padding?: number | 'same'
}

/** Two-dimensional convolution: x [batch, in, height, width], weight [out, in, kh, kw]. */
export function convolve(x: Tensor, weight: Tensor, options: ConvolutionOptions = {}): Tensor {
  const { stride = 1, padding = 'same' } = options
  if (x.rank !== 4 || weight.rank !== 4 || x.shape[1] !== weight.shape[1])
    throw shapeError('cannot convolve', x.shape, weight.shape)
  const [kh, kw] = [weight.shape[2]!, weight.shape[3]!]
  const around = (k: number): [number, number] =>
    padding === 'same' ? [(k - 1) >> 1, k >> 1] : [padding, padding]
  const [top, bottom] = around(kh)
  const [left, right] = around(kw)
  const out = (length: number, k: number, before: number, after: number): number =>
    Math.floor((length + before + after - k) / stride) + 1
  const size = [out(x.shape[2]!, kh, top, bottom), out(x.shape[3]!, kw, left, right)]
  if (size.some((length) => length < 1)) throw shapeError('cannot convolve', x.shape, weight.shape)
  return new Tensor(
    node(
      {
        op: 'convolution',
        strides: [stride, stride],
        padding: [top, left, bottom, right],
        dilations: [1, 1],
      },
      [x.node, weight.node],
      [x.shape[0]!, weight.shape[0]!, ...size],
      x.dtype,
    ),
  )
}

/** Sum of products over the last axis. */
export const dot = (a: Tensor, b: Tensor): Tensor => a.mul(b).sum(-1)

/** Length of the last axis' vectors; the gradient at the zero vector is 0. */
export const norm = (x: Tensor, keep = false): Tensor => x.square().sum(-1, keep).sqrt()

/** Cosine of the last axis' vectors, lengths not below `least` (1e-8 as in PyTorch). */
export const cosine = (a: Tensor, b: Tensor, least = 1e-8): Tensor =>
  dot(a, b).div(norm(a).maximum(least).mul(norm(b).maximum(least)))

/** 0 on and below the diagonal, −1e9 above: added to attention scores. */
export function causalMask(length: number): Tensor {
  const values = new Float32Array(sizeOf([length, length]))
  for (let row = 0; row < length; row++) values.fill(-1e9, row * length + row + 1, (row + 1) * length)
  return constant(values, [length, length])
}
