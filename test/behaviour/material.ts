/** Rollouts, signals of the tests' own, and comparisons that the behaviour tests share. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { z } from 'zod'
import { defineSignal } from '../../src/kinds/signal.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import {
  type Column,
  createColumn,
  createRaggedColumn,
  invalidate,
  offsetsOf,
} from '../../src/records/column.ts'
import type { Rollout, Step } from '../../src/records/rollout.ts'
import type { Reward, RewardState, Scored } from '../../src/reward/score.ts'
import { scoreStream } from '../../src/reward/score-stream.ts'

/** Draws from the rollout's own stream, waits a little, and cannot score every seventh rollout. */
export const drawn = defineSignal({
  name: 'drawn',
  summary: 'A number drawn for each rollout.',
  range: '[0, 1)',
  grain: 'rollout',
  parameters: z.object({ wait: z.number().default(0) }),
  examples: [],
  async score(batch, { wait }, { random }) {
    if (wait > 0) await sleep(wait)
    const column = createColumn(batch.size)
    for (const [row, { id }] of batch.rollouts.entries()) {
      const stream = random.derive(id)
      if (stream.below(7) === 0) invalidate(column, row, `${id} cannot be scored`)
      else column.values[row] = stream.uniform()
    }
    return column
  },
})

/** One number a step, some unknown. */
export const judge = defineSignal({
  name: 'judge',
  summary: 'A number drawn for each step.',
  range: '[0, 1)',
  grain: 'step',
  parameters: z.object({}),
  examples: [],
  score(batch, _parameters, { random }) {
    const column = createRaggedColumn(
      'step',
      offsetsOf(batch.rollouts.map(({ steps }) => steps?.length ?? 0)),
    )
    let entry = 0
    for (const { id, steps } of batch.rollouts) {
      const stream = random.derive(id)
      for (const _ of steps ?? []) {
        if (stream.below(9) === 0) invalidate(column, entry, 'the judge kept silent')
        else column.values[entry] = stream.uniform()
        entry++
      }
    }
    return column
  },
})

/** A number a rollout, and two parts of grains of their own. */
export const withParts = defineSignal({
  name: 'with-parts',
  summary: 'Length, its square root, and the length of each step.',
  range: '[0, ∞)',
  grain: 'rollout',
  parameters: z.object({}),
  parts: () => ({ root: 'rollout', steps: 'step' }),
  examples: [],
  score(batch) {
    const column = createColumn(batch.size)
    const root = createColumn(batch.size)
    const steps = createRaggedColumn(
      'step',
      offsetsOf(batch.rollouts.map((rollout) => rollout.steps?.length ?? 0)),
    )
    let entry = 0
    for (let row = 0; row < batch.size; row++) {
      column.values[row] = batch.completions[row]!.length
      root.values[row] = Math.sqrt(column.values[row]!)
      for (const step of batch.rollouts[row]!.steps ?? []) steps.values[entry++] = step.text.length
    }
    return { column, parts: { root, steps } }
  },
})

/** Place of each completion among its siblings by length, and who is longer than whom. */
export const longest = defineSignal({
  name: 'longest',
  summary: 'Share of the siblings that are shorter.',
  range: '[0, 1]',
  grain: 'group',
  parameters: z.object({}),
  examples: [],
  score(batch) {
    const column = createColumn(batch.size)
    const verdicts = new Map<string, Float64Array>()
    for (const [group, members] of Map.groupBy(batch.rollouts.keys(), (row) => batch.rollouts[row]!.group)) {
      const matrix = new Float64Array(members.length ** 2).fill(Number.NaN)
      for (const [first, row] of members.entries()) {
        for (const [second, other] of members.entries()) {
          if (first === second) continue
          const wins = batch.completions[row]!.length > batch.completions[other]!.length
          matrix[first * members.length + second] = Number(wins)
          column.values[row]! += Number(wins) / (members.length - 1)
        }
      }
      verdicts.set(group, matrix)
    }
    return { column, verdicts }
  },
})

/** A made-up training run: groups of several sizes, steps of several turns, some rows without one thing or another. */
export function someRollouts(seed: number, groups: number, trainingSteps: number | undefined): Rollout[] {
  const random = new RandomStream(seed)
  const rollouts: Rollout[] = []
  for (let step = 0; step < (trainingSteps ?? 1); step++) {
    for (let group = 0; group < groups; group++) {
      const members = 1 + random.below(5)
      for (let member = 0; member < members; member++) {
        const steps: Step[] = Array.from({ length: random.below(4) }, (_, turn) => ({
          text: 'turn '.repeat(turn + 1),
          tokens: 1 + random.below(3),
        }))
        const length = steps.reduce((total, { tokens }) => total + tokens!, 1 + random.below(3))
        const hardness = random.below(6)
        rollouts.push({
          id: `s${step}g${group}m${member}`,
          // The same prompt comes again at every step.
          group: `g${group}`,
          prompt: `question ${group}`,
          completion: 'word '.repeat(1 + random.below(9)),
          reference: random.below(2) === 0 ? 'word' : 'other',
          steps,
          columns: hardness === 0 ? {} : { hardness: hardness / 2 },
          finishReason: random.below(5) === 0 ? 'length' : 'stop',
          ...(random.below(12) === 0 ? {} : { tokens: Array.from({ length }, (_, token) => token) }),
          ...(trainingSteps === undefined ? {} : { step }),
        })
      }
    }
  }
  return rollouts
}

