import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkShaping, shape } from './shaping.contract.ts'
import { sigmoid } from './sigmoid.ts'

checkShaping(sigmoid)

const numbers = fc.double({ min: -30, max: 30, noNaN: true })

test('inside (0, 1), increasing, and point-symmetric around the shift', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.constantFrom(1, 2, 3), (lead, shift, k) => {
      const run = (column: number[]) => shape(sigmoid, { k, shift }, { column }) as number[]
      const [above, below, more] = run([shift + lead, shift - lead, shift + lead + 0.1])
      expect(above! + below!).toBeCloseTo(1, 10)
      expect(above).toBeGreaterThan(0)
      expect(above).toBeLessThanOrEqual(1)
      expect(more).toBeGreaterThanOrEqual(above!)
    }),
  )
})

test('a constant added to every reward changes it: it is not centred', () => {
  const plain = shape(sigmoid, {}, { column: [0, 1] })
  expect(shape(sigmoid, {}, { column: [2, 3] })).not.toEqual(plain)
})
