/** Rows of a file that is one JSON array, streamed: elements are cut out by their brackets and parsed one by one. */
import { isUtf8 } from 'node:buffer'
import { GuerdonError } from '../error.ts'
import {
  batchBytes,
  defaultBatchSize,
  longestRow,
  notJson,
  notUtf8,
  type ReadRowsOptions,
  type Row,
  refuseRow,
  tooLong,
} from './row.ts'

const quote = 34
const backslash = 92
const comma = 44
const openList = 91
const closeList = 93
const openObject = 123
const closeObject = 125
const newline = 10

/** Where the scan stands: before the array's bracket, between elements, inside one, or behind the array. */
type Place = 'before' | 'between' | 'inside' | 'behind'

function broken(file: string, line: number, what: string): GuerdonError {
  return new GuerdonError('DATA_NOT_JSON', what, {
    where: { file, line },
    expected: 'one JSON array of rows',
  })
}

/**
 * Streams the elements of a JSON array in batches; `line` is where an element begins.
 *
 * @throws GuerdonError DATA_NOT_JSON for an element that is no JSON (unless `skipInvalid`), for text around the array
 *   and for an array that ends early
 */
export async function* readJsonArray(
  chunks: AsyncIterable<Buffer>,
  file: string,
  options: ReadRowsOptions = {},
): AsyncGenerator<Row[]> {
  const batchSize = options.batchSize ?? defaultBatchSize
  let toPass = options.start ?? 0
  let batch: Row[] = []
  let bytes = 0
  let place = 'before' as Place
  let depth = 0
  let inString = false
  let escaped = false
  let line = 1
  let startLine = 1
  let afterComma = false
  let parts: Buffer[] = []
  let carried = 0
  let first = true

  function finish(chunk: Buffer, from: number, to: number): void {
    const length = carried + to - from
    if (carried <= longestRow) parts.push(chunk.subarray(from, to))
    const element = carried <= longestRow ? Buffer.concat(parts) : chunk
    parts = []
    carried = 0
    if (toPass > 0) {
      toPass--
      return
    }
    if (length > longestRow) refuseRow(tooLong(file, startLine), options)
    else if (!isUtf8(element)) refuseRow(notUtf8(file, startLine), options)
    else parse(element.toString('utf8'))
  }

  function parse(text: string): void {
    try {
      batch.push({ value: JSON.parse(text), line: startLine })
      bytes += text.length
    } catch (cause) {
      refuseRow(notJson(text, cause, file, startLine), options)
    }
  }

  for await (const chunk of chunks) {
    let at = first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0
    first = false
    let from = at
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (inString) {
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) inString = false
        continue
      }
      if (byte === newline) line++
      if (place === 'inside') {
        if (byte === quote) inString = true
        else if (byte === openObject || byte === openList) depth++
        else if (depth > 0 && (byte === closeObject || byte === closeList)) depth--
        else if (depth === 0 && (byte === comma || byte === closeList)) {
          finish(chunk, from, at)
          place = byte === comma ? 'between' : 'behind'
          afterComma = byte === comma
          if (batch.length >= batchSize || bytes >= batchBytes) {
            yield batch
            batch = []
            bytes = 0
          }
        }
        continue
      }
      if (byte === 32 || byte === newline || byte === 13 || byte === 9) continue
      if (place === 'behind') throw broken(file, line, 'text follows the array')
      if (place === 'before') {
        if (byte !== openList) throw broken(file, line, 'does not begin with [')
        place = 'between'
      } else if (byte === closeList) {
        if (afterComma) throw broken(file, line, 'a comma stands before ]')
        place = 'behind'
      } else if (byte === comma) {
        throw broken(file, line, 'an element is missing before a comma')
      } else {
        place = 'inside'
        from = at
        startLine = line
        if (byte === quote) inString = true
        else if (byte === openObject || byte === openList) depth = 1
      }
    }
    if (place === 'inside') {
      if (carried <= longestRow) parts.push(chunk.subarray(from))
      carried += chunk.length - from
    }
  }
  // An empty file is an empty file in every format, and said so where the rows are counted.
  if (place !== 'before' && place !== 'behind') throw broken(file, line, 'the array ends early, without ]')
  if (batch.length > 0) yield batch
}
