import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

test('never more than so many at a time, in the order they came, failures included', async () => {
  const gate = new Gate(2)
  let inside = 0
  let most = 0
  const begun: number[] = []
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, number) =>
      gate.run(async () => {
        begun.push(number)
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setImmediate(resolve))
        inside--
        if (number % 3 === 0) throw new Error('no')
        return number
      }),
    ),
  )
  expect(most).toBe(2)
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4)
})
