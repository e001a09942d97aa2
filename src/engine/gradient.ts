/**
 * Reverse-mode differentiation of programs: from a scalar back to the tensors it depends on. The gradients are
 * ordinary tensors, so they can be differentiated again.
 */
import { GuerdonError } from '../records/error.ts'
import { type Node, node, type Primitive, type Shape, sameShape } from './node.ts'
import { concat, flip, pad, softmax, TANH_GELU, takeLast, where } from './operations.ts'
import { full, matmul, sliced, Tensor } from './tensor.ts'

/** Sums a gradient over the axes along which its operand was repeated. */
function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient
  const lead = gradient.rank - shape.length
  const axes = gradient.shape.flatMap((length, axis) =>
    axis < lead || (shape[axis - lead] === 1 && length !== 1) ? [axis] : [],
  )
  return gradient.sum(axes, true).reshape(shape)
}

type Rule = (out: Tensor, gradient: Tensor, inputs: readonly Tensor[]) => readonly (Tensor | undefined)[]

/** For the shape of a gradient's slice that stands inside zeros. */
function embedded(gradient: Tensor, of: Extract<Primitive, { op: 'slice' }>, shape: Shape): Tensor {
  let inner = gradient
  const before: number[] = []
  const after: number[] = []
  shape.forEach((length, axis) => {
    const [start, step] = [of.starts[axis]!, of.steps[axis]!]
    const count = inner.shape[axis]!
    if (step < 0) {
      inner = sliced(
        inner,
        inner.shape.map((own, i) => (i === axis ? own - 1 : 0)),
        inner.shape.map((own, i) => (i === axis ? -1 : own)),
        inner.shape.map((_, i) => (i === axis ? -1 : 1)),
      )
    }
    const width = Math.abs(step)
    const first = step < 0 ? start + (count - 1) * step : start
    if (width > 1) {
      // Zeros between the entries: a new axis of the step's length, of which the first place is used.
      const lead = inner.shape.slice(0, axis)
      const tail = inner.shape.slice(axis + 1)
      const wide = inner.reshape([...lead, count, 1, ...tail])
      const zeros = wide.shape.map(() => 0)
      inner = pad(
        wide,
        zeros,
        zeros.map((_, i) => (i === axis + 1 ? width - 1 : 0)),
      )
        .reshape([...lead, count * width, ...tail])
        .slice(axis, 0, (count - 1) * width + 1)
    }
    before.push(first)
    after.push(length - first - inner.shape[axis]!)
  })
  return pad(inner, before, after)
}

/** The gradient of a slice, for the tensor that was cut. */
interface Piece {
  readonly gradient: Tensor
  readonly of: Extract<Primitive, { op: 'slice' }>
}

/** The sum of slices' gradients: put side by side where they cut an axis into parts, else each inside zeros. */
function joined(pieces: readonly Piece[], shape: Shape): Tensor {
  const whole = (piece: Piece, axis: number): boolean =>
    piece.of.starts[axis] === 0 && piece.of.ends[axis] === shape[axis]
  const axis = shape.findIndex((_, own) => !whole(pieces[0]!, own))
  const sorted = pieces.toSorted((a, b) => a.of.starts[axis]! - b.of.starts[axis]!)
  const tiles =
    axis >= 0 &&
    sorted.every(
      (piece, index) =>
        piece.of.steps.every((step) => step === 1) &&
        shape.every((_, own) => own === axis || whole(piece, own)) &&
        piece.of.starts[axis] === (index === 0 ? 0 : sorted[index - 1]!.of.ends[axis]),
    ) &&
    sorted.at(-1)!.of.ends[axis] === shape[axis]
  if (tiles)
    return concat(
      sorted.map(({ gradient }) => gradient),
      axis,
    )
  return pieces.map(({ gradient, of }) => embedded(gradient, of, shape)).reduce((sum, part) => sum.add(part))
}

