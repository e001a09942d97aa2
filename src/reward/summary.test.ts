import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseRollout, type Rollout } from '../records/rollout.ts'
import { createReward } from './score.ts'
import { scoreStream } from './score-stream.ts'
import { type RunSummary, SummaryGatherer } from './summary.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-summary-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Groups of three; every fifth group has equal rewards, and row 7 cannot be scored. */
function rollouts(
  groups: number,
  order: (row: number) => number,
  step: (group: number) => number | undefined,
): Rollout[] {
  return Array.from({ length: 3 * groups }, (_, place) => {
    const row = order(place)
    const group = Math.floor(row / 3)
    const words = group % 5 === 0 ? 1 : (row % 3) + 1
    const at = step(group)
    return parseRollout({
      id: `r${row}`,
      group: `g${group}`,
      prompt: 'p',
      completion: 'w '.repeat(words),
      ...(row === 7 ? {} : { tokens: Array.from({ length: words }, () => 1) }),
      ...(at === undefined ? {} : { step: at }),
    })
  })
}

async function summaryOf(rows: readonly Rollout[], advantage?: string): Promise<RunSummary> {
  const reward = await createReward({
    name: 's',
    signals: { tokens: { use: 'length', unit: 'tokens' } },
    ...(advantage === undefined ? {} : { advantage: { use: advantage } }),
  })
  const gatherer = new SummaryGatherer()
  const pieces = async function* () {
    for (let start = 0; start < rows.length; start += 1000) yield rows.slice(start, start + 1000)
  }
  await scoreStream(reward, pieces(), (finished) => gatherer.add(finished), {
    journalPath: join(folder, 'j'),
    input: 'i',
  })
  return gatherer.summary()
}

const groups = 2000
const adjacent = (place: number): number => place
const scattered = (place: number): number => (place * 7) % (3 * groups)

describe('the summary of a run', () => {
  it.each([
    ['rows alone, groups adjacent', adjacent, () => undefined, undefined],
    ['rows alone, groups scattered', scattered, () => undefined, undefined],
    ['rows alone, scattered over two steps', scattered, (group: number) => group % 2, undefined],
    ['whole groups', adjacent, () => undefined, 'dr-grpo'],
    ['scattered groups', scattered, () => undefined, 'dr-grpo'],
    ['whole batches', adjacent, (group: number) => group >> 9, 'beta'],
  ] as const)(
    'counts groups, equal ones, invalid rows and their example: %s',
    async (_, order, step, advantage) => {
      const summary = await summaryOf(rollouts(groups, order, step), advantage)
      expect(summary.rows).toBe(3 * groups)
      expect(summary.groups).toBe(groups)
      expect(summary.groupsWithoutSpread).toBe(groups / 5)
      expect(summary.validRows).toBe(3 * groups - 1)
      const tokens = summary.columns.tokens!
      expect(tokens.invalid).toBe(1)
      expect([tokens.least, tokens.largest]).toEqual([1, 3])
      expect(summary.invalidReasons[0]).toMatchObject({ column: 'tokens', rows: 1, example: 'r7' })
    },
  )

  it('counts a prompt that comes again at another step as another group', async () => {
    const once = rollouts(4, adjacent, () => 1)
    const again = rollouts(4, adjacent, () => 2)
    expect((await summaryOf([...once, ...again])).groups).toBe(8)
  })

  it('has means and deviations that equal two passes', async () => {
    const summary = await summaryOf(rollouts(groups, adjacent, () => undefined))
    const values = rollouts(groups, adjacent, () => undefined).flatMap(({ tokens }) =>
      tokens === undefined ? [] : [tokens.length],
    )
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const deviation = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
    )
    expect(summary.reward.mean).toBeCloseTo(mean, 12)
    expect(summary.reward.standardDeviation).toBeCloseTo(deviation, 12)
  })
})
