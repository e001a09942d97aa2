import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TensorPort } from './onnx-messages.ts'
import { batchesByLength, tokenFeeds } from './token-batches.ts'

const row = (...ids: number[]) => ({ ids: Int32Array.from(ids), firstLength: ids.length, cut: false })
const port = (name: string, type: string, dims: TensorPort['dims'] = ['n', 'l']): TensorPort => ({
  name,
  type,
  dims,
})

describe('batchesByLength', () => {
  it('holds every row once, within its limits, longest first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50)),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 200 }),
        (lengths, rows, tokens) => {
          const batches = batchesByLength(lengths, rows, tokens)
          expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index))
          for (const batch of batches) {
            expect(batch.length).toBeLessThanOrEqual(rows)
            const longest = Math.max(...batch.map((index) => lengths[index]!))
            if (batch.length > 1) expect(longest * batch.length).toBeLessThanOrEqual(tokens)
          }
          const order = batches.flat().map((index) => lengths[index]!)
          expect(order).toEqual([...order].sort((a, b) => b - a))
        },
      ),
    )
  })
})

describe('tokenFeeds', () => {
  it('pads on the right and makes what the model asks for, in its types', () => {
    const rows = [row(5, 6, 7), { ids: Int32Array.of(8, 9), firstLength: 1, cut: false }]
    const { feeds, lengths } = tokenFeeds(
      rows,
      [
        port('input_ids', 'int64'),
        port('attention_mask', 'int32'),
        port('token_type_ids', 'int64'),
        port('position_ids', 'int64'),
        port('past_key_values.0.key', 'float16', ['n', 4, 'past', 8]),
        port('use_cache_branch', 'bool', [1]),
        port('num_logits_to_keep', 'int64', []),
      ],
      1,
    )
    expect(lengths).toEqual(Int32Array.of(3, 2))
    expect(feeds.input_ids).toEqual({
      type: 'int64',
      dims: [2, 3],
      data: BigInt64Array.of(5n, 6n, 7n, 8n, 9n, 1n),
    })
    expect(feeds.attention_mask).toEqual({
      type: 'int32',
      dims: [2, 3],
      data: Int32Array.of(1, 1, 1, 1, 1, 0),
    })
    expect(feeds.token_type_ids!.data).toEqual(BigInt64Array.of(0n, 0n, 0n, 0n, 1n, 0n))
    expect(feeds.position_ids!.data).toEqual(BigInt64Array.of(0n, 1n, 2n, 0n, 1n, 0n))
    expect(feeds['past_key_values.0.key']).toEqual({
      type: 'float16',
      dims: [2, 4, 0, 8],
      data: new Uint16Array(0),
    })
    expect(feeds.use_cache_branch!.data).toEqual(Uint8Array.of(0))
    expect(feeds.num_logits_to_keep!.dims).toEqual([])
  })

  it('refuses a model that asks for something else, or for no tokens', () => {
    expect(() =>
      tokenFeeds([row(1)], [port('input_ids', 'int64'), port('pixel_values', 'float32')], 0),
    ).toThrow(/"pixel_values": the model asks for an input that is not known here/)
    expect(() => tokenFeeds([row(1)], [port('attention_mask', 'int64')], 0)).toThrow(/takes no token ids/)
  })
})
