import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { bothOrders, sampledBothOrders } from './both-orders.ts'

test('a judge who only looks at the order decides nothing', () => {
  expect(bothOrders(1, 0)).toEqual({ probability: 0.5, correct: 0.5 })
  expect(sampledBothOrders(8, 0, 8)).toEqual({ probability: 0.5, verdict: 'tie' })
})

test('verdicts on either side', () => {
  expect(bothOrders(0.9, 0.2).correct).toBe(1)
  expect(bothOrders(0.7, 0.2).correct).toBe(0)
  expect(sampledBothOrders(3, 2, 8).verdict).toBe('B')
})

test('what cannot be is refused', () => {
  expect(() => bothOrders(1.2, 0)).toThrow(GuerdonError)
  expect(() => bothOrders(Number.NaN, 0)).toThrow(GuerdonError)
  expect(() => sampledBothOrders(9, 0, 8)).toThrow(GuerdonError)
  expect(() => sampledBothOrders(0, 0, 0)).toThrow(GuerdonError)
})
