import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GroupCommit } from './group-commit.ts'

const later = (turns: number): Promise<void> =>
  turns === 0 ? Promise.resolve() : new Promise((resolve) => setImmediate(() => resolve(later(turns - 1))))

describe('group commit', () => {
  it('commits everything once, in order, and never two transactions at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ wait: fc.nat(3), weight: fc.nat(10) }), { maxLength: 40 }),
        fc.nat(3),
        async (entries, commitTurns) => {
          const transactions: number[][] = []
          let open = 0
          const commits = new GroupCommit<number, number>(async (taken) => {
            expect(++open).toBe(1)
            transactions.push([...taken])
            await later(commitTurns)
            open--
            return taken.map((value) => ({ ok: true, value: 2 * value }))
          }, 15)
          const answers: Promise<number>[] = []
          for (const [index, { wait, weight }] of entries.entries()) {
            await later(wait)
            answers.push(commits.submit(index, weight))
          }
          expect(await Promise.all(answers)).toEqual(entries.map((_, index) => 2 * index))
          await commits.idle()
          expect(transactions.flat()).toEqual(entries.map((_, index) => index))
          for (const taken of transactions) {
            const weight = taken.reduce((sum, index) => sum + entries[index]!.weight, 0)
            expect(taken.length === 1 || weight <= 15).toBe(true)
          }
        },
      ),
    )
  })

  it('puts what comes while a transaction commits into the next one', async () => {
    let finish = (): void => {}
    const sizes: number[] = []
    const commits = new GroupCommit<number, number>(async (taken) => {
      sizes.push(taken.length)
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return taken.map((value) => ({ ok: true, value }))
    }, 1000)
    const first = commits.submit(0, 1)
    await later(2)
    const others = [1, 2, 3].map((value) => commits.submit(value, 1))
    finish()
    expect(await first).toBe(0)
    await later(1)
    finish()
    expect(await Promise.all(others)).toEqual([1, 2, 3])
    expect(sizes).toEqual([1, 3])
  })

  it('tells each entry its own failure, all of them one that is shared, and goes on', async () => {
    let isDown = true
    const commits = new GroupCommit<number, number>(async (taken) => {
      if (isDown) throw new Error('down')
      return taken.map((value) =>
        value === 1 ? { ok: false, error: new Error('one') } : { ok: true, value },
      )
    }, 1000)
    const outcomes = (): Promise<unknown[]> =>
      Promise.all([0, 1, 2].map((value) => commits.submit(value, 1).catch((error: Error) => error.message)))
    expect(await outcomes()).toEqual(['down', 'down', 'down'])
    isDown = false
    expect(await outcomes()).toEqual([0, 'one', 2])
  })
})