const rules: { readonly [op: string]: Rule } = {
  neg: (_, g) => [g.neg()],
  exp: (y, g) => [g.mul(y)],
  log: (_, g, [x]) => [g.div(x!)],
  log1p: (_, g, [x]) => [g.div(x!.add(1))],
  sqrt: (y, g) => {
    const positive = y.greater(0)
    return [where(positive, g.mul(0.5).div(where(positive, y, 1)), 0)]
  },
  tanh: (y, g) => [g.mul(full([], 1, y.dtype).sub(y.mul(y)))],
  sigmoid: (y, g) => [g.mul(y.mul(full([], 1, y.dtype).sub(y)))],
  softplus: (_, g, [x]) => [g.mul(x!.sigmoid())],
  erf: (_, g, [x]) => [g.mul(x!.square().neg().exp()).mul(2 / Math.sqrt(Math.PI))],
  sin: (_, g, [x]) => [g.mul(x!.cos())],
  cos: (_, g, [x]) => [g.mul(x!.sin()).neg()],
  abs: (_, g, [x]) => [g.mul(x!.sign())],
  sign: () => [undefined],
  floor: () => [undefined],
  relu: (y, g) => [where(y.greater(0), g, 0)],
  stop: () => [undefined],
  add: (_, g) => [g, g],
  sub: (_, g) => [g, g.neg()],
  mul: (_, g, [a, b]) => [g.mul(b!), g.mul(a!)],
  div: (y, g, [, b]) => [g.div(b!), g.mul(y).div(b!).neg()],
  pow: (y, g, [a, b]) => {
    const safe = where(a!.equal(0), 1, a!)
    return [
      where(b!.equal(0), full([], 0, g.dtype), g.mul(b!).mul(a!.pow(b!.sub(1)))),
      // A whole exponent that is a constant needs no logarithm of the base.
      b!.node.primitive.op === 'constant'
        ? undefined
        : where(a!.greater(0), g.mul(y).mul(safe.abs().log()), 0),
    ]
  },
  // At equality the gradient is shared, as a subgradient in the middle.
  max: (_, g, [a, b]) => [chosen(g, b!, a!), chosen(g, a!, b!)],
  min: (_, g, [a, b]) => [chosen(g, a!, b!), chosen(g, b!, a!)],
  where: (_, g, [condition]) => [
    undefined,
    where(condition!, g, 0),
    where(condition!, full([], 0, g.dtype), g),
  ],
  cast: (_, g, [x]) => [x!.dtype.startsWith('float') ? g.cast(x!.dtype) : undefined],
  reshape: (_, g, [x]) => [g.reshape(x!.shape)],
  broadcast: (_, g, [x]) => [unbroadcast(g, x!.shape)],
  softmax: (y, g) => [y.mul(g.sub(g.mul(y).sum(-1, true)))],
  logSoftmax: (_, g, [x]) => [g.sub(softmax(x!).mul(g.sum(-1, true)))],
  // The gate depends on x alone: its part is in the first input's derivative, s + y·(1 − s)·(a + 3b·x²).
  tanhGelu: (y, g, [x, gate]) => {
    const slope = x!
      .mul(x!)
      .mul(3 * TANH_GELU.cubic)
      .add(TANH_GELU.linear)
    return [
      g.mul(
        y
          .mul(full([], 1, y.dtype).sub(gate!))
          .mul(slope)
          .add(gate!),
      ),
      undefined,
    ]
  },
  standardise: (y, g, [x]) => {
    const { epsilon } = y.node.primitive as Extract<Primitive, { op: 'standardise' }>
    const inverse = new Tensor(
      node({ op: 'inverseDeviation', epsilon }, [x!.node], [...x!.shape.slice(0, -1), 1], x!.dtype),
    )
    return [
      g
        .sub(y.mul(g.mul(y).mean(-1, true)))
        .sub(g.mean(-1, true))
        .mul(inverse),
    ]
  },
  inverseDeviation: (inverse, g, [x]) => {
    const { epsilon } = inverse.node.primitive as Extract<Primitive, { op: 'inverseDeviation' }>
    const y = new Tensor(node({ op: 'standardise', epsilon }, [x!.node], x!.shape, x!.dtype))
    return [
      y.mul(
        g
          .mul(inverse)
          .mul(inverse)
          .mul(-1 / x!.shape.at(-1)!),
      ),
    ]
  },
  concat: (out, g, inputs) => {
    const { axis } = out.node.primitive as Extract<Primitive, { op: 'concat' }>
    let from = 0
    return inputs.map((part) => {
      const piece = g.slice(axis, from, from + part.shape[axis]!)
      from += part.shape[axis]!
      return piece
    })
  },
  transpose: (out, g) => {
    const { permutation } = out.node.primitive as Extract<Primitive, { op: 'transpose' }>
    return [g.transpose(permutation.map((_, axis) => permutation.indexOf(axis)))]
  },
  pad: (out, g, [x]) => {
    const { before } = out.node.primitive as Extract<Primitive, { op: 'pad' }>
    return [
      sliced(
        g,
        before,
        x!.shape.map((length, axis) => before[axis]! + length),
        before.map(() => 1),
      ),
    ]
  },
  gather: (_, g, [table, indices]) => [
    new Tensor(node({ op: 'scatterAdd' }, [g.node, indices!.node], table!.shape, g.dtype)),
    undefined,
  ],
  scatterAdd: (_, g, [, indices]) => [
    new Tensor(
      node({ op: 'gather' }, [g.node, indices!.node], [...indices!.shape, ...g.shape.slice(1)], g.dtype),
    ),
    undefined,
  ],
  takeLast: (_, g, [x, indices]) => [
    new Tensor(node({ op: 'putLast' }, [g.node, indices!.node], x!.shape, g.dtype)),
    undefined,
  ],
  putLast: (_, g, [, indices]) => [takeLast(g, indices!), undefined],
  cumulativeSum: (out, g) => {
    const { reverse } = out.node.primitive as Extract<Primitive, { op: 'cumulativeSum' }>
    return [new Tensor(node({ op: 'cumulativeSum', reverse: !reverse }, [g.node], g.shape, g.dtype))]
  },
  reduce: (out, g, [x]) => {
    const { kind, axes } = out.node.primitive as Extract<Primitive, { op: 'reduce' }>
    if (kind === 'sum') return [g.broadcast(x!.shape)]
    const count = axes.reduce((product, axis) => product * x!.shape[axis]!, 1)
    if (kind === 'mean') return [g.mul(1 / count).broadcast(x!.shape)]
    // The gradient of an extreme is shared by all entries that reach it.
    const reached = x!.equal(out).cast(g.dtype)
    return [reached.mul(g.div(reached.sum(axes, true)))]
  },
  matmul: (out, g, [a, b]) => {
    const { transposeLeft, transposeRight } = out.node.primitive as Extract<Primitive, { op: 'matmul' }>
    const left = transposeLeft ? matmul(b!, g, transposeRight, true) : matmul(g, b!, false, !transposeRight)
    const right = transposeRight ? matmul(g, a!, true, transposeLeft) : matmul(a!, g, !transposeLeft, false)
    return [left, right]
  },
  convolution: (out, g, [x, weight]) => {
    const { strides, padding } = out.node.primitive as Extract<Primitive, { op: 'convolution' }>
    return [
      inputGradient(g, weight!, x!.shape, strides, padding),
      weightGradient(x!, g, weight!.shape, strides, padding),
    ]
  },
  convolutionTranspose: (out, g, [x, weight]) => {
    const { strides, padding } = out.node.primitive as Extract<Primitive, { op: 'convolutionTranspose' }>
    const forward = new Tensor(
      node(
        { op: 'convolution', strides, padding, dilations: [1, 1] },
        [g.node, weight!.node],
        x!.shape,
        g.dtype,
      ),
    )
    return [forward, weightGradient(g, x!, weight!.shape, strides, padding)]
  },
}

