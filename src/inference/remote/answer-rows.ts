/** What a server answered, as rows of numbers in the order of the texts: counted, ordered and looked at. */
import type { Endpoint } from './endpoint.ts'

/** Where an answer came from, for errors. */
export interface AnswerPlace {
  readonly endpoint: Endpoint
  readonly path: string
}

/**
 * The entries of a list, as many as there were texts, in their order: by `index` where entries have one, else as they
 * stand.
 * @throws GuerdonError ENDPOINT_FAILED for no list, another number of entries, or indices that do not number them
 */
export function entriesInOrder(
  list: unknown,
  rows: number,
  { endpoint, path }: AnswerPlace,
): Record<string, unknown>[] {
  if (!Array.isArray(list)) {
    throw endpoint.failure(path, 'the answer holds no list of rows', {
      found: list,
      expected: `${rows} rows`,
    })
  }
  if (list.length !== rows) {
    throw endpoint.failure(path, 'the answer has another number of rows than there were texts', {
      found: list.length,
      expected: String(rows),
    })
  }
  const ordered = new Array<Record<string, unknown> | undefined>(rows)
  for (const [place, entry] of list.entries()) {
    if (typeof entry !== 'object' || entry === null)
      throw endpoint.failure(path, `row ${place} of the answer is not an object`, { found: entry })
    const index = (entry as { index?: unknown }).index ?? place
    if (
      typeof index !== 'number' ||
      !(index in ordered ? ordered[index] === undefined : isRow(index, rows))
    ) {
      throw endpoint.failure(path, 'the indices of the answer do not number its rows', { found: index })
    }
    ordered[index] = entry as Record<string, unknown>
  }
  return ordered as Record<string, unknown>[]
}

const isRow = (index: number, rows: number) => Number.isInteger(index) && index >= 0 && index < rows

/**
 * Numbers of a row: a list of them, or float32 in base64, little-endian.
 * @throws GuerdonError ENDPOINT_FAILED for anything else, an empty row, or a number that is NaN or infinite
 */
export function rowNumbers(row: unknown, { endpoint, path }: AnswerPlace): ArrayLike<number> {
  const numbers =
    typeof row === 'string' ? floatsOf(row) : Array.isArray(row) ? (row as unknown[]) : undefined
  if (numbers === undefined || numbers.length === 0)
    throw endpoint.failure(path, 'a row of the answer holds no numbers', { found: row })
  for (let index = 0; index < numbers.length; index++) {
    if (!Number.isFinite(numbers[index]))
      throw endpoint.failure(path, 'a row of the answer holds what is not a number', {
        found: numbers[index],
      })
  }
  return numbers as ArrayLike<number>
}

function floatsOf(base64: string): Float32Array | undefined {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.byteLength % 4 !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true))
}

/**
 * Copies rows of numbers into a table.
 * @throws GuerdonError ENDPOINT_FAILED for a row of another width
 */
export function copyRows(
  rows: readonly unknown[],
  into: Float32Array,
  start: number,
  width: number,
  place: AnswerPlace,
): void {
  for (const [row, given] of rows.entries()) {
    const numbers = rowNumbers(given, place)
    if (numbers.length !== width) {
      throw place.endpoint.failure(place.path, 'an embedding has another width', {
        found: numbers.length,
        expected: String(width),
      })
    }
    into.set(numbers, (start + row) * width)
  }
}
