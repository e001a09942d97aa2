/** Writes small ONNX models for tests, by the wire format of onnx.proto (onnx/onnx, Apache-2.0). */
import { PbfWriter } from 'pbf'

export type Element = 'float32' | 'int32' | 'int64' | 'bool' | 'float16'
const ELEMENTS: Readonly<Record<Element, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 }

export interface Port {
  readonly name: string
  readonly type: Element
  /** a name for a dimension that is open */
  readonly dims: readonly (number | string)[]
}

export interface Constant {
  readonly name: string
  readonly dims: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

export interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** whole numbers only */
  readonly attributes?: Readonly<Record<string, number>>
}

export interface Graph {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly constants: readonly Constant[]
  readonly nodes: readonly Node[]
}

function writePort({ name, type, dims }: Port, out: PbfWriter): void {
  out.writeStringField(1, name)
  out.writeMessage(
    2,
    (_, typeProto) =>
      typeProto.writeMessage(
        1,
        (_, tensor) => {
          tensor.writeVarintField(1, ELEMENTS[type])
          tensor.writeMessage(
            2,
            (_, shape) => {
              for (const size of dims)
                shape.writeMessage(
                  1,
                  (_, dim) => {
                    if (typeof size === 'number') dim.writeVarintField(1, size)
                    else dim.writeStringField(2, size)
                  },
                  null,
                )
            },
            null,
          )
        },
        null,
      ),
    null,
  )
}

function writeConstant({ name, dims, data }: Constant, out: PbfWriter): void {
  for (const size of dims) out.writeVarintField(1, size)
  out.writeVarintField(2, ELEMENTS[data instanceof Float32Array ? 'float32' : 'int64'])
  out.writeStringField(8, name)
  out.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

function writeNode({ op, inputs, outputs, attributes = {} }: Node, out: PbfWriter): void {
  for (const input of inputs) out.writeStringField(1, input)
  for (const output of outputs) out.writeStringField(2, output)
  out.writeStringField(4, op)
  for (const [name, value] of Object.entries(attributes)) {
    out.writeMessage(
      5,
      (_, attribute) => {
        attribute.writeStringField(1, name)
        attribute.writeVarintField(3, value)
        attribute.writeVarintField(20, 2)
      },
      null,
    )
  }
}

/** The bytes of a model of opset 17. */
export function onnxBytes({ inputs, outputs, constants, nodes }: Graph): Uint8Array {
  const out = new PbfWriter()
  out.writeVarintField(1, 8)
  out.writeMessage(
    7,
    (_, graph) => {
      for (const node of nodes) graph.writeMessage(1, writeNode, node)
      graph.writeStringField(2, 'tiny')
      for (const constant of constants) graph.writeMessage(5, writeConstant, constant)
      for (const input of inputs) graph.writeMessage(11, writePort, input)
      for (const output of outputs) graph.writeMessage(12, writePort, output)
    },
    null,
  )
  out.writeMessage(8, (_, opset) => opset.writeVarintField(2, 17), null)
  return out.finish()
}
