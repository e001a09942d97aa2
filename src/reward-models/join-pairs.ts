/** Several sets of encoded pairs as one: a mix of sources. */
import { hostTensor } from '../engine/host-tensor.ts'
import type { Table } from '../engine/sessions/session.ts'
import { GuerdonError } from '../records/error.ts'
import type { Categories, EncodedPairs } from './encoded-pairs.ts'

function joinTables(tables: readonly Table[]): Table {
  const values: Float32Array[] = []
  let rows = 0
  for (const table of tables) {
    if ('path' in table)
      throw new GuerdonError('ARGUMENT_INVALID', 'pairs in a file cannot be joined in memory', {
        found: table.path,
        hint: 'List the data files in one configuration instead',
      })
    values.push(table.values as Float32Array)
    rows += table.shape[0]!
  }
  const tail = tables[0]!.shape.slice(1)
  const joined = new Float32Array(values.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of values) {
    joined.set(part, at)
    at += part.length
  }
  return hostTensor(joined, [rows, ...tail])
}

function joinCategories(parts: readonly Categories[]): Categories {
  const names = [...new Set(parts.flatMap((part) => part.names))]
  const place = new Map(names.map((name, index) => [name, index]))
  const codes = parts.flatMap((part) =>
    Array.from(part.codes, (code) => (code < 0 ? -1 : place.get(part.names[code]!)!)),
  )
  return { codes: Int32Array.from(codes), names }
}

/**
 * All pairs of the parts, one part after the other. Prompts of different parts stay different; sources, users and
 * categories of one name become one.
 * @throws GuerdonError ARGUMENT_INVALID without parts, for embeddings of different widths, when only some parts have
 *   prompts' embeddings, or when embeddings lie in files
 */
export function joinPairs(parts: readonly EncodedPairs[]): EncodedPairs {
  const [first] = parts
  if (first === undefined) throw new GuerdonError('ARGUMENT_INVALID', 'there are no pairs to join')
  const widths = parts.map(({ width }) => width)
  const prompts = parts.filter(({ prompt }) => prompt !== undefined).length
  if (widths.some((width) => width !== first.width) || (prompts !== 0 && prompts !== parts.length))
    throw new GuerdonError('ARGUMENT_INVALID', 'these pairs cannot be joined', {
      expected: 'embeddings of one width, and prompts in all parts or in none',
      found: { widths, prompts },
    })
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const numbers = (of: (part: EncodedPairs) => Float64Array): Float64Array => {
    const joined = new Float64Array(count)
    let at = 0
    for (const part of parts) {
      joined.set(of(part), at)
      at += part.count
    }
    return joined
  }
  const tie = new Uint8Array(count)
  const promptNumbers = new Int32Array(count)
  let at = 0
  let from = 0
  for (const part of parts) {
    tie.set(part.tie, at)
    let most = -1
    for (let row = 0; row < part.count; row++) {
      promptNumbers[at + row] = from + part.prompts[row]!
      most = Math.max(most, part.prompts[row]!)
    }
    at += part.count
    from += most + 1
  }
  return {
    count,
    width: first.width,
    chosen: joinTables(parts.map((part) => part.chosen)),
    rejected: joinTables(parts.map((part) => part.rejected)),
    ...(prompts > 0 && { prompt: joinTables(parts.map((part) => part.prompt!)) }),
    strength: numbers((part) => part.strength),
    chosenScore: numbers((part) => part.chosenScore),
    rejectedScore: numbers((part) => part.rejectedScore),
    chosenLength: numbers((part) => part.chosenLength),
    rejectedLength: numbers((part) => part.rejectedLength),
    tie,
    prompts: promptNumbers,
    sources: joinCategories(parts.map((part) => part.sources)),
    users: joinCategories(parts.map((part) => part.users)),
    categories: joinCategories(parts.map((part) => part.categories)),
  }
}
