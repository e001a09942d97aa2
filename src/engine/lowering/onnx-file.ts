/** The ONNX file format, as much of it as a graph of ours needs: messages of onnx.proto3, written field by field. */
import { PbfWriter } from 'pbf'

/** onnx.proto3, TensorProto.DataType */
export const ELEMENT_TYPES = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const
export type ElementType = keyof typeof ELEMENT_TYPES

export interface OnnxTensor {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  /** little-endian, row-major */
  readonly bytes: Uint8Array
}

/** A number is a whole one; `float` marks a 32-bit floating-point attribute. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number }
export const float = (value: number): OnnxAttribute => ({ float: value })

export interface OnnxNode {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
  readonly domain?: string
}

export interface OnnxValue {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly initialisers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

const IR_VERSION = 9
const OPERATOR_SET = 18

function writeTensor({ name, type, shape, bytes }: OnnxTensor, out: PbfWriter): void {
  out.writePackedVarint(1, [...shape])
  out.writeVarintField(2, ELEMENT_TYPES[type])
  out.writeStringField(8, name)
  out.writeBytesField(9, bytes)
}

/** AttributeProto: type 1 is a floating-point number, 2 a whole number, 3 a string, 7 whole numbers. */
function writeAttribute([name, value]: readonly [string, OnnxAttribute], out: PbfWriter): void {
  out.writeStringField(1, name)
  if (typeof value === 'number') {
    out.writeVarintField(3, value)
    out.writeVarintField(20, 2)
  } else if (typeof value === 'string') {
    out.writeBytesField(4, new TextEncoder().encode(value))
    out.writeVarintField(20, 3)
  } else if ('float' in value) {
    out.writeFloatField(2, value.float)
    out.writeVarintField(20, 1)
  } else {
    for (const entry of value) out.writeVarintField(8, entry)
    out.writeVarintField(20, 7)
  }
}

function writeNode({ operator, inputs, outputs, attributes, domain }: OnnxNode, out: PbfWriter): void {
  for (const name of inputs) out.writeStringField(1, name)
  for (const name of outputs) out.writeStringField(2, name)
  out.writeStringField(4, operator)
  for (const entry of Object.entries(attributes)) out.writeMessage(5, writeAttribute, entry)
  if (domain !== undefined) out.writeStringField(7, domain)
}

function writeValue({ name, type, shape }: OnnxValue, out: PbfWriter): void {
  out.writeStringField(1, name)
  // TypeProto { tensor_type { elem_type, shape { dim { dim_value } } } }
  out.writeMessage(
    2,
    (_: null, message: PbfWriter) =>
      message.writeMessage(
        1,
        (__: null, tensor: PbfWriter) => {
          tensor.writeVarintField(1, ELEMENT_TYPES[type])
          tensor.writeMessage(
            2,
            (___: null, dimensions: PbfWriter) => {
              for (const length of shape)
                dimensions.writeMessage(
                  1,
                  (size: number, one: PbfWriter) => one.writeVarintField(1, size),
                  length,
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

function writeGraph({ nodes, initialisers, inputs, outputs }: OnnxGraph, out: PbfWriter): void {
  for (const entry of nodes) out.writeMessage(1, writeNode, entry)
  out.writeStringField(2, 'guerdon')
  for (const entry of initialisers) out.writeMessage(5, writeTensor, entry)
  for (const entry of inputs) out.writeMessage(11, writeValue, entry)
  for (const entry of outputs) out.writeMessage(12, writeValue, entry)
}

/** The bytes of an ONNX model of one graph. */
export function onnxFile(graph: OnnxGraph): Uint8Array {
  const out = new PbfWriter()
  out.writeVarintField(1, IR_VERSION)
  out.writeStringField(2, 'guerdon')
  out.writeMessage(7, writeGraph, graph)
  for (const [domain, version] of [
    ['', OPERATOR_SET],
    ['com.microsoft', 1],
  ] as const) {
    out.writeMessage(
      8,
      (_: null, message: PbfWriter) => {
        message.writeStringField(1, domain)
        message.writeVarintField(2, version)
      },
      null,
    )
  }
  return out.finish()
}
