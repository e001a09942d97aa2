import { expect, test } from 'vitest'
import { AnswerCache } from './answer-cache.ts'

const never = new AbortController().signal

test('many viewers, one computation', async () => {
  const cache = new AnswerCache(10)
  let computed = 0
  const compute = async () => ++computed
  const answers = await Promise.all(Array.from({ length: 20 }, () => cache.get('a', '1', never, compute)))
  expect(new Set(answers)).toEqual(new Set([1]))
  expect(await cache.get('b', '1', never, compute)).toBe(2)
  expect(await cache.get('a', '1', never, compute)).toBe(1)
})

test('data that change all the time are computed once for all who ask meanwhile, and never too old', async () => {
  const cache = new AnswerCache(10)
  let data = 0
  let computed = 0
  const begun = Promise.withResolvers<void>()
  const free = Promise.withResolvers<void>()
  const compute = async () => {
    computed++
    const read = data
    begun.resolve()
    await free.promise
    return read
  }
  const first = cache.get('a', '0', never, compute)
  await begun.promise
  const later: Promise<number>[] = []
  for (data = 1; data <= 50; data++) later.push(cache.get('a', `${data}`, never, compute))
  free.resolve()
  expect(await first).toBe(0)
  for (const [index, answer] of (await Promise.all(later)).entries())
    expect(answer).toBeGreaterThanOrEqual(index + 1)
  expect(computed).toBe(2)
})

test('a failure is told and computed again', async () => {
  const cache = new AnswerCache(10)
  await expect(cache.get('a', '1', never, () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  )
  expect(await cache.get('a', '1', never, async () => 1)).toBe(1)
})

test('who gives up stops waiting, the others get their answer', async () => {
  const cache = new AnswerCache(10)
  const gone = new AbortController()
  const { promise, resolve } = Promise.withResolvers<number>()
  const left = cache.get('a', '1', gone.signal, () => promise)
  const kept = cache.get('a', '1', never, () => promise)
  gone.abort()
  await expect(left).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
  resolve(7)
  expect(await kept).toBe(7)
})
