/** A signal that fails costs the rows at fault and nothing else, and whoever asks is told which rows and why. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineSignal, type SignalContext, type SignalResult } from '../../src/kinds/signal.ts'
import { RolloutBatch } from '../../src/records/batch.ts'
import { type Column, columnOf, createColumn, createRaggedColumn } from '../../src/records/column.ts'
import type { Rollout } from '../../src/records/rollout.ts'
import { createReward } from '../../src/reward/score.ts'
import type { OnError, SignalUse } from '../../src/reward/spec.ts'

type Score = (
  batch: RolloutBatch,
  context: SignalContext,
) => SignalResult | Column | Promise<SignalResult | Column>

function signalThat(score: Score, grain: 'rollout' | 'step' | 'group' = 'rollout') {
  return defineSignal({
    name: 'of-the-test',
    summary: 'Does what a test needs.',
    range: 'unbounded',
    grain,
    parameters: z.object({}),
    examples: [],
    score: (batch, _parameters, context) => score(batch, context),
  })
}

/** 1 for everything, but it throws when a completion says so. */
const throwing: Score = (batch) => {
  for (const text of batch.completions) if (text.startsWith('bad')) throw new Error(`cannot read "${text}"`)
  return columnOf(batch.completions.map((text) => text.length))
}

function rolloutsOf(completions: readonly string[], groupSize = 4): Rollout[] {
  return completions.map((completion, row) => ({
    id: `r${row}`,
    group: `g${Math.floor(row / groupSize)}`,
    prompt: 'p',
    completion,
  }))
}

async function rewardOf(score: Score, fields: Partial<SignalUse> = {}, grain?: 'rollout' | 'step' | 'group') {
  const use = Object.assign(signalThat(score, grain)(), fields)
  const combine = grain === 'step' ? { combine: { use: 'weighted-sum', weights: { words: 1 } } } : {}
  const signals: Record<string, SignalUse> = { it: use }
  if (grain === 'step') signals.words = { use: 'length', unit: 'words' }
  return createReward({ name: 'failing', signals, ...combine })
}

describe('a row that makes the signal throw', () => {
  it('is isolated wherever it stands, and its neighbours keep their scores', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('good', 'better', 'bad', 'bad luck', ''), { minLength: 1, maxLength: 40 }),
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        async (completions, batch) => {
          const reward = await rewardOf(throwing, batch === undefined ? {} : { batch })
          const { reward: column, timings } = await reward.score(rolloutsOf(completions))
          let failed = 0
          for (const [row, text] of completions.entries()) {
            if (text.startsWith('bad')) {
              failed++
              expect(column.valid[row]).toBe(0)
              expect(column.values[row]).toBe(0)
              expect(column.reasons![row]).toBe(`failed: cannot read "${text}"`)
            } else {
              expect(column.valid[row]).toBe(1)
              expect(column.values[row]).toBe(text.length)
            }
          }
          expect(timings[0]).toMatchObject({ failures: failed, rows: completions.length })
        },
      ),
    )
  })

  it('takes its own group along and no other, where the signal looks at groups', async () => {
    const reward = await rewardOf(throwing, {}, 'group')
    const { reward: column } = await reward.score(
      rolloutsOf(['a', 'b', 'bad', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'bad too', 'j'], 2),
    )
    expect([...column.valid]).toEqual([1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0])
    expect(column.reasons![3]).toBe('failed: cannot read "bad"')
    expect(column.reasons![11]).toBe('failed: cannot read "bad too"')
  })

  it('has one invalid entry a step, or one to carry the reason, where the signal speaks of steps', async () => {
    const reward = await rewardOf(() => Promise.reject(new Error('down')), {}, 'step')
    const steps = [{ text: 'one' }, { text: 'two' }]
    const rollouts = rolloutsOf(['a', 'b']).map((rollout, row) =>
      row === 0 ? { ...rollout, steps } : rollout,
    )
    const { columns } = await reward.runSignals(new RolloutBatch(rollouts))
    const column = columns.get('it')!
    expect([...column.offsets!]).toEqual([0, 2, 3])
    expect([...column.valid]).toEqual([0, 0, 0])
    expect(column.reasons).toEqual(['failed: down', 'failed: down', 'failed: down'])
  })
})

