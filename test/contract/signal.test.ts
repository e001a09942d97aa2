/** The contract of signals, checked for every registered one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseParameters } from '../../src/kinds/method.ts'
import { RolloutBatch } from '../../src/records/batch.ts'
import type { Rollout } from '../../src/records/rollout.ts'
import { registry } from '../../src/reward/registry.ts'
import { createReward, type Reward } from '../../src/reward/score.ts'
import { corpus, deepFreeze, expectColumn, expectSame, expectSound, parameterSets, pick } from './material.ts'
import { type SignalFixture, signalFixtures } from './signal-fixtures.ts'

const opened: Reward[] = []
afterAll(async () => {
  for (const reward of opened) await reward.close()
})

async function rewardOf(use: string, parameters: Readonly<Record<string, unknown>>): Promise<Reward> {
  const combine = { use: 'weighted-sum', weights: {} }
  const reward = await createReward({ name: 'contract', signals: { it: { use, ...parameters } }, combine })
  opened.push(reward)
  return reward
}

async function columnsOf(reward: Reward, rollouts: readonly Rollout[]) {
  return (await reward.runSignals(new RolloutBatch(rollouts))).columns
}

const signals = registry.methods.filter((method) => method.kind === 'signal')

describe.each(signals.map((method) => [method.name, method] as const))('signal %s', (name, method) => {
  let fixture: SignalFixture | undefined
  beforeAll(async () => {
    fixture = await signalFixtures[name]?.()
  })
  afterAll(() => fixture?.close())
  const parametersToTry = () => [
    ...parameterSets(method).map((parameters) => ({ ...parameters, ...fixture?.example })),
    ...(fixture?.corpus.map((parameters) => parseParameters(method, parameters)) ?? []),
  ]

  it('has an example, and every example gives its result', async () => {
    expect(method.examples.length).toBeGreaterThan(0)
    for (const example of method.examples) {
      const rollouts = (example.input.rollouts ?? []).map(
        (row, index) => ({ id: `r${index}`, group: 'g', prompt: '', ...row }) as Rollout,
      )
      const columns = await columnsOf(
        await rewardOf(name, { ...example.parameters, ...fixture?.example }),
        rollouts,
      )
      expectColumn(columns.get('it')!, example.result, example.tolerance)
    }
  })

  it('keeps its promises on awkward rollouts, whatever the split into batches', async () => {
    const rollouts = deepFreeze(structuredClone(corpus))
    for (const parameters of parametersToTry()) {
      const reward = await rewardOf(name, parameters)
      const whole = await columnsOf(reward, rollouts)
      for (const column of whole.values()) expectSound(column)
      const parts =
        method.grain === 'group'
          ? ['g2', 'g0', 'g3', 'g1'].map((group) =>
              rollouts.flatMap((rollout, row) => (rollout.group === group ? [row] : [])),
            )
          : [[3], [0, 1, 2], [13, 12, 11, 10], [4, 5, 6, 7, 8, 9]]
      for (const rows of parts) {
        const part = await columnsOf(
          reward,
          rows.map((row) => rollouts[row]!),
        )
        for (const [column, values] of part) expectSame(values, pick(whole.get(column)!, rows))
      }
    }
  })

  it('takes an empty batch, and parameters survive JSON', async () => {
    for (const parameters of parametersToTry()) {
      expect(parseParameters(method, JSON.parse(JSON.stringify(parameters)))).toEqual(parameters)
      const empty = await columnsOf(await rewardOf(name, parameters), [])
      for (const column of empty.values()) expect(column.values.length).toBe(0)
    }
  })
})
