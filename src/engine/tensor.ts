/**
 * Tensors: what losses and models are written in. A tensor is a node of a program, not a buffer: nothing is computed
 * and nothing has to be released while a program is written. Shapes are static; broadcasting is NumPy's.
 */
import { GuerdonError } from '../records/error.ts'
import {
  arrayOf,
  type Binary,
  broadcastShape,
  type Compare,
  type Dtype,
  type Node,
  type NumberArray,
  node,
  type Reduction,
  type Shape,
  sameShape,
  shapeError,
  sizeOf,
  type Unary,
} from './node.ts'

/** An operand: a tensor, or a number that takes the tensor's type. */
export type Operand = Tensor | number

export class Tensor {
  /** @internal */
  readonly node: Node

  constructor(of: Node) {
    this.node = of
  }

  get shape(): Shape {
    return this.node.shape
  }
  get dtype(): Dtype {
    return this.node.dtype
  }
  /** number of axes */
  get rank(): number {
    return this.node.shape.length
  }
  /** number of elements */
  get size(): number {
    return sizeOf(this.node.shape)
  }

  add(other: Operand): Tensor {
    return binary('add', this, other)
  }
  sub(other: Operand): Tensor {
    return binary('sub', this, other)
  }
  mul(other: Operand): Tensor {
    return binary('mul', this, other)
  }
  div(other: Operand): Tensor {
    return binary('div', this, other)
  }
  /** xʸ; a negative base needs a whole exponent */
  pow(other: Operand): Tensor {
    return binary('pow', this, other)
  }
  maximum(other: Operand): Tensor {
    return binary('max', this, other)
  }
  minimum(other: Operand): Tensor {
    return binary('min', this, other)
  }
  neg(): Tensor {
    return unary('neg', this)
  }
  exp(): Tensor {
    return unary('exp', this)
  }
  log(): Tensor {
    return unary('log', this)
  }
  /** log(1 + x), exact for small x */
  log1p(): Tensor {
    return unary('log1p', this)
  }
  /** square root; its gradient at 0 is 0 */
  sqrt(): Tensor {
    return unary('sqrt', this)
  }
  square(): Tensor {
    return this.mul(this)
  }
  abs(): Tensor {
    return unary('abs', this)
  }
  sign(): Tensor {
    return unary('sign', this)
  }
  floor(): Tensor {
    return unary('floor', this)
  }
  tanh(): Tensor {
    return unary('tanh', this)
  }
  sin(): Tensor {
    return unary('sin', this)
  }
  cos(): Tensor {
    return unary('cos', this)
  }
  /** 1 / (1 + e^−x), with a finite gradient everywhere */
  sigmoid(): Tensor {
    return unary('sigmoid', this)
  }

  less(other: Operand): Tensor {
    return compare('less', this, other)
  }
  lessEqual(other: Operand): Tensor {
    return compare('lessEqual', this, other)
  }
  greater(other: Operand): Tensor {
    return compare('less', operand(other, this), this)
  }
  greaterEqual(other: Operand): Tensor {
    return compare('lessEqual', operand(other, this), this)
  }
  equal(other: Operand): Tensor {
    return compare('equal', this, other)
  }
  and(other: Tensor): Tensor {
    return compare('and', this, other)
  }
  or(other: Tensor): Tensor {
    return compare('or', this, other)
  }
  not(): Tensor {
    return unary('not', this)
  }

  /** Sum over the given axes, or all; a bool is counted. */
  sum(axes?: number | readonly number[], keep = false): Tensor {
    return reduce('sum', this.dtype === 'bool' ? this.cast('int32') : this, axes, keep)
  }
  mean(axes?: number | readonly number[], keep = false): Tensor {
    return reduce('mean', this, axes, keep)
  }
  max(axes?: number | readonly number[], keep = false): Tensor {
    return reduce('max', this, axes, keep)
  }
  min(axes?: number | readonly number[], keep = false): Tensor {
    return reduce('min', this, axes, keep)
  }
  /** Index of the largest entry of the last axis; the first of equal ones. */
  argMax(): Tensor {
    return new Tensor(node({ op: 'argMax' }, [this.node], this.shape.slice(0, -1), 'int32'))
  }

  cast(dtype: Dtype): Tensor {
    return this.dtype === dtype ? this : new Tensor(node({ op: 'cast' }, [this.node], this.shape, dtype))
  }