describe('tries and time limits', () => {
  it('tries again as often as it may, and counts', async () => {
    let calls = 0
    const flaky: Score = (batch) => {
      calls++
      if (calls < 3) throw new Error('busy')
      return createColumn(batch.size)
    }
    const reward = await rewardOf(flaky, { retries: 2 })
    const { reward: column, timings } = await reward.score(rolloutsOf(['a', 'b', 'c']))
    expect([...column.valid]).toEqual([1, 1, 1])
    expect(timings[0]).toMatchObject({ calls: 3, retries: 2, failures: 0 })
  })

  it('gives up on a row after its tries', async () => {
    let calls = 0
    const reward = await rewardOf(
      () => {
        calls++
        throw new Error('never')
      },
      { retries: 1 },
    )
    const { reward: column, timings } = await reward.score(rolloutsOf(['a']))
    expect(calls).toBe(2)
    expect(column.reasons).toEqual(['failed: never'])
    expect(timings[0]).toMatchObject({ calls: 2, retries: 1, failures: 1 })
  })

  it('leaves a row that never answers, with its reason, and tells the signal to stop', async () => {
    let told = 0
    const hanging: Score = async (batch, { abort }) => {
      if (batch.completions.includes('hang')) {
        abort.addEventListener('abort', () => told++)
        await new Promise(() => {})
      }
      return columnOf(batch.completions.map((text) => text.length))
    }
    const reward = await rewardOf(hanging, { timeout: 0.05 })
    const { reward: column } = await reward.score(rolloutsOf(['a', 'bc', 'hang', 'd']))
    expect([...column.valid]).toEqual([1, 1, 0, 1])
    expect([...column.values]).toEqual([1, 2, 0, 1])
    expect(column.reasons![2]).toBe('no answer within 0.05 s')
    expect(told).toBeGreaterThanOrEqual(2)
  })
})

describe('cancelling', () => {
  it('ends the run soon, whatever the signal is waiting for', async () => {
    let calls = 0
    const slow: Score = async (batch) => {
      calls++
      await new Promise(() => {})
      return createColumn(batch.size)
    }
    const reward = await rewardOf(slow, { batch: 1, concurrency: 2 })
    const controller = new AbortController()
    const run = reward.score(rolloutsOf(Array.from({ length: 50 }, () => 'x')), { abort: controller.signal })
    await sleep(20)
    controller.abort()
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(calls).toBe(2)
    await sleep(20)
    expect(calls).toBe(2)
  })

  it('starts nothing when it was cancelled before', async () => {
    let calls = 0
    const reward = await rewardOf((batch) => {
      calls++
      return createColumn(batch.size)
    })
    const run = reward.score(rolloutsOf(['a']), { abort: AbortSignal.abort() })
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(calls).toBe(0)
  })

  it('is not held up by the pause between tries', async () => {
    let calls = 0
    const reward = await rewardOf(
      () => {
        calls++
        throw new Error('busy')
      },
      { retries: 50 },
    )
    const controller = new AbortController()
    const run = reward.score(rolloutsOf(['a']), { abort: controller.signal })
    await sleep(20)
    controller.abort()
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(calls).toBeLessThanOrEqual(2)
  })
})

describe('what becomes of a row without a score', () => {
  const completions = ['a', 'bad', 'ccc']
  const column = async (onError: OnError) =>
    (await (await rewardOf(throwing, { onError })).score(rolloutsOf(completions))).reward

  it('is left out by mask, and by default', async () => {
    expect([...(await column('mask')).valid]).toEqual([1, 0, 1])
    const reward = await rewardOf(throwing)
    expect([...(await reward.score(rolloutsOf(completions))).reward.valid]).toEqual([1, 0, 1])
  })

  it('gets the value that the spec names, and keeps the reason', async () => {
    const { values, valid, reasons } = await column({ value: -1 })
    expect([...values]).toEqual([1, -1, 3])
    expect([...valid]).toEqual([1, 1, 1])
    expect(reasons![1]).toBe('failed: cannot read "bad"')
  })

  it('stops the run by fail, with signal, row and reason, and no further call', async () => {
    await expect(column('fail')).rejects.toMatchObject({
      code: 'SIGNAL_FAILED',
      where: { row: 'r1' },
      message: 'row "r1": signal "it" failed: cannot read "bad"',
    })
    const invalid = await rewardOf(
      (batch) =>
        columnOf(
          batch.completions.map(() => null),
          'unreadable',
        ),
      {
        onError: 'fail',
      },
    )
    await expect(invalid.score(rolloutsOf(['a']))).rejects.toThrow('row "r0": signal "it": unreadable')
  })

  it('by fail ends the calls that were still to come, of this signal and of others', async () => {
    let calls = 0
    const counting = signalThat(async (batch) => {
      calls++
      await sleep(5)
      return createColumn(batch.size)
    })
    const failing = signalThat(async () => {
      await sleep(12)
      throw new Error('broken')
    })
    const reward = await createReward({
      name: 'two',
      signals: {
        fails: Object.assign(failing(), { batch: 1, concurrency: 2, onError: 'fail' as const }),
        counts: Object.assign(counting(), { batch: 1, concurrency: 1 }),
      },
      combine: { use: 'sum', of: ['fails', 'counts'] },
    })
    const run = reward.score(rolloutsOf(Array.from({ length: 400 }, () => 'x')))
    await expect(run).rejects.toMatchObject({ code: 'SIGNAL_FAILED' })
    const atFailure = calls
    await sleep(60)
    expect(calls).toBeLessThanOrEqual(atFailure + 1)
    expect(calls).toBeLessThan(20)
  })
})