/** g where a < b, half of it where they are equal. */
function chosen(g: Tensor, a: Tensor, b: Tensor): Tensor {
  return where(a.less(b), g, where(a.equal(b), g.mul(0.5), 0))
}

/** The gradient of a convolution's weights: products of what the kernel saw with the output's gradient. */
function weightGradient(
  x: Tensor,
  g: Tensor,
  weight: Shape,
  strides: readonly [number, number],
  padding: readonly [number, number, number, number],
): Tensor {
  const [outputs, inputs, kh, kw] = weight as readonly [number, number, number, number]
  if (strides.some((stride) => stride !== 1))
    return matmul(...stridedRows(x, g, kh, kw, strides, padding))
      .reshape([kh * kw, inputs, outputs])
      .transpose([2, 1, 0])
      .reshape(weight)
  return matmul(...shiftedRows(x, g, kh, kw, padding), false, true)
    .reshape([kh, inputs, kw, outputs])
    .transpose([3, 1, 0, 2])
}

/**
 * For stride 1: both sides on the grid of the padded image, channel by channel, the gradient's rows behind zeros. A step
 * of the kernel is then a shift of whole rows; steps down shift the image, [kh·inputs, places], and steps to the right
 * shift the gradient the other way, [kw·outputs, places], so that one product holds every pair of them.
 */
