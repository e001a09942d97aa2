/** What sorts, picks and scatters: ties, repeated indices, several axes, on every back end. */
import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { gradients } from './gradient.ts'
import { argSort, gather, pick, sort, takeLast, topK } from './operations.ts'
import { constant } from './tensor.ts'

const list = (values: ArrayLike<number>): number[] => Array.from(values)

describe.each(['onnx', 'wasm', 'reference'] as const)('on %s', (backEnd) => {
  it('equal entries are sorted by index, and share no gradient', async () => {
    const program = await compile(
      { x: { shape: [2, 4] } },
      ({ x }) => {
        const weights = constant([1, 2, 3, 4], [4])
        const most = topK(x, 2)
        return {
          order: argSort(x),
          sorted: sort(x),
          top: most.values,
          topIndices: most.indices,
          best: x.argMax(),
          gradient: gradients(sort(x).mul(weights).sum(), [x])[0]!,
          topGradient: gradients(most.values.mul(constant([10, 1], [2])).sum(), [x])[0]!,
        }
      },
      { backEnd },
    )
    const out = await program.run({ x: [2, 1, 2, 1, 5, 5, 5, 5] })
    expect(list(out.sorted.values)).toEqual([1, 1, 2, 2, 5, 5, 5, 5])
    expect(list(out.order.values)).toEqual([1, 3, 0, 2, 0, 1, 2, 3])
    expect(list(out.gradient.values)).toEqual([3, 1, 4, 2, 1, 2, 3, 4])
    expect(list(out.top.values)).toEqual([2, 2, 5, 5])
    expect(list(out.topIndices.values)).toEqual([0, 2, 0, 1])
    expect(list(out.topGradient.values)).toEqual([10, 0, 1, 0, 10, 1, 0, 0])
    expect(list(out.best.values)).toEqual([0, 0])
  })

  it('gradients of repeated indices are summed', async () => {
    const program = await compile(
      {
        table: { shape: [4, 4] },
        rows: { shape: [2, 3], dtype: 'int32' },
        x: { shape: [2, 4] },
        places: { shape: [2, 3], dtype: 'int32' },
        label: { shape: [2], dtype: 'int32' },
      },
      ({ table, rows, x, places, label }) => {
        const taken = gather(table, rows)
        const entries = takeLast(x, places)
        return {
          taken,
          entries,
          picked: pick(x, label),
          dTable: gradients(taken.mul(constant([1, 10, 100, 1000], [4])).sum(), [table])[0]!,
          dX: gradients(entries.mul(constant([1, 10, 100], [3])).sum(), [x])[0]!,
          dPicked: gradients(pick(x, label).square().sum(), [x])[0]!,
        }
      },
      { backEnd },
    )
    const out = await program.run({
      table: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
      rows: [1, 1, 3, 1, 0, 3],
      x: [5, 6, 7, 8, 9, 10, 11, 12],
      places: [2, 2, 0, 3, 3, 3],
      label: [3, 0],
    })
    expect(out.taken.shape).toEqual([2, 3, 4])
    expect(list(out.taken.values).slice(8, 12)).toEqual([12, 13, 14, 15])
    expect(list(out.dTable.values)).toEqual([
      1, 10, 100, 1000, 3, 30, 300, 3000, 0, 0, 0, 0, 2, 20, 200, 2000,
    ])
    expect(list(out.entries.values)).toEqual([7, 7, 5, 12, 12, 12])
    expect(list(out.dX.values)).toEqual([100, 0, 11, 0, 0, 0, 0, 111])
    expect(list(out.picked.values)).toEqual([8, 9])
    expect(list(out.dPicked.values)).toEqual([0, 0, 0, 16, 18, 0, 0, 0])
  })
})
