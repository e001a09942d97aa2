/** The contract of text signals that compare with references, and the way tests run one on plain rollouts. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Method, parseParameters } from '../../kinds/method.ts'
import type { SignalContext, SignalDefinition, SignalResult } from '../../kinds/signal.ts'
import { RandomStream } from '../../numerics/random.ts'
import { RolloutBatch } from '../../records/batch.ts'
import type { Column } from '../../records/column.ts'
import type { Rollout } from '../../records/rollout.ts'

// biome-ignore lint/suspicious/noExplicitAny: the contract takes signals of any parameters
export type AnySignal = Method<'signal', any> & SignalDefinition<any>

export type PlainRollout = Partial<Rollout> & Pick<Rollout, 'completion'>

function contextOf(evidence: boolean): SignalContext {
  return {
    abort: new AbortController().signal,
    random: new RandomStream(1),
    evidence,
    inner: new Map(),
    resource: async (_key, open) => open(),
  }
}

/** Scores rollouts with parameters as a spec gives them. */
export async function scoreSignal(
  method: AnySignal,
  parameters: Readonly<Record<string, unknown>>,
  rollouts: readonly PlainRollout[],
  evidence = false,
): Promise<SignalResult> {
  const batch = new RolloutBatch(
    rollouts.map((rollout, row) => ({ id: `${row}`, group: '0', prompt: 'p', ...rollout })),
  )
  const result = await method.score(batch, parseParameters(method, parameters), contextOf(evidence))
  return 'column' in result ? result : { column: result }
}

function toList(column: Column): (number | null)[] {
  return Array.from(column.values, (value, row) => (column.valid[row] === 1 ? value : null))
}

const text = fc
  .array(fc.constantFrom('the', 'cat', 'sat', ',', '今', '<answer>', '</answer>', '\n', '3.5'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(' '))
const rollouts = fc.array(
  fc.record({
    completion: text,
    reference: fc.oneof(text, fc.array(text, { maxLength: 3 })),
    group: fc.constantFrom('a', 'b'),
  }),
  { minLength: 1, maxLength: 8 },
)

/** What must hold for every such signal; registers its tests. */
export function checkSignal(method: AnySignal): void {
  test('the examples give their results, and their parameters survive JSON', async () => {
    for (const { title, parameters = {}, input, result, tolerance = 0 } of method.examples) {
      const values = toList((await scoreSignal(method, parameters, input.rollouts!)).column)
      expect(values).toHaveLength(result.length)
      values.forEach((value, row) => {
        const expected = result[row] as number | null
        if (value === null || expected === null) expect(value, title).toBe(expected)
        else expect(Math.abs(value - expected), title).toBeLessThanOrEqual(tolerance)
      })
      const parsed = parseParameters(method, parameters)
      expect(parseParameters(method, JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
    }
  })

  for (const { title, parameters = {} } of method.examples) {
    test(`scores every row alone, whatever stands beside it (${title})`, async () => {
      await fc.assert(
        fc.asyncProperty(rollouts, async (batch) => {
          const { column } = await scoreSignal(method, parameters, batch, true)
          for (let row = 0; row < batch.length; row++) {
            const alone = (await scoreSignal(method, parameters, [batch[row]!], false)).column
            expect(toList(alone)[0]).toBe(toList(column)[row])
            expect(Number.isFinite(column.values[row])).toBe(true)
            if (column.valid[row] === 0) expect(column.reasons?.[row]).toMatch(/reference/)
          }
        }),
        { numRuns: 50 },
      )
    })
  }
}
