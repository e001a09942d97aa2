/** What the two ends of an ONNX session's thread say to each other. Everything here survives a structured clone. */

/** Types of tensors that models of text take and give; `float16` travels as its 16 bits. */
export type TensorType = 'float32' | 'float16' | 'int64' | 'int32' | 'bool'

export interface TensorMessage {
  readonly type: TensorType
  readonly dims: readonly number[]
  readonly data: Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array
}

/** An input or output as the model declares it; a dimension that is open is its name, or −1. */
export interface TensorPort {
  readonly name: string
  readonly type: string
  readonly dims: readonly (number | string)[]
}

/** What becomes of an output in the session's thread, so that little travels. */
export type Reduction =
  /** the output as numbers */
  | { readonly kind: 'none' }
  /** rows × tokens × width → rows × width over the first `lengths[row]` tokens */
  | { readonly kind: 'pool'; readonly how: 'mean' | 'cls' | 'last'; readonly lengths: Int32Array }
  /**
   * rows × tokens × vocabulary → log-probabilities of `targets` after their positions: of row r those from
   * `offsets[r]` to `offsets[r + 1]`; the first of them is foretold at position `starts[r]`
   */
  | {
      readonly kind: 'log-probabilities'
      readonly offsets: Int32Array
      readonly starts: Int32Array
      readonly targets: Int32Array
    }

export interface SessionSetup {
  /** absolute path of the ONNX file */
  readonly path: string
  readonly threads: number
}

export interface RunRequest {
  readonly id: number
  readonly feeds: Readonly<Record<string, TensorMessage>>
  readonly output: string
  readonly reduction: Reduction
}

export type SessionRequest = { readonly kind: 'run'; readonly run: RunRequest } | { readonly kind: 'close' }

export type SessionReply =
  | {
      readonly kind: 'ready'
      readonly inputs: readonly TensorPort[]
      readonly outputs: readonly TensorPort[]
    }
  | { readonly kind: 'unusable'; readonly reason: string; readonly packageMissing: boolean }
  | {
      readonly kind: 'done'
      readonly id: number
      readonly dims: readonly number[]
      readonly data: Float64Array
    }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
