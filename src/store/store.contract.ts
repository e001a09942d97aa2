/** What every store keeps, whichever database it is in. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Alert } from '../audit/alert.ts'
import type { Rollout } from '../records/rollout.ts'
import { openStore } from './open-store.ts'
import type { BatchRecord, RowFilter, RowOrder, ScoredRow, Store, StoredRow } from './store.ts'

/** A place for one store of a test's own. */
export interface StorePlace {
  readonly url: string
  dispose(): Promise<void>
}

export type RowParts = Partial<Rollout> & { readonly scores?: Partial<ScoredRow> }

/** A batch of the run `run`; ids are `KEY-ROW`. */
export function batchOf(
  key: string,
  rows: readonly RowParts[],
  parts: Partial<BatchRecord> = {},
): BatchRecord {
  const rollouts = rows.map(
    ({ scores: _, ...rollout }, row): Rollout => ({
      id: `${key}-${row}`,
      group: `g-${key}`,
      prompt: `question ${key}`,
      completion: `answer ${row}`,
      ...rollout,
    }),
  )
  return {
    id: `b_${key}`,
    run: 'run',
    key,
    contentDigest: `content of ${key}`,
    protocol: 'native',
    specDigest: 'spec',
    step: rollouts[0]?.step ?? null,
    receivedAt: 1_700_000_000_000,
    seconds: 0.25,
    work: [{ signal: 'right', rows: rows.length, seconds: 0.2, failures: 0 }],
    rollouts,
    rows: rows.map(({ scores }, row) => ({
      id: rollouts[row]!.id,
      group: rollouts[row]!.group,
      reward: row,
      advantage: null,
      columns: {},
      stages: {},
      reasons: {},
      ...scores,
    })),
    ...parts,
  }
}

async function allRows(store: Store, filter: RowFilter = {}, order: RowOrder = 'oldest', limit = 7) {
  const rows: StoredRow[] = []
  let after: string | undefined
  for (;;) {
    const page = await store.rows('run', filter, { order, limit, after })
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    rows.push(...page.rows)
    if (page.next === null) return rows
    expect(page.next).not.toBe(after)
    after = page.next
  }
}

async function exported(store: Store, run = 'run'): Promise<StoredRow[]> {
  const rows: StoredRow[] = []
  for await (const piece of store.export(run)) rows.push(...piece)
  return rows
}

const newRun = { id: 'run', reward: 'maths', spec: { name: 'maths' }, specDigest: 'spec', heldBack: ['gold'] }

/** A reward as the orders see it: invalid rows come last, whichever way the others are ordered. */
function inOrder(rows: readonly StoredRow[], order: RowOrder): boolean {
  return rows.every((row, index) => {
    if (index === 0) return true
    const before = rows[index - 1]!
    if (order === 'oldest') return before.sequence < row.sequence
    if (order === 'newest') return before.sequence > row.sequence
    const [a, b] = [before.scores.reward, row.scores.reward]
    if (a === null || b === null) return b === null
    return order === 'lowest-reward' ? a <= b : a >= b
  })
}

