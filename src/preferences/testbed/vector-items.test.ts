import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { itemColumns, vectorItems } from './vector-items.ts'

test('what is shown stands in its columns, and showing it changes nothing else', () => {
  const plain = vectorItems(new RandomStream(1), 5, { dimensions: 2 })
  const shown = { dimensions: 2, showLength: true, showAttribute: true, showStyle: true, styles: 3 }
  const items = vectorItems(new RandomStream(1), 5, shown)
  const columns = itemColumns(shown)
  expect(columns).toMatchObject({ drawn: 2, length: 2, attribute: 3, style: 4, total: 7 })
  expect(items.length).toEqual(plain.length)
  for (let item = 0; item < 5; item++) {
    const row = items.features.slice(item * 7, item * 7 + 7)
    expect(row.slice(0, 2)).toEqual(plain.features.slice(item * 2, item * 2 + 2))
    expect(row[2]).toBe(items.length[item])
    expect(row[3]).toBe(items.attribute[item])
    expect(row.slice(4).indexOf(1)).toBe(items.style[item])
  }
})

test('items of no size are refused', () => {
  expect(() => vectorItems(new RandomStream(1), 2, { dimensions: 0 })).toThrow(GuerdonError)
  expect(() => vectorItems(new RandomStream(1), 2.5)).toThrow(GuerdonError)
  expect(() => vectorItems(new RandomStream(1), 2, { styles: 0 })).toThrow(GuerdonError)
})
