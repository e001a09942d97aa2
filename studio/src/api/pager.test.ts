import { expect, test } from 'vitest'
import { ApiError } from './client.ts'
import { Pager } from './pager.ts'

const size = 200
interface Numbered {
  readonly sequence: number
}

/** A server with `total` rows that counts how often each page was asked for. */
function server(total: number) {
  const asked: number[] = []
  const fetch = async (after: string | null) => {
    const start = Number(after ?? 0)
    asked.push(start)
    const end = Math.min(total, start + size)
    return {
      items: Array.from({ length: end - start }, (_, index): Numbered => ({ sequence: start + index })),
      next: end < total ? String(end) : null,
      matching: total,
    }
  }
  return { asked, fetch }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

async function scrollThrough(pager: Pager<Numbered>, from: number, to: number): Promise<void> {
  const step = from < to ? 60 : -60
  for (let at = from; step > 0 ? at < to : at > to; at += step) {
    pager.need(at, at + 30)
    await settled()
    expect(pager.item(at)?.sequence).toBe(at)
  }
}

test('every row of a long list comes, and comes again after it was let go of', async () => {
  const { asked, fetch } = server(10_000)
  const pager = new Pager(fetch)
  pager.need(0, 30)
  await settled()
  await scrollThrough(pager, 0, 9960)
  expect(pager.read()).toMatchObject({ count: 10_000, complete: true, matching: 10_000 })
  expect(new Set(asked).size).toBe(asked.length)
  expect(pager.item(0)).toBeUndefined()
  await scrollThrough(pager, 9900, 0)
  expect(asked.length).toBeGreaterThan(50)
})

test('nothing matches: complete, with no rows', async () => {
  const pager = new Pager(server(0).fetch)
  pager.need(0, 30)
  await settled()
  expect(pager.read()).toEqual({ count: 0, complete: true, matching: 0, error: undefined, started: true })
})

test('a page that failed is asked for again', async () => {
  let fails = true
  const { fetch } = server(300)
  const pager = new Pager(async (after) => {
    if (fails) throw new ApiError('STORE_CLOSED', 'The store is closed.')
    return fetch(after)
  })
  pager.need(0, 30)
  await settled()
  expect(pager.read().error?.message).toBe('The store is closed.')
  fails = false
  pager.retry()
  await settled()
  expect(pager.item(0)?.sequence).toBe(0)
  expect(pager.read().error).toBeUndefined()
})

test('what was on its way when the list was closed is asked for again', async () => {
  const { asked, fetch } = server(300)
  const pager = new Pager(fetch)
  pager.need(0, 30)
  pager.close()
  await settled()
  expect(pager.read().started).toBe(false)
  pager.need(0, 30)
  await settled()
  expect(pager.item(0)?.sequence).toBe(0)
  expect(asked.slice(0, 2)).toEqual([0, 0])
})
