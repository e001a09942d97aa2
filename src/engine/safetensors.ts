/** The safetensors file format: named tensors and text metadata in one file that can be read without executing anything. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { GuerdonError } from '../records/error.ts'
import type { HostTensor, Parameters } from './host-tensor.ts'
import { arrayOf, type Dtype, sizeOf } from './node.ts'

const CODES: Readonly<Record<Dtype, string>> = { float32: 'F32', float64: 'F64', int32: 'I32', bool: 'BOOL' }
const DTYPES = new Map(Object.entries(CODES).map(([dtype, code]) => [code, dtype as Dtype]))

export interface Safetensors {
  readonly tensors: Parameters
  readonly metadata: Readonly<Record<string, string>>
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly number[]
}

const isLengths = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0)

/** The bytes of a file: header length (8 bytes, little-endian), JSON header padded to a multiple of 8, data. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {}
  let offset = 0
  // Eight-byte types first, so that every tensor starts at a multiple of its own width.
  const width = ({ values }: HostTensor): number => values.BYTES_PER_ELEMENT
  const names = Object.keys(tensors).sort(
    (a, b) => width(tensors[b]!) - width(tensors[a]!) || (a < b ? -1 : a > b ? 1 : 0),
  )
  for (const name of names) {
    const { dtype, shape, values } = tensors[name]!
    header[name] = { dtype: CODES[dtype], shape, data_offsets: [offset, offset + values.byteLength] }
    offset += values.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + length + offset)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.fill(32, 8, 8 + length)
  bytes.set(text, 8)
  let at = 8 + length
  for (const name of names) {
    const { values } = tensors[name]!
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return bytes
}

/** @throws GuerdonError DATA_FIELD_INVALID for a file that is cut off, damaged, or holds a type that is not known */
export function decodeSafetensors(bytes: Uint8Array, file?: string): Safetensors {
  const damaged = (what: string): GuerdonError =>
    new GuerdonError('DATA_FIELD_INVALID', what, { where: { file }, expected: 'a whole safetensors file' })
  if (bytes.length < 8) throw damaged('is too short for a header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Number(view.getBigUint64(0, true))
  if (length > bytes.length - 8) throw damaged(`holds ${bytes.length} bytes, its header alone ${length}`)
  let header: Record<string, unknown>
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)))
  } catch {
    throw damaged('has a header that is no JSON')
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw damaged('has a header that names no tensors')
  const data = bytes.subarray(8 + length)
  const { __metadata__: metadata = {}, ...entries } = header
  const tensors: Record<string, HostTensor> = {}
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype: code, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>
    if (!isLengths(shape) || !isLengths(offsets) || offsets.length !== 2)
      throw damaged(`describes "${name}" without a shape or place`)
    const dtype = DTYPES.get(String(code))
    if (dtype === undefined) throw damaged(`holds "${name}" as ${code}, which is not read`)
    const [from, to] = offsets as [number, number]
    const size = sizeOf(shape)
    if (to > data.length || to - from !== size * arrayOf(dtype, 0).BYTES_PER_ELEMENT)
      throw damaged(`is cut off inside "${name}"`)
    const values = arrayOf(dtype, size)
    new Uint8Array(values.buffer).set(data.subarray(from, to))
    tensors[name] = { shape, dtype, values }
  }
  return { tensors, metadata: metadata as Record<string, string> }
}

/**
 * Writes a file in one step: a crash leaves the old file or the new one, never a part.
 * @throws GuerdonError FILE_MISSING when it cannot be written
 */
export function writeSafetensors(path: string, contents: Safetensors): void {
  writeWhole(path, encodeSafetensors(contents))
}

/**
 * Writes bytes under a temporary name, flushes them to the disk, then renames.
 * @throws GuerdonError FILE_MISSING when the folder is not there or not writable
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.partial`
  try {
    const file = openSync(temporary, 'w')
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new GuerdonError('FILE_MISSING', 'cannot be written', { where: { file: path }, cause: error })
  }
  // The rename itself must survive a power cut; not every file system lets a directory be flushed.
  try {
    const directory = openSync(dirname(path), 'r')
    fsyncSync(directory)
    closeSync(directory)
  } catch {}
}

/** @throws GuerdonError FILE_MISSING; DATA_FIELD_INVALID */
export function readSafetensors(path: string): Safetensors {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new GuerdonError('FILE_MISSING', 'cannot be read', { where: { file: path }, cause: error })
  }
  return decodeSafetensors(bytes, path)
}
