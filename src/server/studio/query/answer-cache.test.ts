import { expect, test } from 'vitest'
import { AnswerCache } from './answer-cache.ts'

const never = new AbortController().signal

test('many viewers, one computation', async () => {
  const cache = new AnswerCache(10)
  let computed = 0
  const compute = async () => ++computed
  const answers = await Promise.all(Array.from({ length: 20 }, () => cache.get('a', never, compute)))
  expect(new Set(answers)).toEqual(new Set([1]))
  expect(await cache.get('b', never, compute)).toBe(2)
})

test('a failure is told and computed again', async () => {
  const cache = new AnswerCache(10)
  await expect(cache.get('a', never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await cache.get('a', never, async () => 1)).toBe(1)
})

test('who gives up stops waiting, the others get their answer', async () => {
  const cache = new AnswerCache(10)
  const gone = new AbortController()
  const { promise, resolve } = Promise.withResolvers<number>()
  const left = cache.get('a', gone.signal, () => promise)
  const kept = cache.get('a', never, () => promise)
  gone.abort()
  await expect(left).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
  resolve(7)
  expect(await kept).toBe(7)
})
