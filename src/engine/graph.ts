/**
 * A finished program as plain data: nodes in the order of computation, equal ones joined, repetition (broadcasting)
 * postponed until something needs the repeated values, transposes of matrices folded into products.
 */
import { inOrder } from './gradient.ts'
import {
  BINARY,
  broadcastShape,
  COMPARE,
  type Dtype,
  type Node,
  node,
  type Primitive,
  type Shape,
  sameShape,
  UNARY,
} from './node.ts'
import type { Tensor } from './tensor.ts'

export interface GraphNode {
  readonly primitive: Primitive
  readonly inputs: readonly number[]
  readonly shape: Shape
  readonly dtype: Dtype
}

export interface GraphInput {
  readonly name: string
  readonly shape: Shape
  readonly dtype: Dtype
}

/** Survives structured cloning, so that a worker can run it. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly inputs: readonly GraphInput[]
  readonly outputs: readonly { readonly name: string; readonly node: number }[]
}

const elementwise: ReadonlySet<string> = new Set([...UNARY, ...BINARY, ...COMPARE, 'where', 'cast'])

/** Small constants are told apart by value, large ones by identity. */
const SMALL_CONSTANT = 64

class Simplifier {
  readonly #known = new Map<string, Node>()
  readonly #number = new Map<Node, number>()
  readonly #done = new Map<Node, Node>()

  simplify(root: Node): Node {
    for (const own of inOrder([root])) {
      if (this.#done.has(own)) continue
      this.#done.set(
        own,
        this.#rewrite(
          own,
          own.inputs.map((child) => this.#done.get(child)!),
        ),
      )
    }
    return this.#done.get(root)!
  }

  #rewrite(own: Node, inputs: readonly Node[]): Node {
    const { primitive, shape, dtype } = own
    if (primitive.op === 'stop') return inputs[0]!
    if (elementwise.has(primitive.op) && inputs.some(isBroadcast)) {
      const bare = inputs.map((child) => (isBroadcast(child) ? child.inputs[0]! : child))
      const joint = bare.reduce<Shape>((sum, child) => broadcastShape(sum, child.shape), [])
      const inner = this.#intern(node(primitive, bare, joint, dtype))
      return sameShape(joint, shape) ? inner : this.#intern(node({ op: 'broadcast' }, [inner], shape, dtype))
    }
    if (primitive.op === 'broadcast' && isBroadcast(inputs[0]!))
      return this.#intern(node(primitive, inputs[0]!.inputs, shape, dtype))
    if (primitive.op === 'reshape' && inputs[0]!.primitive.op === 'reshape') {
      const source = inputs[0]!.inputs[0]!
      return sameShape(source.shape, shape) ? source : this.#intern(node(primitive, [source], shape, dtype))
    }
    if (primitive.op === 'add') {
      const [a, b] = inputs
      if (b!.primitive.op === 'neg')
        return this.#intern(node({ op: 'sub' }, [a!, b!.inputs[0]!], shape, dtype))
      if (a!.primitive.op === 'neg')
        return this.#intern(node({ op: 'sub' }, [b!, a!.inputs[0]!], shape, dtype))
    }
    if (primitive.op === 'mul') {
      const [a, b] = inputs
      if (isNumber(b!, 1) && sameShape(a!.shape, shape)) return a!
      if (isNumber(a!, 1) && sameShape(b!.shape, shape)) return b!
      // Two factors for all elements are one.
      const [elements, factor] = a!.shape.length === 0 ? [b!, a!] : [a!, b!]
      if (elements.primitive.op === 'mul' && factor.shape.length === 0 && elements.shape.length > 0) {
        const [left, right] = elements.inputs as readonly [Node, Node]
        const [inner, own] = left.shape.length === 0 ? [right, left] : [left, right]
        if (own.shape.length === 0) {
          const joint = this.#intern(node(primitive, [own, factor], [], dtype))
          return this.#intern(node(primitive, [inner, joint], shape, dtype))
        }
      }
    }
    if (primitive.op === 'neg' && inputs[0]!.primitive.op === 'neg') return inputs[0]!.inputs[0]!
    if (primitive.op === 'matmul') {
      const [a, b] = inputs
      const left = swapsLastTwo(a!)
      const right = swapsLastTwo(b!)
      if (left || right) {
        return this.#intern(
          node(
            {
              op: 'matmul',
              transposeLeft: primitive.transposeLeft !== left,
              transposeRight: primitive.transposeRight !== right,
            },
            [left ? a!.inputs[0]! : a!, right ? b!.inputs[0]! : b!],
            shape,
            dtype,
          ),
        )
      }
    }
    return this.#intern(node(primitive, inputs, shape, dtype))
  }

  /** One node for equal computations. */
  #intern(candidate: Node): Node {
    const { primitive } = candidate
    const key =
      primitive.op === 'constant'
        ? primitive.values.length > SMALL_CONSTANT
          ? undefined
          : `constant ${candidate.dtype} [${candidate.shape}] ${Array.from(primitive.values, (value) => (Object.is(value, -0) ? '-0' : value))}`
        : `${JSON.stringify(primitive)} ${candidate.inputs.map((child) => this.#numberOf(child))} [${candidate.shape}] ${candidate.dtype}`
    if (key === undefined) return candidate
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, candidate)
    return candidate
  }

  #numberOf(own: Node): number {
    let found = this.#number.get(own)
    if (found === undefined) {
      found = this.#number.size
      this.#number.set(own, found)
    }
    return found
  }
}

const isBroadcast = (own: Node): boolean => own.primitive.op === 'broadcast'
const isNumber = (own: Node, value: number): boolean =>
  own.primitive.op === 'constant' && own.primitive.values.length === 1 && own.primitive.values[0] === value

function swapsLastTwo({ primitive, shape }: Node): boolean {
  if (primitive.op !== 'transpose') return false
  const { permutation } = primitive
  const rank = shape.length
  return permutation.every(
    (axis, index) => axis === (index === rank - 1 ? rank - 2 : index === rank - 2 ? rank - 1 : index),
  )
}

/** The plain form of a program with named results. Inputs that no result needs are not part of it. */
export function graphOf(outputs: Readonly<Record<string, Tensor>>): Graph {
  const simplifier = new Simplifier()
  const roots = Object.entries(outputs).map(([name, { node: own }]) => ({
    name,
    node: simplifier.simplify(own),
  }))
  const order = inOrder(roots.map(({ node: own }) => own))
  const index = new Map(order.map((own, place) => [own, place]))
  return {
    nodes: order.map(({ primitive, inputs, shape, dtype }) => ({
      primitive,
      inputs: inputs.map((child) => index.get(child)!),
      shape,
      dtype,
    })),
    inputs: order.flatMap(({ primitive, shape, dtype }) =>
      primitive.op === 'input' ? [{ name: primitive.name, shape, dtype }] : [],
    ),
    outputs: roots.map(({ name, node: own }) => ({ name, node: index.get(own)! })),
  }
}
