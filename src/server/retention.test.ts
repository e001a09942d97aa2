import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import type { RetentionPolicy } from '../store/store.ts'
import { Retention } from './retention.ts'

/** A store whose prunings the test answers one by one. */
function slowStore() {
  const asked: { policy: RetentionPolicy; done: PromiseWithResolvers<number> }[] = []
  const prune = (policy: RetentionPolicy): Promise<number> => {
    const done = Promise.withResolvers<number>()
    asked.push({ policy, done })
    return done.promise
  }
  return { asked, prune }
}

function logOf() {
  const lines: { level: number; msg: string; rows?: number }[] = []
  return { lines, logger: pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }) }
}

describe('Retention', () => {
  it('looks at once, then again when a look is done, and says what went', async () => {
    const store = slowStore()
    const { lines, logger } = logOf()
    const policy = { maximumRows: 10, maximumAgeSeconds: 60 }
    const forgotten: number[] = []
    const onForgotten = (rows: number): void => void forgotten.push(rows)
    const retention = new Retention({ store, policy, logger, pause: 1, onForgotten })
    expect(store.asked.map((look) => look.policy)).toEqual([policy])
    // However long a look takes, there is never a second one beside it.
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(store.asked).toHaveLength(1)
    store.asked[0]!.done.resolve(7)
    await vi.waitFor(() => expect(store.asked).toHaveLength(2))
    store.asked[1]!.done.resolve(0)
    await vi.waitFor(() => expect(store.asked).toHaveLength(3))
    expect(lines.map(({ rows }) => rows)).toEqual([7])
    expect(forgotten).toEqual([7])
    retention.close()
  })

  it('goes on after a failure', async () => {
    const store = slowStore()
    const { lines, logger } = logOf()
    const retention = new Retention({ store, policy: { maximumRows: 1 }, logger, pause: 1 })
    store.asked[0]!.done.reject(new Error('the disk is full'))
    await vi.waitFor(() => expect(store.asked).toHaveLength(2))
    expect(lines.map(({ level }) => level)).toEqual([40])
    retention.close()
  })

  it('ends when it is closed, without a word about the store that closed under it', async () => {
    const store = slowStore()
    const { lines, logger } = logOf()
    const retention = new Retention({ store, policy: { maximumRows: 1 }, logger, pause: 1 })
    retention.close()
    store.asked[0]!.done.reject(new Error('the store is closed'))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(store.asked).toHaveLength(1)
    expect(lines).toEqual([])
  })
})
