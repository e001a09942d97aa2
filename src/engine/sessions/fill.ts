/** Turns feeds into values: gathers rows of tables, draws noise. */

import { closeSync, openSync, readSync } from 'node:fs'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import type { HostTensor } from '../host-tensor.ts'
import { arrayOf, type NumberArray, type Shape, sizeOf } from '../node.ts'
import type { Feed, FileTable, Noise, Table } from './session.ts'

export type Tables = Readonly<Record<string, Table>>

/** Files of tables, opened when first read; a session that closes closes its own. */
const files = new Map<string, number>()

function fileOf(path: string): number {
  let file = files.get(path)
  if (file === undefined) {
    file = openSync(path, 'r')
    files.set(path, file)
  }
  return file
}

/** Closes the files of tables. One that another session of the thread still reads is opened again when it does. */
export function releaseTables(tables: Tables): void {
  for (const table of Object.values(tables)) {
    if (!('path' in table)) continue
    const file = files.get(table.path)
    if (file === undefined) continue
    files.delete(table.path)
    closeSync(file)
  }
}

/** Copies one row of a file; the operating system keeps what is read often. */
function readRow(table: FileTable, row: number, bytes: Uint8Array, at: number, length: number): void {
  const place = (table.rows === undefined ? row : table.rows[row]!) * length
  const read = readSync(fileOf(table.path), bytes, at, length, place)
  if (read !== length)
    throw new GuerdonError('DATA_FIELD_INVALID', `ends inside row ${row}`, { where: { file: table.path } })
}

/** Rows of a table, one after another. @throws GuerdonError ARGUMENT_INVALID for a row that does not exist */
export function rowsOf(table: Table, rows: Int32Array, name = 'table'): HostTensor {
  const count = table.shape[0]!
  const width = sizeOf(table.shape.slice(1))
  const values = arrayOf(table.dtype, rows.length * width)
  const bytes = new Uint8Array(values.buffer)
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    if (!(row >= 0 && row < count))
      throw new GuerdonError('ARGUMENT_INVALID', `${name} has no row ${row}`, {
        expected: `0 to ${count - 1}`,
      })
    if ('path' in table) readRow(table, row, bytes, 4 * index * width, 4 * width)
    else if (width === 1) values[index] = table.values[row]!
    else values.set(table.values.subarray(row * width, row * width + width), index * width)
  }
  return { shape: [rows.length, ...table.shape.slice(1)], dtype: table.dtype, values }
}

function draw(stream: RandomStream, noise: Noise, values: NumberArray): void {
  const size = values.length
  if (noise === 'normal') for (let i = 0; i < size; i++) values[i] = stream.normal()
  else if (noise === 'uniform') for (let i = 0; i < size; i++) values[i] = stream.uniform()
  else if (noise === 'gumbel')
    for (let i = 0; i < size; i++) values[i] = -Math.log(-Math.log(1 - stream.uniform()))
  // Dropout's mask: 1/keep with probability keep, else 0, so that the mean is 1.
  else for (let i = 0; i < size; i++) values[i] = stream.uniform() < noise.keep ? 1 / noise.keep : 0
}

/** The values of one feed. */
export function filled(feed: Feed, name: string, tables: Tables, seed: number): HostTensor {
  if ('values' in feed) return feed
  if ('table' in feed) {
    const table = tables[feed.table]
    if (table === undefined)
      throw new GuerdonError('ARGUMENT_INVALID', `the session holds no table "${feed.table}"`, {
        where: { field: name },
        expected: Object.keys(tables).join(', ') || 'tables',
      })
    return rowsOf(table, feed.rows, feed.table)
  }
  const shape: Shape = feed.shape
  const dtype = feed.dtype ?? 'float32'
  const values = arrayOf(dtype, sizeOf(shape))
  draw(new RandomStream(seed).derive(feed.stream), feed.noise, values)
  return { shape, dtype, values }
}
