/**
 * Bytes to JSON, with a sentence that says where it breaks. Nesting is bounded before anything recursive sees it, and
 * no error repeats the client's text.
 */
import { isUtf8 } from 'node:buffer'
import { GuerdonError } from '../../records/error.ts'
import { firstJsonFault } from './json-fault.ts'

/** More levels than any protocol has, fewer than any recursive validator or serialiser needs to overflow. */
const MAXIMUM_DEPTH = 256

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Parses a body. A byte order mark is skipped; an empty body is no JSON.
 * @throws GuerdonError DATA_NOT_JSON with the position (bytes count from 0, lines and columns from 1)
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) {
    throw new GuerdonError('DATA_NOT_JSON', 'the body is empty', { expected: 'JSON' })
  }
  if (!isUtf8(bytes)) {
    throw new GuerdonError('DATA_NOT_JSON', `the body is not UTF-8 from byte ${firstInvalidByte(bytes)} on`, {
      expected: 'JSON in UTF-8',
    })
  }
  checkDepth(bytes)
  const marked = bytes.length > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const text = bytes.toString('utf8', marked ? 3 : 0)
  try {
    return JSON.parse(text)
  } catch (cause) {
    // V8's sentence quotes the text and often has no position.
    const { what, line, column } = firstJsonFault(text)
    throw new GuerdonError(
      'DATA_NOT_JSON',
      `the body is not JSON: ${what} at line ${line}, column ${column}`,
      {
        cause,
      },
    )
  }
}

/** Strings, the bulk of a rollout, are skipped by a native search; only what stands between them is looked at. */
function checkDepth(bytes: Buffer): void {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) {
      at = endOfString(bytes, at + 1)
      if (at < 0) return
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAXIMUM_DEPTH) {
        throw new GuerdonError('DATA_NOT_JSON', `the body is nested too deeply at byte ${at}`, {
          expected: `at most ${MAXIMUM_DEPTH} levels`,
        })
      }
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
}

function endOfString(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let first = at
    while (first > from && bytes[first - 1] === BACKSLASH) first--
    if ((at - first) % 2 === 0) return at
  }
  return -1
}

/** The decoder puts U+FFFD where a byte is wrong; the first one that the client did not send itself is the place. */
function firstInvalidByte(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let offset = 0
  let from = 0
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', from)) {
    offset += Buffer.byteLength(text.slice(from, at))
    const sent = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd
    if (!sent) return offset
    offset += 3
    from = at + 1
  }
  return offset
}
