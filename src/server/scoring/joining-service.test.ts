import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineShaping } from '../../kinds/shaping.ts'
import { defineSignal } from '../../kinds/signal.ts'
import { createColumn, invalidate } from '../../records/column.ts'
import { GuerdonError } from '../../records/error.ts'
import type { Rollout } from '../../records/rollout.ts'
import { createReward, type Reward, type RewardState } from '../../reward/score.ts'
import type { RewardSpec } from '../../reward/spec.ts'
import type { StateStore } from '../../store/state/state-store.ts'
import type { AppendOutcome, BatchRecord, Store, StoredAnswer } from '../../store/store.ts'
import { type JoiningOptions, JoiningService } from './joining-service.ts'
import type { ScoreAnswer } from './scoring-service.ts'

const living = (): AbortSignal => new AbortController().signal

/** How the signal below behaves, so that a test sees what it was asked and when. */
class Watched {
  calls = 0
  rows = 0
  aborted = 0
  open: Promise<void> | undefined
}

function wordsSignal(watched: Watched) {
  return defineSignal({
    name: 'watched-words',
    summary: 'Counts words.',
    range: '[0, ∞)',
    parameters: z.object({}),
    examples: [],
    grain: 'rollout',
    async score({ completions }, _parameters, { abort }) {
      watched.calls++
      watched.rows += completions.length
      abort.addEventListener('abort', () => watched.aborted++)
      await watched.open
      const column = createColumn(completions.length)
      for (const [row, completion] of completions.entries()) {
        if (completion === 'bad') invalidate(column, row, 'it is bad')
        else column.values[row] = completion.split(/\s+/).length
      }
      return column
    },
  })
}

/** As much of a store as the service meets, in memory. */
class MemoryStore {
  readonly batches: BatchRecord[] = []
  readonly repeats = new Map<string, number>()
  failure: Error | undefined

  async append(batches: readonly BatchRecord[]): Promise<AppendOutcome[]> {
    if (this.failure !== undefined) throw this.failure
    return batches.map((batch) => {
      const known = this.batches.find(({ key }) => key === batch.key)
      if (known !== undefined) return { kind: 'known', answer: known }
      this.batches.push(batch)
      return { kind: 'stored' }
    })
  }

  async find(_run: string, key: string): Promise<StoredAnswer | undefined> {
    return this.batches.find((batch) => batch.key === key)
  }

  async countRepeat(_run: string, batch: string): Promise<void> {
    this.repeats.set(batch, (this.repeats.get(batch) ?? 0) + 1)
  }
}

class MemoryState implements StateStore {
  readonly location = 'memory'
  state: RewardState = {}
  version = 0
  readonly applied = new Map<string, unknown>()

  async read() {
    return { state: this.state, version: this.version }
  }

  async move<T>(
    keys: readonly string[],
    step: (state: RewardState) => { state: RewardState; answers: readonly unknown[]; result: T },
  ) {
    const known = new Map(
      keys.filter((key) => this.applied.has(key)).map((key) => [key, this.applied.get(key)]),
    )
    if (known.size > 0) return { kind: 'applied' as const, answers: known }
    const { state, answers, result } = step(this.state)
    for (const [index, key] of keys.entries()) this.applied.set(key, answers[index])
    this.state = state
    this.version += keys.length
    return { kind: 'moved' as const, result, state, version: this.version }
  }

  async close() {}
}

async function serviceOf(spec: RewardSpec, options: Partial<JoiningOptions> = {}) {
  const store = new MemoryStore()
  const state = new MemoryState()
  const reward = await createReward(spec)
  const service = await JoiningService.open(reward, {
    run: 'run',
    store: store as unknown as Store,
    continued: false,
    shared: false,
    openState: async () => state,
    ...options,
  })
  return { store, state, reward, service }
}

function rollouts(completions: readonly string[], group = 'g', prefix = 'r'): Rollout[] {
  return completions.map((completion, index) => ({ id: `${prefix}${index}`, group, prompt: 'p', completion }))
}

const watchedSpec = (watched: Watched, more: Partial<RewardSpec> = {}): RewardSpec => ({
  name: 'words',
  signals: { words: wordsSignal(watched)() },
  ...more,
})

