import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inRequests } from './in-requests.ts'

describe('inRequests', () => {
  it('asks for every row once, never for too many rows or in too many requests', async () => {
    const small = fc.integer({ min: 1, max: 7 })
    await fc.assert(
      fc.asyncProperty(fc.nat(40), small, small, async (rows, rowsTogether, requestsTogether) => {
        const seen = new Array(rows).fill(0) as number[]
        const done: number[] = []
        let open = 0
        const progress = (now: number) => void done.push(now)
        await inRequests(rows, { rowsTogether, requestsTogether, progress }, async (start, end) => {
          expect(++open).toBeLessThanOrEqual(requestsTogether)
          expect(end - start).toBeLessThanOrEqual(rowsTogether)
          await turn()
          for (let row = start; row < end; row++) seen[row]!++
          open--
        })
        expect(seen).toEqual(new Array(rows).fill(1))
        expect(done).toEqual([...done].sort((a, b) => a - b))
        expect(done.at(-1) ?? 0).toBe(rows)
      }),
    )
  })

  it('ends the other requests with the first failure', async () => {
    let ended = 0
    const asked = inRequests(10, { rowsTogether: 1, requestsTogether: 3 }, async (start, _, abort) => {
      if (start === 1) throw new Error('second')
      await new Promise<void>((resolve) => abort.addEventListener('abort', () => resolve(void ended++)))
      throw new Error('ended')
    })
    await expect(asked).rejects.toThrow('second')
    expect(ended).toBe(2)
  })

  it('asks for nothing more when it is told to stop', async () => {
    const stop = new AbortController()
    let asked = 0
    const work = inRequests(10, { rowsTogether: 1, requestsTogether: 1, abort: stop.signal }, async () => {
      if (++asked === 2) stop.abort()
    })
    await expect(work).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(asked).toBe(2)
  })
})