export interface RowResult {
  readonly numbers: Readonly<Record<string, readonly (number | null)[]>>
  readonly reasons: Readonly<Record<string, readonly (string | undefined)[]>>
}

function entriesOf(
  column: Column,
  row: number,
): { numbers: (number | null)[]; reasons: (string | undefined)[] } {
  const start = column.offsets?.[row] ?? row
  const end = column.offsets?.[row + 1] ?? row + 1
  const numbers: (number | null)[] = []
  const reasons: (string | undefined)[] = []
  for (let entry = start; entry < end; entry++) {
    numbers.push(column.valid[entry] === 1 ? column.values[entry]! : null)
    reasons.push(column.valid[entry] === 1 ? undefined : column.reasons?.[entry])
  }
  return { numbers, reasons }
}

/** Everything that is said of each row, by id. */
export function resultsOf(rows: readonly { readonly id: string }[], scored: Scored): Map<string, RowResult> {
  const named: [string, Column][] = [...scored.columns]
  for (const [name, stages] of scored.stages)
    for (const [index, stage] of stages.entries()) named.push([`shaped ${name} ${index}`, stage.column])
  named.push(['reward', scored.reward])
  if (scored.tokenRewards !== undefined) named.push(['token rewards', scored.tokenRewards])
  if (scored.advantages !== undefined) named.push(['advantages', scored.advantages])
  if (scored.weights !== undefined) named.push(['weights', scored.weights])
  const results = new Map<string, RowResult>()
  for (const [row, { id }] of rows.entries()) {
    const numbers: Record<string, readonly (number | null)[]> = {}
    const reasons: Record<string, readonly (string | undefined)[]> = {}
    for (const [name, column] of named) {
      const entries = entriesOf(column, row)
      numbers[name] = entries.numbers
      reasons[name] = entries.reasons
    }
    if (scored.kept !== undefined) numbers.kept = [scored.kept[row]!]
    expect(results.has(id), `${id} came twice`).toBe(false)
    results.set(id, { numbers, reasons })
  }
  return results
}

/** Scores step by step, in the order in which the steps first appear, the state handed from one to the next. */
export async function scoredInMemory(
  reward: Reward,
  rollouts: readonly Rollout[],
  concurrency = 4,
): Promise<{ results: Map<string, RowResult>; state: RewardState }> {
  const results = new Map<string, RowResult>()
  let state: RewardState = {}
  for (const batch of Map.groupBy(rollouts, ({ step }) => step).values()) {
    const scored = await reward.score(batch, { state, concurrency })
    state = JSON.parse(JSON.stringify(scored.state))
    for (const [id, result] of resultsOf(batch, scored)) results.set(id, result)
  }
  return { results, state }
}

export async function* chunked<T>(items: readonly T[], sizes: readonly number[]): AsyncGenerator<T[]> {
  for (let start = 0, turn = 0; start < items.length; turn++) {
    const size = sizes[turn % sizes.length]!
    yield items.slice(start, start + size)
    start += size
  }
}

export async function scoredAsStream(
  reward: Reward,
  rollouts: readonly Rollout[],
  sizes: readonly number[],
): Promise<{ results: Map<string, RowResult>; state: RewardState; order: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'guerdon-test-'))
  try {
    const results = new Map<string, RowResult>()
    const order: string[] = []
    const { state, rows } = await scoreStream(
      reward,
      chunked(rollouts, sizes),
      ({ rows, scored }) => {
        const finished = [...rows]
        for (const { id } of finished) order.push(id)
        for (const [id, result] of resultsOf(finished, scored)) results.set(id, result)
      },
      { journalPath: join(folder, 'journal'), input: 'test' },
    )
    expect(rows).toBe(rollouts.length)
    return { results, state: JSON.parse(JSON.stringify(state)), order }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same rows with the same numbers (to a relative 1e-12) and the same reasons. */
export function expectSameResults(
  actual: ReadonlyMap<string, RowResult>,
  expected: ReadonlyMap<string, RowResult>,
): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [id, { numbers, reasons }] of expected) {
    const other = actual.get(id)!
    expect(other.reasons, id).toEqual(reasons)
    expect(Object.keys(other.numbers)).toEqual(Object.keys(numbers))
    for (const [name, list] of Object.entries(numbers)) {
      const found = other.numbers[name]!
      expect(found.length, `${id} ${name}`).toBe(list.length)
      for (const [entry, value] of list.entries()) {
        const same =
          value === null || found[entry] === null
            ? value === found[entry]
            : Math.abs(value - found[entry]!) <= 1e-12 * Math.max(1, Math.abs(value))
        if (!same) expect(`${id} ${name} ${entry}: ${found[entry]}`).toBe(`${id} ${name} ${entry}: ${value}`)
      }
    }
  }
}
