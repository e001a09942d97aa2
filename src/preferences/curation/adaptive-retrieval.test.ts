import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adaptiveRetrieval, nearest, unitVectors } from './adaptive-retrieval.ts'

const vector = fc
  .tuple(...[1, 2, 3].map(() => fc.integer({ min: -3, max: 3 })))
  .filter((v) => v.some((x) => x !== 0))

test('finds what a full sort finds: by cosine, then by position', () => {
  fc.assert(
    fc.property(
      fc.array(vector, { maxLength: 12 }),
      vector,
      fc.integer({ min: 0, max: 14 }),
      (pool, query, k) => {
        const among = unitVectors(pool)
        const asked = unitVectors([query])
        const cosine = (row: number) => {
          let dot = 0
          for (let at = 0; at < 3; at++) dot += among.values[row * 3 + at]! * asked.values[at]!
          return dot
        }
        const sorted = pool.map((_, row) => row).sort((a, b) => cosine(b) - cosine(a) || a - b)
        const { indices, similarity } = nearest(among, asked, 0, k)
        expect(Array.from(indices)).toEqual(sorted.slice(0, k))
        expect(Array.from(similarity)).toEqual(sorted.slice(0, k).map(cosine))
        const allowed = Uint8Array.from(pool, (_, row) => row % 2)
        const odd = Array.from(nearest(among, asked, 0, k, allowed).indices)
        expect(odd).toEqual(sorted.filter((row) => row % 2 === 1).slice(0, k))
      },
    ),
  )
})

test('a confident label asks for fewer neighbours than a doubted one', () => {
  const pool = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((x) => [x, 1])
  const [doubted, sure, certain] = adaptiveRetrieval(
    pool,
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
    [0.2, 0.9, 1],
  )
  expect(doubted!.indices).toHaveLength(8)
  expect(sure!.indices).toHaveLength(1)
  expect(certain!.indices).toHaveLength(0)
})

test('refuses vectors without a direction or of other lengths', () => {
  expect(() => unitVectors([[0, 0]])).toThrow('embedding 0')
  expect(() => unitVectors([[1, 2], [1]])).toThrow('embedding 1')
  expect(() => nearest(unitVectors([[1, 2]]), unitVectors([[1]]), 0, 1)).toThrow('2 and 1')
  expect(() => adaptiveRetrieval([[1]], [[1]], [])).toThrow('confidence')
})
