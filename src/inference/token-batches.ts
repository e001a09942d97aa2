/** Rows of token ids as the tensors a model takes: rows of similar length together, padded on the right. */
import { GuerdonError } from '../records/error.ts'
import type { TensorMessage, TensorPort } from './onnx-messages.ts'
import type { TokenRow } from './text-tokenizer.ts'

export interface TokenFeeds {
  readonly feeds: Readonly<Record<string, TensorMessage>>
  readonly rows: number
  /** tokens of each row without padding */
  readonly lengths: Int32Array
  /** tokens of a row with padding */
  readonly width: number
}

/**
 * Row numbers, longest first, in bunches of at most `rowsTogether` rows and `tokensTogether` tokens with padding; a row
 * that is longer than that is alone. The longest come first, so that a model that needs too much memory fails early.
 *
 * @example batchesByLength([3, 9, 4, 8], 2, 100) // [[1, 3], [2, 0]]
 */
export function batchesByLength(
  lengths: ArrayLike<number>,
  rowsTogether: number,
  tokensTogether: number,
): number[][] {
  const order = Array.from({ length: lengths.length }, (_, row) => row)
  order.sort((a, b) => lengths[b]! - lengths[a]! || a - b)
  const batches: number[][] = []
  let longest = 0
  for (const row of order) {
    const open = batches.at(-1)
    if (open !== undefined && open.length < rowsTogether && (open.length + 1) * longest <= tokensTogether)
      open.push(row)
    else {
      batches.push([row])
      longest = lengths[row]!
    }
  }
  return batches
}

const KNOWN = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids']

/**
 * The tensors for a batch: input_ids, and of attention_mask, token_type_ids and position_ids what the model asks for.
 * Empty tensors stand for a causal model's past (`past_key_values.…`, `use_cache_branch`), and 0 for the number of
 * logits it shall keep (`num_logits_to_keep`), which means all.
 *
 * @param padding id of the padding; it is masked, so its number matters only to models that look for it
 * @throws GuerdonError MODEL_INVALID when the model asks for something else
 */
export function tokenFeeds(
  rows: readonly TokenRow[],
  inputs: readonly TensorPort[],
  padding: number,
): TokenFeeds {
  const lengths = Int32Array.from(rows, ({ ids }) => ids.length)
  const width = lengths.reduce((most, length) => Math.max(most, length), 0)
  const fill = (input: TensorPort, valueAt: (row: TokenRow, token: number) => number): TensorMessage => {
    const size = rows.length * width
    const data = input.type === 'int32' ? new Int32Array(size) : new BigInt64Array(size)
    for (const [row, entry] of rows.entries()) {
      for (let token = 0; token < width; token++) {
        const value = valueAt(entry, token)
        if (data instanceof Int32Array) data[row * width + token] = value
        else data[row * width + token] = BigInt(value)
      }
    }
    return { type: input.type === 'int32' ? 'int32' : 'int64', dims: [rows.length, width], data }
  }
  const feeds: Record<string, TensorMessage> = {}
  for (const input of inputs) {
    if (input.name === 'input_ids') feeds[input.name] = fill(input, ({ ids }, token) => ids[token] ?? padding)
    else if (input.name === 'attention_mask')
      feeds[input.name] = fill(input, ({ ids }, token) => (token < ids.length ? 1 : 0))
    else if (input.name === 'token_type_ids')
      feeds[input.name] = fill(input, ({ ids, firstLength }, token) =>
        token >= firstLength && token < ids.length ? 1 : 0,
      )
    else if (input.name === 'position_ids')
      feeds[input.name] = fill(input, ({ ids }, token) => (token < ids.length ? token : 0))
    else feeds[input.name] = emptyPast(input, rows.length)
  }
  if (feeds.input_ids === undefined) {
    throw new GuerdonError('MODEL_INVALID', 'the model takes no token ids', {
      found: inputs.map(({ name }) => name).join(', '),
      expected: 'an input "input_ids"',
    })
  }
  return { feeds, rows: rows.length, lengths, width }
}

function emptyPast(input: TensorPort, rows: number): TensorMessage {
  const { name, type } = input
  if (/^past/.test(name) && (type === 'float32' || type === 'float16')) {
    // Batch first; the other open dimension is the length of the past, of which there is none.
    const dims = input.dims.map((size, index) =>
      index === 0 ? rows : typeof size === 'number' && size > 0 ? size : 0,
    )
    return { type, dims, data: type === 'float32' ? new Float32Array(0) : new Uint16Array(0) }
  }
  if (name === 'use_cache_branch' && type === 'bool')
    return { type: 'bool', dims: [1], data: new Uint8Array(1) }
  if (/^(num_)?logits_to_keep$/.test(name) && type === 'int64')
    return { type: 'int64', dims: input.dims.length === 0 ? [] : [1], data: new BigInt64Array(1) }
  throw new GuerdonError('MODEL_INVALID', 'the model asks for an input that is not known here', {
    where: { field: name },
    expected: `only ${KNOWN.join(', ')} and a past`,
  })
}
