/**
 * A session holds a program's state between runs and runs its functions: in this thread or in a worker, with ONNX
 * Runtime or with jax-js. Training keeps parameters and optimiser states here, so that a step moves only its batch.
 */
import type { Graph } from '../graph.ts'
import type { HostTensor, Parameters } from '../host-tensor.ts'
import type { Dtype, Shape } from '../node.ts'
import type { Device } from './device.ts'

/** Which library computes. `reference` is jax-js's plain CPU back end: slow, in double precision where asked. */
export type BackEnd = 'onnx' | 'wasm' | 'reference'

/** Rows that stay in a file because they are many: raw little-endian values, row after row. */
export interface FileTable {
  readonly path: string
  readonly shape: Shape
  readonly dtype: 'float32'
  /** the file's row behind each of the table's; all in order when absent */
  readonly rows?: Int32Array
}

export type Table = HostTensor | FileTable

/** What one input of a run is filled with. */
export type Feed =
  | HostTensor
  /** rows of a table that the session holds */
  | { readonly table: string; readonly rows: Int32Array }
  /** drawn from the session's stream of this name: the same for the same seed, name and step */
  | { readonly noise: Noise; readonly shape: Shape; readonly dtype?: Dtype; readonly stream: string }

export type Noise = 'normal' | 'uniform' | 'gumbel' | { readonly keep: number }

/** A function that a session can run: its graph, and which outputs replace which states. */
export interface SessionFunction {
  readonly graph: Graph
  /** output name → state name: the output is kept as the state's next value and not returned */
  readonly updates?: Readonly<Record<string, string>>
}

export interface SessionContents {
  readonly functions: Readonly<Record<string, SessionFunction>>
  /** inputs of this name are taken from the state */
  readonly state: Parameters
  readonly tables?: Readonly<Record<string, Table>>
  readonly seed?: number
}

export interface SessionOptions {
  readonly backEnd?: BackEnd | 'auto'
  /** threads of ONNX Runtime; by default 1, or 2 for steps of more than about 3 GFLOP */
  readonly threads?: number
  /** what ONNX Runtime computes on; a device other than the CPU must first agree with it on a small product */
  readonly device?: Device
}

export interface Session {
  readonly backEnd: BackEnd
  /** Runs a function once; returns the outputs that are no updates. */
  run(name: string, feeds: Readonly<Record<string, Feed>>): Promise<Record<string, HostTensor>>
  /** Runs a function many times; returns the named scalar outputs of every run, one array each. */
  runMany(
    name: string,
    feeds: readonly Readonly<Record<string, Feed>>[],
    scalars: readonly string[],
  ): Promise<Record<string, Float64Array>>
  /** Copies of the states. */
  state(): Promise<Parameters>
  setState(state: Parameters): Promise<void>
  close(): Promise<void>
}