export function storeContract(name: string, open: () => Promise<StorePlace>): void {
  describe(name, () => {
    let place: StorePlace
    let store: Store
    const others: Store[] = []
    const another = async (): Promise<Store> => {
      const opened = await openStore(place.url)
      others.push(opened)
      return opened
    }
    beforeEach(async () => {
      place = await open()
      store = await another()
      await store.openRun(newRun)
    })
    afterEach(async () => {
      await Promise.all(others.splice(0).map((opened) => opened.close()))
      await place.dispose()
    })

    it('gives back what it was given, after it was opened anew', async () => {
      const batch = batchOf('a', [
        {
          prompt: [
            { role: 'system', content: 'Be "brief"' },
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Why?' },
                { type: 'image', url: 'x' },
              ],
            },
          ],
          completion: [{ role: 'assistant', content: null, tool_calls: [{ id: 1 }] }],
          reference: ['a', 'b'],
          steps: [{ text: 's', tokens: 3, tool: true }],
          tokens: [1, 2, 3],
          logprobs: [-0.5, -1, -2],
          finishReason: 'stop',
          step: 12,
          columns: { entropy: 0.5, note: 'x', cut: false, none: null },
          metadata: { nested: { list: [1, null] } },
          scores: {
            reward: 0.1 + 0.2,
            advantage: -1.5,
            columns: { right: 1, steps: [0.5, null, 1], wrong: null },
            stages: { 'right/1 clip': 0.5 },
            reasons: { wrong: 'no reference' },
            tokenRewards: [0, null, 1],
            tokenAdvantages: [0.5, 0.5, 0.5],
            weight: 2,
            kept: false,
          },
        },
        { completion: '' },
      ])
      expect(await store.append([batch])).toEqual([{ kind: 'stored' }])
      await store.close()
      const again = await another()
      const rows = await exported(again)
      expect(rows.map(({ rollout }) => rollout)).toEqual(batch.rollouts)
      expect(rows.map(({ scores }) => scores)).toEqual(batch.rows)
      expect(rows[0]).toMatchObject({
        sequence: 0,
        batch: 'b_a',
        protocol: 'native',
        specDigest: 'spec',
        repeats: 0,
      })
      expect(await again.row('run', 1)).toEqual(rows[1])
      expect(await again.row('run', 2)).toBeUndefined()
      expect(await again.find('run', 'a')).toEqual({
        id: 'b_a',
        contentDigest: 'content of a',
        specDigest: 'spec',
        rows: batch.rows,
      })
      expect(await again.run('run')).toMatchObject({
        ...newRun,
        batches: 1,
        rows: 2,
        lastStep: 12,
        lastAt: batch.receivedAt,
      })
    })

    it('stores a key once, also when two stores are asked at the same time', async () => {
      const second = await another()
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, (_, call) =>
          (call % 2 === 0 ? store : second).append([
            batchOf(`k${call % 10}`, [{}, {}], { id: `b_${call}`, contentDigest: `c${call}` }),
          ]),
        ),
      )
      expect(outcomes.flat().filter(({ kind }) => kind === 'stored')).toHaveLength(10)
      for (const [call, [outcome]] of outcomes.entries()) {
        const answer = await store.find('run', `k${call % 10}`)
        if (outcome!.kind === 'known') expect(outcome.answer).toEqual(answer)
        else expect(answer).toMatchObject({ id: `b_${call}`, contentDigest: `c${call}` })
      }
      const rows = await exported(store)
      expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index))
      expect(await store.run('run')).toMatchObject({ batches: 10, rows: 20 })
    })

    it('stores a key once within one call', async () => {
      const [first, second] = await store.append([batchOf('a', [{}]), batchOf('a', [{}, {}], { id: 'b_2' })])
      expect(first).toEqual({ kind: 'stored' })
      expect(second).toMatchObject({ kind: 'known', answer: { id: 'b_a' } })
      expect(await exported(store)).toHaveLength(1)
    })

    it('keeps keys of different runs apart and finds only what is recent enough', async () => {
      await store.openRun({ ...newRun, id: 'other' })
      await store.append([batchOf('a', [{}], { receivedAt: 1000 })])
      expect(await store.append([batchOf('a', [{}], { run: 'other' })])).toEqual([{ kind: 'stored' }])
      expect(await store.find('run', 'a', 1000)).toBeDefined()
      expect(await store.find('run', 'a', 1001)).toBeUndefined()
      expect(await store.find('run', 'b')).toBeUndefined()
      expect(await store.find('nowhere', 'a')).toBeUndefined()
    })

    it('stores batches without rows', async () => {
      expect(await store.append([batchOf('empty', [])])).toEqual([{ kind: 'stored' }])
      expect(await store.append([batchOf('empty', [])])).toMatchObject([
        { kind: 'known', answer: { rows: [] } },
      ])
      expect(await store.run('run')).toMatchObject({ batches: 1, rows: 0 })
    })

    it('moves a state only with the batch that moved it', async () => {
      expect(await store.loadState('run')).toBeUndefined()
      await store.append([batchOf('a', [{}], { state: { mean: 1 } })])
      await store.append([batchOf('b', [{}])])
      await store.append([batchOf('a', [{}], { state: { mean: 2 } })])
      expect(await store.loadState('run')).toEqual({ mean: 1 })
      await store.append([
        batchOf('c', [{}], { state: { mean: 3 } }),
        batchOf('d', [{}], { state: { mean: 4 } }),
      ])
      expect(await (await another()).loadState('run')).toEqual({ mean: 4 })
    })

    it('stores nothing of a call that names an unknown run, and says which', async () => {
      const bad = store.append([
        batchOf('a', [{}], { state: { mean: 1 } }),
        batchOf('b', [{}], { run: 'nowhere' }),
      ])
      const good = store.append([batchOf('c', [{}])])
      await expect(bad).rejects.toMatchObject({
        code: 'STORE_UNKNOWN_RUN',
        message: expect.stringContaining('nowhere'),
      })
      expect(await good).toEqual([{ kind: 'stored' }])
      expect((await exported(store)).map(({ rollout }) => rollout.id)).toEqual(['c-0'])
      expect(await store.loadState('run')).toBeUndefined()
    })

    it('counts repeats', async () => {
      await store.append([batchOf('a', [{}])])
      await store.countRepeat('run', 'b_a')
      await store.countRepeat('run', 'b_a')
      expect((await store.row('run', 0))?.repeats).toBe(2)
    })

    it('keeps every text as it is', async () => {
      const texts = [
        '',
        'Grüße 😀',
        'a\0b',
        'x\ud800y',
        '\udc00',
        '\u001a0000',
        "'; DROP TABLE rows; --",
        '\\x00 "q" {a,b}',
        '\r\n\t',
      ]
      const big = 'long text '.repeat(100_000)
      const batch = batchOf(
        'texts',
        [...texts, big].map((text) => ({
          prompt: text,
          completion: text,
          group: `g${text.slice(0, 100)}`,
          metadata: { text: text.slice(0, 100) },
          scores: { group: `g${text.slice(0, 100)}`, reasons: { right: text.slice(0, 100) } },
        })),
      )
      await store.append([batch])
      const rows = await exported(store)
      expect(rows.map(({ rollout }) => rollout)).toEqual(batch.rollouts)
      expect(rows.map(({ scores }) => scores)).toEqual(batch.rows)
      for (const group of ['ga\0b', 'gx\ud800y']) {
        expect(await allRows(store, { group })).toHaveLength(1)
        expect((await store.numbers('run', { group }, { most: 10 })).groupNames).toEqual([group])
      }
    })

    it('never holds NaN or infinity', async () => {
      await store.append([
        batchOf('a', [
          {
            columns: { loss: Number.NaN },
            scores: { reward: Number.NaN, columns: { right: Number.POSITIVE_INFINITY } },
          },
          { scores: { reward: null, advantage: Number.NEGATIVE_INFINITY } },
        ]),
      ])
      const rows = await exported(store)
      expect(rows.map(({ scores }) => scores.reward)).toEqual([null, null])
      expect(rows[0]!.scores.columns).toEqual({ right: null })
      expect(await allRows(store, { valid: false })).toHaveLength(2)
    })

    describe('pages', () => {
      const row = fc.record({
        reward: fc.constantFrom(null, 0, 0.5, 1, -1e-300, 1 / 3),
        step: fc.constantFrom(undefined, 1, 2, 3),
        group: fc.constantFrom('g', 'h'),
      })
      it.each(['newest', 'oldest', 'lowest-reward', 'highest-reward'] as const)(
        'show every row once in the order %s',
        async (order) => {
          let number = 0
          await fc.assert(
            fc.asyncProperty(
              fc.array(row, { maxLength: 25 }),
              fc.integer({ min: 1, max: 9 }),
              fc.record({
                fromStep: fc.constantFrom(undefined, 2),
                toStep: fc.constantFrom(undefined, 2),
                group: fc.constantFrom(undefined, 'g'),
                valid: fc.constantFrom(undefined, true, false),
                text: fc.constantFrom(undefined, 'ANSWER 1'),
              }),
              async (rows, limit, filter) => {
                await store.append([
                  batchOf(
                    `p${number++}`,
                    rows.map(({ reward, step, group }) => ({
                      group,
                      ...(step === undefined ? {} : { step }),
                      scores: { reward },
                    })),
                  ),
                ])
                const shown = await allRows(store, filter, order, limit)
                const expected = (await exported(store)).filter(
                  ({ rollout, scores }) =>
                    (filter.fromStep === undefined || (rollout.step ?? Number.NaN) >= filter.fromStep) &&
                    (filter.toStep === undefined || (rollout.step ?? Number.NaN) <= filter.toStep) &&
                    (filter.group === undefined || rollout.group === filter.group) &&
                    (filter.valid === undefined || (scores.reward !== null) === filter.valid) &&
                    (filter.text === undefined || (rollout.completion as string).includes('answer 1')),
                )
                const bySequence = (a: StoredRow, b: StoredRow): number => a.sequence - b.sequence
                expect(shown.toSorted(bySequence)).toEqual(expected)
                expect(inOrder(shown, order)).toBe(true)
                const frame = await store.numbers('run', filter, { most: 10_000 })
                expect([...frame.sequence]).toEqual(expected.map(({ sequence }) => sequence))
              },
            ),
            { numRuns: 15 },
          )
        },
      )

      it('refuse a cursor of another order', async () => {
        for (const after of ['x', '1:2', '-1', '', '1:x']) {
          await expect(store.rows('run', {}, { order: 'newest', limit: 1, after })).rejects.toMatchObject({
            code: 'ARGUMENT_INVALID',
          })
        }
      })

      it('find rows by id and are empty for an unknown run', async () => {
        await store.append([batchOf('a', [{}, {}])])
        expect((await allRows(store, { id: 'a-1' })).map(({ sequence }) => sequence)).toEqual([1])
        expect(await store.rows('nowhere', {}, { order: 'newest', limit: 5 })).toEqual({
          rows: [],
          next: null,
        })
        expect(await exported(store, 'nowhere')).toEqual([])
      })
    })

    it('searches texts as they stand, case ignored', async () => {
      await store.append([
        batchOf('a', [
          { completion: 'All of it: 100%_done' },
          { completion: '100 things' },
          { completion: 'Straße ÄPFEL' },
          { completion: [{ role: 'assistant', content: 'say "HELLO"\nworld' }] },
          { prompt: 'the needle', completion: 'back\\slash' },
        ]),
      ])
      const found = async (text: string): Promise<number[]> =>
        (await allRows(store, { text })).map(({ sequence }) => sequence)
      expect(await found('100%')).toEqual([0])
      expect(await found('%_D')).toEqual([0])
      expect(await found('1_0')).toEqual([])
      expect(await found('100')).toEqual([0, 1])
      expect(await found('äpfel')).toEqual([2])
      expect(await found('"hello"\nWORLD')).toEqual([3])
      expect(await found('NEEDLE')).toEqual([4])
      expect(await found('k\\s')).toEqual([4])
      expect(await found('nothing like it')).toEqual([])
      expect(await found('')).toHaveLength(5)
      expect((await store.numbers('run', { text: '100' }, { most: 10 })).matching).toBe(2)
    })

    it('reads numbers as columns', async () => {
      await store.append([
        batchOf('a', [
          {
            step: 4,
            tokens: [1, 2, 3],
            columns: { entropy: 0.5, kind: 'x' },
            scores: {
              reward: 0.5,
              advantage: 1,
              columns: { right: 1, perStep: [1, 2] },
              stages: { 'right/1 clip': 0.25 },
            },
          },
          { completion: 'four', scores: { reward: null } },
        ]),
        batchOf('b', [{ group: 'g-a', columns: { later: 7 }, scores: { reward: 2 } }]),
      ])
      const frame = await store.numbers('run', {}, { most: 100 })
      const none = Number.NaN
      expect(frame).toMatchObject({ matching: 3, groupNames: ['g-a'] })
      expect(frame.sequence).toEqual(Float64Array.of(0, 1, 2))
      expect(frame.step).toEqual(Float64Array.of(4, none, none))
      expect(frame.group).toEqual(Int32Array.of(0, 0, 0))
      expect(Object.fromEntries(frame.columns)).toEqual({
        reward: Float64Array.of(0.5, none, 2),
        advantage: Float64Array.of(1, none, none),
        right: Float64Array.of(1, none, none),
        'right/1 clip': Float64Array.of(0.25, none, none),
        'logged/entropy': Float64Array.of(0.5, none, none),
        'logged/later': Float64Array.of(none, none, 7),
        length: Float64Array.of(3, 4, 8),
      })
      expect((await store.numbers('nowhere', {}, { most: 5 })).matching).toBe(0)
    })

    it('spreads a sample of numbers evenly', async () => {
      for (let batch = 0; batch < 10; batch++) {
        await store.append([
          batchOf(
            `s${batch}`,
            Array.from({ length: 100 }, () => ({ step: batch })),
          ),
        ])
      }
      for (const most of [1, 7, 100, 333, 999, 1000, 5000]) {
        const frame = await store.numbers('run', {}, { most })
        expect(frame.matching).toBe(1000)
        expect(frame.sequence).toHaveLength(Math.min(most, 1000))
        const gaps = [...frame.sequence.slice(1)].map((sequence, index) => sequence - frame.sequence[index]!)
        const widest = Math.max(...gaps, 1)
        expect(Math.min(...gaps, widest)).toBeGreaterThan(0)
        expect(widest).toBeLessThanOrEqual((2 * 1000) / most + 2)
      }
      expect((await store.numbers('run', {}, { most: 0 })).sequence).toHaveLength(0)
    })

    it('lists runs, and goes on with one under a new spec', async () => {
      const first = await store.run('run')
      await store.append([batchOf('a', [{}])])
      await store.openRun({ ...newRun, id: 'b' })
      const reopened = await store.openRun({
        ...newRun,
        specDigest: 'next',
        spec: { name: 'next' },
        heldBack: [],
      })
      expect(reopened).toMatchObject({
        specDigest: 'next',
        spec: { name: 'next' },
        heldBack: [],
        batches: 1,
        rows: 1,
      })
      expect(reopened.startedAt).toBe(first!.startedAt)
      expect((await store.runs()).map(({ id }) => id).toSorted()).toEqual(['b', 'run'])
      expect(await store.run('nowhere')).toBeUndefined()
    })

    it('keeps alerts and the signals’ work', async () => {
      const alert: Alert = {
        diagnostic: 'length-drift',
        verdict: 'watch',
        column: 'reward',
        sentence: 'Completions grow',
        guard: 'Look',
        step: 3,
        rows: ['a-0'],
        numbers: { slope: 0.5 },
      }
      const saved = await store.saveAlert('run', alert, 5)
      await store.saveAlert('run', { ...alert, step: null }, 6)
      const alerts = await store.alerts('run')
      expect(alerts).toHaveLength(2)
      expect(alerts[0]).toEqual({ ...alert, id: saved.id, run: 'run', at: 5 })
      await expect(store.saveAlert('nowhere', alert, 5)).rejects.toMatchObject({ code: 'STORE_UNKNOWN_RUN' })
      for (const key of ['a', 'b', 'c']) {
        await store.append([
          batchOf(key, [{}], { work: [{ signal: key, rows: 1, seconds: 0.5, failures: 0 }] }),
        ])
      }
      expect((await store.work('run', { most: 2 })).map(([{ signal } = { signal: '' }]) => signal)).toEqual([
        'c',
        'b',
      ])
    })

    it('forgets the oldest batches, and their keys, but never a state or an alert', async () => {
      await store.openRun({ ...newRun, id: 'other' })
      const rows = [{}, {}, {}, {}]
      await Promise.all([
        store.append([batchOf('a', rows, { state: { mean: 1 } })]),
        store.append([batchOf('x', rows, { run: 'other' })]),
        store.append([batchOf('b', rows)]),
        store.append([batchOf('c', rows)]),
      ])
      expect(await store.prune({ maximumRows: 100 })).toBe(0)
      expect(await store.prune({})).toBe(0)
      expect(await store.prune({ maximumRows: 9 })).toBe(8)
      expect((await exported(store)).map(({ rollout }) => rollout.id[0])).toEqual([...'bbbbcccc'])
      expect(await exported(store, 'other')).toEqual([])
      const frame = await store.numbers('run', {}, { most: 100 })
      expect([...frame.sequence]).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
      expect(frame.groupNames).toEqual(['g-b', 'g-c'])
      expect(await store.run('run')).toMatchObject({ batches: 2, rows: 8 })
      expect(await store.loadState('run')).toEqual({ mean: 1 })
      expect(await store.find('run', 'a')).toBeUndefined()
      expect(await store.append([batchOf('a', rows)])).toEqual([{ kind: 'stored' }])
      expect((await exported(store)).at(-1)).toMatchObject({
        sequence: 15,
        rollout: { prompt: 'question a' },
      })
    })

    it('forgets what is too old, also out of the middle of what was stored together', async () => {
      const old = { receivedAt: Date.now() - 3_600_000 }
      const fresh = { receivedAt: Date.now() }
      await store.append([batchOf('a', [{}], fresh), batchOf('b', [{}, {}], old), batchOf('c', [{}], fresh)])
      expect(await store.prune({ maximumAgeSeconds: 60 })).toBe(2)
      expect((await exported(store)).map(({ sequence }) => sequence)).toEqual([0, 3])
      expect([...(await store.numbers('run', {}, { most: 9 })).sequence]).toEqual([0, 3])
      expect(await store.prune({ maximumRows: 0 })).toBe(2)
      expect((await store.numbers('run', {}, { most: 9 })).matching).toBe(0)
    })

    it('stores everything that was accepted before it closes, and nothing after', async () => {
      const accepted = Array.from({ length: 50 }, (_, key) => store.append([batchOf(`k${key}`, [{}])]))
      await store.close()
      await Promise.all(accepted)
      await expect(store.append([batchOf('late', [{}])])).rejects.toMatchObject({ code: 'STORE_FAILED' })
      expect(await exported(await another())).toHaveLength(50)
    })
  })
}