  /** The same elements in another shape; one length may be −1. @throws GuerdonError ARGUMENT_INVALID */
  reshape(shape: Shape): Tensor {
    const known = shape.reduce((product, length) => (length < 0 ? product : product * length), 1)
    const full = shape.map((length) => (length < 0 ? this.size / known : length))
    if (sizeOf(full) !== this.size || full.some((length) => !Number.isInteger(length))) {
      throw shapeError('cannot reshape', this.shape, shape)
    }
    return sameShape(full, this.shape)
      ? this
      : new Tensor(node({ op: 'reshape' }, [this.node], full, this.dtype))
  }
  flatten(): Tensor {
    return this.reshape([this.size])
  }

  /** Axes in another order; without an argument the last two are exchanged. */
  transpose(permutation?: readonly number[]): Tensor {
    const axes = Array.from({ length: this.rank }, (_, axis) => axis)
    const order = permutation ?? [...axes.slice(0, -2), this.rank - 1, this.rank - 2]
    if (order.length !== this.rank || !axes.every((axis) => order.includes(axis)))
      throw shapeError(`cannot transpose by (${order})`, this.shape)
    if (order.every((axis, index) => axis === index)) return this
    return new Tensor(
      node(
        { op: 'transpose', permutation: order },
        [this.node],
        order.map((axis) => this.shape[axis]!),
        this.dtype,
      ),
    )
  }

  /** Repeats axes of length 1 (and adds leading ones) until the shape is reached. */
  broadcast(shape: Shape): Tensor {
    if (sameShape(shape, this.shape)) return this
    if (!sameShape(broadcastShape(this.shape, shape, 'cannot broadcast'), shape))
      throw shapeError('cannot broadcast', this.shape, shape)
    return new Tensor(node({ op: 'broadcast' }, [this.node], shape, this.dtype))
  }

  /** Adds an axis of length 1. */
  expand(axis: number): Tensor {
    const at = axis < 0 ? axis + this.rank + 1 : axis
    return this.reshape([...this.shape.slice(0, at), 1, ...this.shape.slice(at)])
  }
  /** Removes an axis of length 1. */
  squeeze(axis: number): Tensor {
    const at = axis < 0 ? axis + this.rank : axis
    if (this.shape[at] !== 1) throw shapeError(`cannot squeeze axis ${axis}`, this.shape)
    return this.reshape([...this.shape.slice(0, at), ...this.shape.slice(at + 1)])
  }

  /** `[start, end)` of one axis; negative ends count from the back. */
  slice(axis: number, start: number, end: number = this.shape[axis < 0 ? axis + this.rank : axis]!): Tensor {
    const at = axis < 0 ? axis + this.rank : axis
    const length = this.shape[at]!
    const from = start < 0 ? start + length : start
    const to = end < 0 ? end + length : end
    if (!(0 <= from && from < to && to <= length))
      throw shapeError(`cannot take ${start} to ${end} of axis ${axis}`, this.shape)
    if (from === 0 && to === length) return this
    return sliced(
      this,
      this.shape.map((_, index) => (index === at ? from : 0)),
      this.shape.map((own, index) => (index === at ? to : own)),
      this.shape.map(() => 1),
    )
  }
  /** One entry of an axis, which disappears. */
  at(axis: number, index: number): Tensor {
    const place = axis < 0 ? axis + this.rank : axis
    const from = index < 0 ? index + this.shape[place]! : index
    return this.slice(place, from, from + 1).squeeze(place)
  }

  /** Matrix product over the last two axes, the others broadcast; vectors as in NumPy. */
  matmul(other: Tensor): Tensor {
    return matmul(this, other)
  }
}

export function operand(value: Operand, like: Tensor): Tensor {
  if (typeof value !== 'number') return value
  const values = arrayOf(like.dtype, 1)
  values[0] = value
  return new Tensor(node({ op: 'constant', values }, [], [], like.dtype))
}

export function unary(op: Unary, x: Tensor): Tensor {
  if (x.dtype === 'int32' && !['neg', 'abs', 'sign', 'stop'].includes(op))
    throw new GuerdonError('ARGUMENT_INVALID', `${op} of whole numbers`, { expected: 'a cast to float32' })
  return new Tensor(node({ op }, [x.node], x.shape, x.dtype))
}

