/** What both homes of a state must keep. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { momentsOf } from '../../numerics/welford.ts'
import type { RewardState } from '../../reward/score.ts'
import { momentsIn, seeing } from './seeing.contract.ts'
import type { StateStore } from './state-store.ts'

/** `open` gives replicas of one fresh state; the suite closes them. */
export function keepsState(
  name: string,
  open: (replicas: number, initial?: RewardState, rememberSeconds?: number) => Promise<StateStore[]>,
): void {
  const opened: StateStore[] = []
  const replicasOf = async (...given: Parameters<typeof open>): Promise<StateStore[]> => {
    const replicas = await open(...given)
    opened.push(...replicas)
    return replicas
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((state) => state.close()))
  })

  describe(`state in ${name}`, () => {
    it('begins empty at version 0, or from a checkpoint', async () => {
      const [empty] = await replicasOf(1)
      expect(await empty!.read()).toEqual({ state: {}, version: 0 })
      const [resumed] = await replicasOf(1, { kept: 3 })
      expect(await resumed!.read()).toEqual({ state: { kept: 3 }, version: 0 })
    })

    it('answers a repeated request from what it stored, on every replica, and moves nothing', async () => {
      const [first, second] = await replicasOf(2)
      expect(await first!.move(['a', 'b'], seeing(1, 3))).toMatchObject({
        kind: 'moved',
        result: 2,
        version: 1,
      })
      const again = await second!.move(['c', 'b'], seeing(5, 7))
      expect(again).toEqual({ kind: 'applied', answers: new Map([['b', 3]]) })
      expect((await second!.read()).version).toBe(1)
      expect(await second!.move(['c'], seeing(5))).toMatchObject({ kind: 'moved', version: 2 })
      expect(momentsIn((await first!.read()).state)).toMatchObject({ count: 3, mean: 3 })
    })

    it('forgets a request after its time', async () => {
      const [state] = await replicasOf(1, {}, 0.02)
      await state!.move(['a'], seeing(1))
      await new Promise((resolve) => setTimeout(resolve, 60))
      expect(await state!.move(['a'], seeing(1))).toMatchObject({ kind: 'moved', version: 2 })
    })

    it('any interleaving of replicas gives what one after another gives', async () => {
      const moves = fc.array(
        fc.record({
          replica: fc.nat(3),
          values: fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 3 }),
        }),
        { maxLength: 20 },
      )
      await fc.assert(
        fc.asyncProperty(moves, async (given) => {
          const replicas = await replicasOf(4)
          await Promise.all(
            given.map(({ replica, values }, index) =>
              replicas[replica]!.move(
                values.map((_, at) => `${index}/${at}`),
                seeing(...values),
              ),
            ),
          )
          const { state, version } = await replicas[0]!.read()
          const all = Float64Array.from(given.flatMap(({ values }) => values))
          const expected = momentsOf(all, new Uint8Array(all.length).fill(1))
          expect(version).toBe(given.length)
          expect(momentsIn(state).count).toBe(expected.count)
          expect(momentsIn(state).mean).toBeCloseTo(expected.mean, 9)
          expect(momentsIn(state).squares).toBeCloseTo(expected.squares, 6)
          await Promise.all(opened.splice(0).map((replica) => replica.close()))
        }),
        { numRuns: 15 },
      )
    })

    it('refuses what would be lost, and a failed step moves nothing', async () => {
      const [state] = await replicasOf(1)
      await expect(state!.move(['a', 'a'], seeing(1, 2))).rejects.toThrow(/names a request twice/)
      await expect(state!.move(['a'], seeing(1, 2))).rejects.toThrow(/answer each/)
      const bad = () => ({ state: { deep: [Number.NaN] }, answers: [0], result: 0 })
      await expect(state!.move(['a'], bad)).rejects.toThrow(/JSON cannot keep/)
      const failing = () => {
        throw new Error('no')
      }
      await expect(state!.move(['a'], failing)).rejects.toThrow('no')
      expect(await state!.move(['a'], seeing(4))).toMatchObject({ kind: 'moved', version: 1 })
    })

    it('is closed once', async () => {
      const [state] = await replicasOf(1)
      const under = state!.move(['a'], seeing(1))
      await state!.close()
      expect(await under).toMatchObject({ kind: 'moved' })
      await state!.close()
      await expect(state!.read()).rejects.toThrow(/is closed/)
      await expect(state!.move(['b'], seeing(1))).rejects.toThrow(/is closed/)
    })
  })
}