function shiftedRows(
  x: Tensor,
  g: Tensor,
  kh: number,
  kw: number,
  [top, left, bottom, right]: readonly [number, number, number, number],
): [seen: Tensor, errors: Tensor] {
  // The last shift ends in the rows below the gradient: a kernel of one row has none of its own.
  const extra = kh === 1 && kw > 1 ? 1 : 0
  const channels = pad(x.transpose([1, 0, 2, 3]), [0, 0, top, left], [0, 0, bottom + extra, right])
  const width = channels.shape[3]!
  const image = channels.reshape([channels.shape[0]!, -1])
  const below = kh - 1 + extra
  const places = image.shape[1]! - below * width
  const error = pad(g.transpose([1, 0, 2, 3]), [0, 0, 0, kw - 1], [0, 0, below, 0]).reshape([g.shape[1]!, -1])
  const seen = Array.from({ length: kh }, (_, row) => image.slice(1, row * width, row * width + places))
  const errors = Array.from({ length: kw }, (_, column) =>
    error.slice(1, kw - 1 - column, kw - 1 - column + places),
  )
  return [concat(seen), concat(errors)]
}

/** The same for larger strides, where each place of the kernel saw every so many-th row and column. */
function stridedRows(
  x: Tensor,
  g: Tensor,
  kh: number,
  kw: number,
  strides: readonly [number, number],
  [top, left, bottom, right]: readonly [number, number, number, number],
): [seen: Tensor, errors: Tensor] {
  const channels = pad(x.transpose([1, 0, 2, 3]), [0, 0, top, left], [0, 0, bottom, right])
  const end = (from: number, count: number, stride: number): number => from + (count - 1) * stride + 1
  const seen = Array.from({ length: kh * kw }, (_, place) => {
    const [row, column] = [Math.floor(place / kw), place % kw]
    return sliced(
      channels,
      [0, 0, row, column],
      [
        ...channels.shape.slice(0, 2),
        end(row, g.shape[2]!, strides[0]),
        end(column, g.shape[3]!, strides[1]),
      ],
      [1, 1, ...strides],
    ).reshape([channels.shape[0]!, -1])
  })
  return [concat(seen), g.transpose([0, 2, 3, 1]).reshape([-1, g.shape[1]!])]
}

/** The gradient of a convolution's input. */
function inputGradient(
  g: Tensor,
  weight: Tensor,
  shape: Shape,
  strides: readonly [number, number],
  padding: readonly [number, number, number, number],
): Tensor {
  const [kh, kw] = [weight.shape[2]!, weight.shape[3]!]
  const around = padding.map((own, side) => (side % 2 === 0 ? kh : kw) - 1 - own)
  // At stride 1 it is a convolution by the turned kernel, which has the faster kernel.
  if (strides.every((stride) => stride === 1) && around.every((own) => own >= 0)) {
    const turned = flip(flip(weight.transpose([1, 0, 2, 3]), 2), 3)
    return new Tensor(
      node(
        {
          op: 'convolution',
          strides: [1, 1],
          padding: around as [number, number, number, number],
          dilations: [1, 1],
        },
        [g.node, turned.node],
        shape,
        g.dtype,
      ),
    )
  }
  return new Tensor(
    node({ op: 'convolutionTranspose', strides, padding }, [g.node, weight.node], shape, g.dtype),
  )
}