/** Types of two operands made equal: whole numbers and truth values take the other's type. */
function matched(a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof a === 'number') {
    if (typeof b === 'number')
      throw new GuerdonError('ARGUMENT_INVALID', 'an operation on two plain numbers', {
        expected: 'at least one tensor',
      })
    return [operand(a, b), b]
  }
  const right = operand(b, a)
  if (a.dtype === right.dtype) return [a, right]
  const order: readonly Dtype[] = ['bool', 'int32', 'float32', 'float64']
  const to = order[Math.max(order.indexOf(a.dtype), order.indexOf(right.dtype))]!
  return [a.cast(to), right.cast(to)]
}

export function binary(op: Binary, a: Operand, b: Operand): Tensor {
  const [left, right] = matched(a, b)
  const [x, y] = left.dtype === 'bool' ? [left.cast('int32'), right.cast('int32')] : [left, right]
  return new Tensor(node({ op }, [x.node, y.node], broadcastShape(x.shape, y.shape, op), x.dtype))
}

export function compare(op: Compare, a: Operand, b: Operand): Tensor {
  const [x, y] = matched(a, b)
  return new Tensor(node({ op }, [x.node, y.node], broadcastShape(x.shape, y.shape, op), 'bool'))
}

function reduce(
  kind: Reduction,
  x: Tensor,
  axes: number | readonly number[] | undefined,
  keep: boolean,
): Tensor {
  const list = (axes === undefined ? x.shape.map((_, axis) => axis) : [axes].flat()).map((axis) =>
    axis < 0 ? axis + x.rank : axis,
  )
  if (list.some((axis) => axis < 0 || axis >= x.rank)) throw shapeError(`cannot reduce axes ${list}`, x.shape)
  const kept = x.shape.map((length, axis) => (list.includes(axis) ? 1 : length))
  // Axes of length 1 need no arithmetic.
  const real = list.filter((axis) => x.shape[axis] !== 1)
  const out =
    real.length === 0 ? x : new Tensor(node({ op: 'reduce', kind, axes: real }, [x.node], kept, x.dtype))
  return keep ? out : out.reshape(x.shape.filter((_, axis) => !list.includes(axis)))
}

export function sliced(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[],
): Tensor {
  const shape = x.shape.map((_, axis) => Math.ceil((ends[axis]! - starts[axis]!) / steps[axis]!))
  return new Tensor(node({ op: 'slice', starts, ends, steps }, [x.node], shape, x.dtype))
}

/** Matrix product with either operand transposed on the fly. */
export function matmul(a: Tensor, b: Tensor, transposeLeft = false, transposeRight = false): Tensor {
  if (a.rank === 1) return matmul(a.expand(0), b, false, transposeRight).squeeze(-2)
  if (b.rank === 1) return matmul(a, b.expand(1), transposeLeft, false).squeeze(-1)
  const [m, k] = transposeLeft ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!]
  const [k2, n] = transposeRight ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!]
  if (k !== k2) throw shapeError('cannot multiply matrices', a.shape, b.shape)
  if (a.dtype !== b.dtype)
    throw new GuerdonError('ARGUMENT_INVALID', `a product of ${a.dtype} and ${b.dtype} matrices`, {
      expected: 'one type',
    })
  // One weight for many rows is one flat product: its gradient is then one product too.
  if (b.rank === 2 && a.rank > 2 && !transposeLeft) {
    return matmul(a.reshape([-1, k]), b, false, transposeRight).reshape([...a.shape.slice(0, -1), n])
  }
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2), 'cannot multiply matrices')
  return new Tensor(
    node({ op: 'matmul', transposeLeft, transposeRight }, [a.node, b.node], [...batch, m, n], a.dtype),
  )
}

/** A value that the program is given each time it runs. */
export function input(name: string, shape: Shape, dtype: Dtype = 'float32'): Tensor {
  return new Tensor(node({ op: 'input', name }, [], shape, dtype))
}

/** A value that is part of the program. */
export function constant(
  values: NumberArray | readonly number[],
  shape: Shape,
  dtype: Dtype = 'float32',
): Tensor {
  const own = arrayOf(dtype, values.length)
  own.set(values)
  if (own.length !== sizeOf(shape))
    throw new GuerdonError('ARGUMENT_INVALID', `a constant of ${own.length} values`, {
      expected: `${sizeOf(shape)} for the shape [${shape}]`,
    })
  return new Tensor(node({ op: 'constant', values: own }, [], shape, dtype))
}

/** A constant of one number in every place. */
export function full(shape: Shape, value: number, dtype: Dtype = 'float32'): Tensor {
  return constant([value], [], dtype).broadcast(shape)
}
