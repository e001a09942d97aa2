/** The lines of a JSONL file as they are written, so that what is not changed can be written again byte for byte. */
import { isUtf8 } from 'node:buffer'
import type { GuerdonError } from '../../records/error.ts'
import { byteChunks } from '../../records/formats/byte-chunks.ts'
import { longestRow, notUtf8, tooLong } from '../../records/formats/row.ts'

export interface JsonLine {
  /** the text without its line end; undefined with an error */
  readonly text: string | undefined
  readonly line: number
  readonly error?: GuerdonError
}

const newline = 10
const batchSize = 2048

/** Streams the lines that are not blank; lines of more than 64 MB and lines that are no UTF-8 come as errors. */
export async function* jsonLines(path: string, gzip: boolean): AsyncGenerator<JsonLine[]> {
  let batch: JsonLine[] = []
  let carry: Buffer[] = []
  let carried = 0
  let line = 0

  function read(bytes: Buffer, length: number, sound: boolean): void {
    line++
    if (length > longestRow) {
      batch.push({ text: undefined, line, error: tooLong(path, line) })
      return
    }
    if (!sound && !isUtf8(bytes)) {
      batch.push({ text: undefined, line, error: notUtf8(path, line) })
      return
    }
    let text = bytes.toString('utf8')
    if (line === 1 && text.startsWith('\ufeff')) text = text.slice(1)
    text = text.trim()
    if (text !== '') batch.push({ text, line })
  }

  for await (const chunk of byteChunks(path, gzip)) {
    let from = 0
    const last = chunk.lastIndexOf(newline)
    const sound = isUtf8(chunk.subarray(chunk.indexOf(newline) + 1, last + 1))
    while (from <= last) {
      const end = chunk.indexOf(newline, from)
      if (carried > 0) {
        if (carried <= longestRow) carry.push(chunk.subarray(from, end))
        const whole = carried > longestRow ? chunk : Buffer.concat(carry)
        read(whole, carried + end - from, false)
        carry = []
        carried = 0
      } else read(chunk.subarray(from, end), end - from, from > 0 && sound)
      from = end + 1
      if (batch.length >= batchSize) {
        yield batch
        batch = []
      }
    }
    if (from < chunk.length) {
      // Beyond the longest line only its length still counts.
      if (carried <= longestRow) carry.push(chunk.subarray(from))
      carried += chunk.length - from
    }
  }
  if (carried > 0) read(carried > longestRow ? Buffer.alloc(0) : Buffer.concat(carry), carried, false)
  if (batch.length > 0) yield batch
}