describe('JoiningService', () => {
  it('gives every request the numbers that it would get alone', async () => {
    const spec: RewardSpec = {
      name: 'joined',
      signals: { words: { use: 'length', unit: 'words' }, characters: { use: 'length', unit: 'characters' } },
      combine: { use: 'weighted-sum', weights: { words: 1, characters: -0.1 } },
      advantage: { use: 'grpo' },
    }
    const { service, reward } = await serviceOf(spec)
    const row = fc.record({
      group: fc.constantFrom('a', 'b', 'c'),
      completion: fc.string({ minLength: 1, maxLength: 12 }),
    })
    const request = fc.array(row, { minLength: 0, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 6 }), async (requests) => {
        const asked = requests.map((rows) =>
          rows.map((one, index) => ({ ...one, id: `r${index}`, prompt: 'p' })),
        )
        const answers = await Promise.all(
          asked.map((rows) =>
            service.score({ rollouts: rows, protocol: 'test', groups: 'whole', abort: living() }),
          ),
        )
        for (const [index, rows] of asked.entries()) {
          const alone = await reward.score(rows)
          expect(answers[index]!.rows.map(({ reward: value }) => value)).toEqual([...alone.reward.values])
          expect(answers[index]!.rows.map(({ advantage }) => advantage)).toEqual([
            ...alone.advantages!.values,
          ])
        }
      }),
      { numRuns: 60 },
    )
    await service.stop()
  })

  it('scores requests that come together in one call, each content once', async () => {
    const watched = new Watched()
    const { service, store } = await serviceOf(watchedSpec(watched))
    const ask = (completions: string[]) =>
      service.score({ rollouts: rollouts(completions), protocol: 'test', groups: 'whole', abort: living() })
    const answers = await Promise.all([ask(['a b']), ask(['a b', 'c']), ask(['d e f'])])
    expect(watched).toMatchObject({ calls: 1, rows: 3 })
    expect(answers.map(({ rows }) => rows.map(({ reward }) => reward))).toEqual([[2], [2, 1], [3]])
    await ask(['c', 'a b'])
    expect(watched).toMatchObject({ calls: 1, rows: 3 })
    expect(store.batches).toHaveLength(4)
    await service.stop()
  })

  it('answers a repeated key with the first answer and refuses it for another content', async () => {
    const watched = new Watched()
    const { service, store } = await serviceOf(watchedSpec(watched))
    const ask = (completions: string[]) =>
      service.score({
        rollouts: rollouts(completions),
        protocol: 'test',
        groups: 'whole',
        key: 'k',
        abort: living(),
      })
    const [first, together] = await Promise.all([ask(['a', 'bad']), ask(['a', 'bad'])])
    const later = await ask(['a', 'bad'])
    expect(first.repeated).toBe(false)
    expect(together).toEqual({ ...first, repeated: true })
    expect(later).toEqual({ ...first, repeated: true })
    expect(first.rows[1]).toMatchObject({ reward: null, reasons: { words: 'it is bad' } })
    expect(watched.rows).toBe(2)
    expect(store.batches).toHaveLength(1)
    expect(store.repeats.get(first.batch)).toBe(2)
    await expect(ask(['other'])).rejects.toMatchObject({ code: 'KEY_REUSED' })
    await service.stop()
  })

  it('recognises a repeat of an earlier process by what the store holds', async () => {
    const watched = new Watched()
    const { service, store } = await serviceOf(watchedSpec(watched), { continued: true })
    const ask = (key?: string) =>
      service.score({ rollouts: rollouts(['a b']), protocol: 'test', groups: 'whole', abort: living(), key })
    const first = await ask('k')
    const again = await JoiningService.open(await createReward(watchedSpec(watched)), {
      run: 'run',
      store: store as unknown as Store,
      continued: true,
      shared: false,
      openState: async () => new MemoryState(),
    })
    const answer = await again.score({
      rollouts: rollouts(['a b']),
      protocol: 'test',
      groups: 'whole',
      abort: living(),
      key: 'k',
    })
    expect(answer).toEqual({ ...first, repeated: true })
    expect(watched.calls).toBe(1)
    await service.stop()
    await again.stop()
  })

  it.each([{ continued: false }, { continued: true }])(
    'takes a lone equal rollout as another sample, unless nobody got the first answer ($continued)',
    async (options) => {
      const watched = new Watched()
      const { service, store } = await serviceOf(watchedSpec(watched), options)
      const ask = (abort = living()) =>
        service.score({ rollouts: rollouts(['a b'], 'g', ''), protocol: 'test', groups: 'single', abort })
      const first = await ask()
      const second = await ask()
      expect(second.batch).not.toBe(first.batch)
      expect(second.rows[0]!.reward).toBe(first.rows[0]!.reward)
      expect(store.batches).toHaveLength(2)
      expect(watched.rows).toBe(1)

      const gone = new AbortController()
      const lost = service.score({
        rollouts: rollouts(['lost']),
        protocol: 'test',
        groups: 'single',
        abort: gone.signal,
      })
      gone.abort()
      await expect(lost).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
      // It is scored and kept all the same, and answered to nobody.
      while (store.batches.length < 3) await new Promise(setImmediate)
      await new Promise(setImmediate)
      const retry = await service.score({
        rollouts: rollouts(['lost']),
        protocol: 'test',
        groups: 'single',
        abort: living(),
      })
      expect(retry.repeated).toBe(true)
      expect(store.batches).toHaveLength(3)
      // The retry has the answer; the next equal rollout is another sample.
      const next = await service.score({
        rollouts: rollouts(['lost']),
        protocol: 'test',
        groups: 'single',
        abort: living(),
      })
      expect(next.repeated).toBe(false)
      expect(store.batches).toHaveLength(4)
      await service.stop()
    },
  )

  it('stops the work that nobody waits for any more, after a grace', async () => {
    const watched = new Watched()
    const gate = Promise.withResolvers<void>()
    watched.open = gate.promise
    const { service, store } = await serviceOf(watchedSpec(watched), { grace: 10 })
    const gone = new AbortController()
    const lost = service.score({
      rollouts: rollouts(['a']),
      protocol: 'test',
      groups: 'whole',
      abort: gone.signal,
    })
    const failed = expect(lost).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    while (watched.calls === 0) await new Promise(setImmediate)
    gone.abort()
    await failed
    while (watched.aborted === 0) await new Promise(setImmediate)
    gate.resolve()
    await service.stop()
    expect(store.batches).toHaveLength(0)
  })

  it('goes on with those who wait behind requests that nobody wants any more', async () => {
    const watched = new Watched()
    const gate = Promise.withResolvers<void>()
    watched.open = gate.promise
    const { service } = await serviceOf(watchedSpec(watched), { grace: 1, maximumRows: 1, concurrency: 1 })
    const ask = (completion: string, abort: AbortSignal) =>
      service.score({ rollouts: rollouts([completion]), protocol: 'test', groups: 'whole', abort })
    const first = ask('a', living())
    while (watched.calls === 0) await new Promise(setImmediate)
    const gone = new AbortController()
    const left = expect(ask('b', gone.signal)).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    const behind = ask('c d', living())
    gone.abort()
    await left
    await new Promise((resolve) => setTimeout(resolve, 20))
    gate.resolve()
    await first
    expect((await behind).rows[0]!.reward).toBe(2)
    expect(watched.rows).toBe(2)
    await service.stop()
  })

  it('gives rewards and no advantages to rollouts that come one by one', async () => {
    const { service, reward } = await serviceOf(watchedSpec(new Watched(), { advantage: { use: 'grpo' } }))
    const ask = (completions: string[], groups: 'whole' | 'single') =>
      service.score({ rollouts: rollouts(completions), protocol: 'test', groups, abort: living() })
    const [single, whole] = await Promise.all([ask(['a b'], 'single'), ask(['a b', 'c'], 'whole')])
    expect(single.rows[0]).toMatchObject({ reward: 2, advantage: null })
    const alone = await reward.score(rollouts(['a b', 'c']))
    expect(whole.rows.map(({ advantage }) => advantage)).toEqual([...alone.advantages!.values])
    await service.stop()
  })

  it('lets one request fail without its neighbours', async () => {
    const { service } = await serviceOf(watchedSpec(new Watched(), { onError: 'fail' }))
    const ask = (completion: string) =>
      service.score({ rollouts: rollouts([completion]), protocol: 'test', groups: 'whole', abort: living() })
    const [good, bad] = await Promise.allSettled([ask('a b c'), ask('bad')])
    expect(good).toMatchObject({ status: 'fulfilled', value: { rows: [{ reward: 3 }] } })
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'ROW_INVALID' } })
    await service.stop()
  })

  it('moves a state once a request, in the order of arrival, and tells the store', async () => {
    const spec = watchedSpec(new Watched(), { shape: { words: { use: 'running-mean-std' } } })
    const { service, store, state } = await serviceOf(spec)
    const ask = (words: number, key: string) =>
      service.score({
        rollouts: rollouts(Array.from({ length: 3 }, (_, index) => 'w '.repeat(words + index).trim())),
        protocol: 'test',
        groups: 'whole',
        key,
        abort: living(),
      })
    await Promise.all([ask(1, 'a'), ask(5, 'b'), ask(9, 'c'), ask(1, 'a')])
    const alone = await createReward(spec)
    let expected: RewardState = {}
    for (const words of [1, 5, 9]) {
      const scored = await alone.score(
        rollouts(Array.from({ length: 3 }, (_, index) => 'w '.repeat(words + index).trim())),
        { state: expected },
      )
      expected = scored.state
    }
    expect(state.state).toEqual(expected)
    expect(store.batches.at(-1)!.state).toEqual({ ...expected, spec: service.reward.plan.digest })
    // The store failed after the state had moved: the retry gets the scores of the move that was made.
    store.failure = new GuerdonError('STORE_FAILED', 'the disk is full')
    await expect(ask(2, 'd')).rejects.toMatchObject({ code: 'STORE_FAILED' })
    store.failure = undefined
    const moved = state.state
    await ask(2, 'd')
    expect(state.state).toBe(moved)
    await service.stop()
    await alone.close()
  })

  it('holds single rollouts until their group is whole, and says how many came when it is not', async () => {
    const grouped: RewardSpec = {
      name: 'group',
      signals: { words: { use: 'length', unit: 'words' } },
      shape: { words: lessGroupLeast() },
    }
    const refused = await serviceOf(grouped)
    const single = (service: JoiningService, completion: string, group: string, abort = living()) =>
      service.score({
        rollouts: rollouts([completion], group, ''),
        protocol: 'test',
        groups: 'single',
        abort,
      })
    await expect(single(refused.service, 'a', 'g')).rejects.toMatchObject({ code: 'GROUP_NEEDED' })
    const { service, store, reward } = await serviceOf(grouped, { groupSize: 3, groupTimeout: 0.2 })
    const whole = await reward.score(rollouts(['a', 'b b', 'c c c']))
    const answers = await Promise.all([
      single(service, 'a', 'g'),
      single(service, 'x', 'h').catch((error: GuerdonError) => error),
      single(service, 'b b', 'g'),
      single(service, 'c c c', 'g'),
    ])
    expect([0, 2, 3].map((index) => (answers[index] as ScoreAnswer).rows[0]!.reward)).toEqual([
      ...whole.reward.values,
    ])
    expect(answers[1]).toMatchObject({ code: 'GROUP_INCOMPLETE' })
    expect(String(answers[1])).toContain('1 of 3')
    expect(store.batches).toHaveLength(1)
    expect(store.batches[0]!.rollouts).toHaveLength(3)
    await service.stop()
    await refused.service.stop()
  })

  it('serves another reward from the next request on and closes the old one after its last', async () => {
    const watched = new Watched()
    const gate = Promise.withResolvers<void>()
    watched.open = gate.promise
    const { service, reward } = await serviceOf(watchedSpec(watched))
    let closed = false
    const close = reward.close.bind(reward)
    ;(reward as Reward & { close(): Promise<void> }).close = async () => {
      closed = true
      await close()
    }
    const first = service.score({
      rollouts: rollouts(['a b']),
      protocol: 'test',
      groups: 'whole',
      abort: living(),
    })
    while (watched.calls === 0) await new Promise(setImmediate)
    await service.load(
      await createReward({ name: 'characters', signals: { size: { use: 'length', unit: 'characters' } } }),
    )
    expect(service.columnNames).toEqual(['size'])
    const second = await service.score({
      rollouts: rollouts(['a b']),
      protocol: 'other',
      groups: 'whole',
      abort: living(),
    })
    expect(second.rows[0]!.reward).toBe(3)
    expect(closed).toBe(false)
    gate.resolve()
    expect((await first).rows[0]!.reward).toBe(2)
    await service.stop()
    expect(closed).toBe(true)
    await expect(
      service.score({ rollouts: rollouts(['a']), protocol: 'test', groups: 'whole', abort: living() }),
    ).rejects.toMatchObject({ code: 'SERVER_STOPPING' })
  })
})

function lessGroupLeast() {
  return defineShaping({
    name: 'less-group-least',
    summary: 'Subtracts the least of the group.',
    range: '[0, ∞)',
    parameters: z.object({}),
    examples: [],
    grains: ['rollout'],
    scope: 'group',
    apply(column, _parameters, { groups }) {
      const least = new Float64Array(groups.count).fill(Number.POSITIVE_INFINITY)
      for (const [row, value] of column.values.entries())
        least[groups.of[row]!] = Math.min(least[groups.of[row]!]!, value)
      return { ...column, values: column.values.map((value, row) => value - least[groups.of[row]!]!) }
    },
  })()
}