/** Nodes from which a result is computed, each after its inputs. */
export function inOrder(roots: readonly Node[]): Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  const stack: { of: Node; next: number }[] = []
  for (const root of roots) {
    if (seen.has(root)) continue
    seen.add(root)
    stack.push({ of: root, next: 0 })
    while (stack.length > 0) {
      const top = stack.at(-1)!
      const child = top.of.inputs[top.next++]
      if (child === undefined) {
        order.push(top.of)
        stack.pop()
      } else if (!seen.has(child)) {
        seen.add(child)
        stack.push({ of: child, next: 0 })
      }
    }
  }
  return order
}

/**
 * Gradients of a scalar with respect to tensors; zeros for one that it does not depend on.
 *
 * @throws GuerdonError ARGUMENT_INVALID when the value is no scalar, or when a primitive has no derivative
 */
export function gradients(value: Tensor, of: readonly Tensor[]): Tensor[] {
  if (value.size !== 1)
    throw new GuerdonError('ARGUMENT_INVALID', `gradients of a tensor of shape [${value.shape}]`, {
      expected: 'a single number, for example a mean',
    })
  const order = inOrder([value.node])
  const wanted = new Set(of.map(({ node: own }) => own))
  // Only what lies between the wanted tensors and the value is visited.
  const depends = new Set<Node>()
  for (const own of order)
    if (wanted.has(own) || own.inputs.some((child) => depends.has(child))) depends.add(own)
  const found = new Map<Node, Tensor>([[value.node, full(value.shape, 1, value.dtype)]])
  const pieces = new Map<Node, Piece[]>()
  const add = (to: Node, part: Tensor): void => {
    const before = found.get(to)
    found.set(to, before === undefined ? part : before.add(part))
  }
  for (const own of order.reverse()) {
    const parts = pieces.get(own)
    if (parts !== undefined) add(own, joined(parts, own.shape))
    const gradient = found.get(own)
    if (gradient === undefined || own.inputs.length === 0 || !depends.has(own)) continue
    if (own.primitive.op === 'slice') {
      const [child] = own.inputs
      if (!depends.has(child!)) continue
      const waiting = pieces.get(child!)
      const piece = { gradient, of: own.primitive }
      if (waiting === undefined) pieces.set(child!, [piece])
      else waiting.push(piece)
      continue
    }
    const rule = rules[own.primitive.op]
    if (rule === undefined)
      // Comparisons, indices and logical operations are constant almost everywhere.
      continue
    if (!own.dtype.startsWith('float')) continue
    const inputs = own.inputs.map((child) => new Tensor(child))
    rule(new Tensor(own), gradient, inputs).forEach((part, index) => {
      const child = own.inputs[index]!
      if (part === undefined || !depends.has(child)) return
      add(child, unbroadcast(part, child.shape))
    })
  }
  return of.map((tensor) => found.get(tensor.node) ?? full(tensor.shape, 0, tensor.dtype))
}

/** A function's value and its gradients with respect to named tensors. */
export function valueAndGradients<Names extends string>(
  loss: (parameters: Readonly<Record<Names, Tensor>>) => Tensor,
  parameters: Readonly<Record<Names, Tensor>>,
): { readonly value: Tensor; readonly gradients: Record<Names, Tensor> } {
  const names = Object.keys(parameters) as Names[]
  const value = loss(parameters)
  const list = gradients(
    value,
    names.map((name) => parameters[name]),
  )
  return {
    value,
    gradients: Object.fromEntries(names.map((name, index) => [name, list[index]!])) as Record<Names, Tensor>,
  }
}