describe('a signal that answers in the wrong form', () => {
  it.each<[string, Score]>([
    ['too few numbers', (batch) => createColumn(batch.size - 1)],
    ['too many numbers', (batch) => createColumn(batch.size + 1)],
    ['a list a rollout that does not add up', () => createRaggedColumn('step', Int32Array.of(0, 1))],
    [
      'marks of another length',
      (batch) => ({ grain: 'rollout', values: new Float64Array(batch.size), valid: new Uint8Array(1) }),
    ],
  ])('with %s is told so, and no row is blamed', async (_, score) => {
    const reward = await rewardOf(score)
    await expect(reward.score(rolloutsOf(['a', 'b', 'c']))).rejects.toMatchObject({ code: 'SIGNAL_SHAPE' })
  })

  it('without a part that it promised is told so', async () => {
    const forgetful = defineSignal({
      name: 'forgetful',
      summary: 'Forgets its part.',
      range: '0',
      grain: 'rollout',
      parameters: z.object({}),
      parts: () => ({ detail: 'rollout' }),
      examples: [],
      score: (batch) => createColumn(batch.size),
    })
    const reward = await createReward({ name: 'parts', signals: { it: forgetful() } })
    await expect(reward.score(rolloutsOf(['a']))).rejects.toThrow(
      'signal "it" did not return its part "detail"',
    )
  })

  it('with NaN or infinity gives invalid rows: neither ever leaves', async () => {
    const numbers = [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2]
    const reward = await createReward({
      name: 'nan',
      signals: {
        it: signalThat((batch) => ({ ...createColumn(batch.size), values: Float64Array.from(numbers) }))(),
      },
      shape: { it: [{ use: 'z-score' }] },
      advantage: { use: 'grpo' },
    })
    const scored = await reward.score(rolloutsOf(numbers.map(String), 5))
    for (const column of [scored.columns.get('it')!, scored.reward, scored.advantages!]) {
      expect([...column.valid]).toEqual([1, 0, 0, 0, 1])
      expect(column.values.every(Number.isFinite)).toBe(true)
      expect(column.reasons![1]).toBe('not a finite number')
    }
  })
})

it('names the slow rows, slowest first', async () => {
  const uneven: Score = async (batch) => {
    for (const text of batch.completions) await sleep(text === 'slow' ? 60 : text === 'slower' ? 120 : 1)
    return createColumn(batch.size)
  }
  const reward = await rewardOf(uneven, { batch: 1 })
  const { timings } = await reward.score(rolloutsOf(['a', 'slow', 'b', 'c', 'slower', 'd', 'e', 'f', 'g']))
  expect(timings[0]!.slowest.slice(0, 2).map(({ id }) => id)).toEqual(['r4', 'r1'])
  expect(timings[0]!.slowest.length).toBe(5)

  const ownClock = await rewardOf((batch) => ({
    column: createColumn(batch.size),
    seconds: Float64Array.from(batch.completions, (text) => text.length),
  }))
  const own = await ownClock.score(rolloutsOf(['aa', 'a', 'aaaa']))
  expect(own.timings[0]!.slowest).toEqual([
    { id: 'r2', seconds: 4 },
    { id: 'r0', seconds: 2 },
    { id: 'r1', seconds: 1 },
  ])
})
