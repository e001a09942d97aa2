/** Rows of a JSONL file, one JSON value a line, at the speed of JSON.parse. */
import { isAscii, isUtf8 } from 'node:buffer'
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

const newline = 10

/** Turns lines into rows; holds what lives from one chunk to the next: the line count and the unfinished batch. */
class LineParser {
  readonly file: string
  readonly options: ReadRowsOptions
  line = 0
  batch: Row[] = []
  bytes = 0
  #toPass: number

  constructor(file: string, options: ReadRowsOptions) {
    this.file = file
    this.options = options
    this.#toPass = options.start ?? 0
  }

  /** Reads one line; `encoding` is latin1 when its chunk is plain ASCII, utf8 when it is known to be sound UTF-8. */
  add(chunk: Buffer, from: number, to: number, encoding: 'latin1' | 'utf8' | undefined): void {
    this.line++
    const tooBig = to - from > longestRow
    // Rows begin with { or [: only lines that begin otherwise can be blank.
    if (!tooBig && (to === from || chunk[from]! <= 32) && isBlank(chunk, from, to)) return
    if (this.#toPass > 0) {
      this.#toPass--
      return
    }
    if (tooBig) {
      refuseRow(tooLong(this.file, this.line), this.options)
    } else if (encoding === undefined && !isUtf8(chunk.subarray(from, to))) {
      refuseRow(notUtf8(this.file, this.line), this.options)
    } else {
      this.#parse(chunk.toString(encoding ?? 'utf8', from, to))
      this.bytes += to - from
    }
  }

  #parse(text: string): void {
    try {
      this.batch.push({ value: JSON.parse(text), line: this.line })
    } catch (cause) {
      refuseRow(notJson(text, cause, this.file, this.line), this.options)
    }
  }

  take(): Row[] {
    const full = this.batch
    this.batch = []
    this.bytes = 0
    return full
  }
}

function isBlank(chunk: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = chunk[at]!
    if (byte !== 32 && byte !== 9 && byte !== 13) return false
  }
  return true
}

/**
 * Streams the rows of JSONL bytes in batches. Blank lines are passed over, a byte order mark, CRLF and a missing last
 * newline are accepted, lines may be 64 MB long.
 *
 * @throws GuerdonError DATA_NOT_JSON with the line for a line that is no JSON or no UTF-8, unless `skipInvalid`
 */
export async function* readJsonl(
  chunks: AsyncIterable<Buffer>,
  file: string,
  options: ReadRowsOptions = {},
): AsyncGenerator<Row[]> {
  const parser = new LineParser(file, options)
  const batchSize = options.batchSize ?? defaultBatchSize
  let carry: Buffer[] = []
  let carried = 0
  let first = true

  for await (let chunk of chunks) {
    if (first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3)
    first = false
    let from = 0
    if (carried > 0) {
      const end = chunk.indexOf(newline)
      // Beyond the longest row only the length still counts: the bytes need not be kept.
      if (carried <= longestRow) carry.push(end === -1 ? chunk : chunk.subarray(0, end))
      carried += end === -1 ? chunk.length : end
      if (end === -1) continue
      if (carried > longestRow) parser.add(chunk, 0, carried, undefined)
      else parser.add(Buffer.concat(carry, carried), 0, carried, undefined)
      carry = []
      carried = 0
      from = end + 1
    }
    const last = chunk.lastIndexOf(newline)
    const whole = chunk.subarray(from, Math.max(from, last + 1))
    const encoding = isAscii(whole) ? 'latin1' : isUtf8(whole) ? 'utf8' : undefined
    while (from <= last) {
      const end = chunk.indexOf(newline, from)
      parser.add(chunk, from, end, encoding)
      from = end + 1
      if (parser.batch.length >= batchSize || parser.bytes >= batchBytes) yield parser.take()
    }
    if (from < chunk.length) {
      carry.push(chunk.subarray(from))
      carried = chunk.length - from
    }
  }
  if (carried > longestRow) parser.add(carry[0]!, 0, carried, undefined)
  else if (carried > 0) parser.add(Buffer.concat(carry, carried), 0, carried, undefined)
  if (parser.batch.length > 0) yield parser.take()
}
