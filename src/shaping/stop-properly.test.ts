import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkShaping, shape } from './shaping.contract.ts'
import { stopProperly } from './stop-properly.ts'

checkShaping(stopProperly)

test('finished completions keep their reward under any coefficient; cut ones get k·r or k', () => {
  const numbers = fc.double({ min: -5, max: 5, noNaN: true })
  fc.assert(
    fc.property(numbers, numbers, (reward, coefficient) => {
      const input = { column: [reward, reward], inputs: { finished: [1, 0] } }
      const [finished, cut] = shape(stopProperly, { coefficient }, input) as number[]
      expect(finished).toBe(reward)
      expect(cut).toBe(coefficient >= 0 ? reward * coefficient : coefficient)
    }),
  )
})
