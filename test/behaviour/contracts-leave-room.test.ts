/** What the contracts must leave room for, each shown with a method of its own or a real one. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type AdvantageUse,
  type Column,
  columnOf,
  createColumn,
  createRaggedColumn,
  createReward,
  defineAdvantage,
  defineCombiner,
  defineShaping,
  defineSignal,
  invalidate,
  length,
  offsetsOf,
  parseRollout,
  type Rollout,
  RolloutBatch,
  registry,
  trainerWarnings,
} from '../../src/index.ts'

const rollouts = (texts: readonly string[], fields: Record<string, unknown> = {}): Rollout[] =>
  texts.map((completion, row) =>
    parseRollout({ id: `r${row}`, group: `g${row >> 1}`, prompt: 'p', completion, ...fields }),
  )

const about = {
  summary: 'For this test.',
  range: 'unbounded',
  parameters: z.object({}),
  examples: [],
} as const
const words = (text: string): number => text.split(/\s+/).filter(Boolean).length
const perRow = (batch: RolloutBatch, measure: (rollout: Rollout, row: number) => number): Column => {
  const column = createColumn(batch.size)
  for (let row = 0; row < batch.size; row++) column.values[row] = measure(batch.rollouts[row]!, row)
  return column
}

describe('signals', () => {
  it('return several columns, each with its grain', async () => {
    const counted = defineSignal({
      ...about,
      name: 'counted',
      grain: 'rollout',
      parts: () => ({ share: 'rollout', letters: 'token' }),
      score(batch) {
        const letters = createRaggedColumn('token', offsetsOf(batch.completions.map((text) => text.length)))
        return {
          column: perRow(batch, (_, row) => words(batch.completions[row]!)),
          parts: { share: perRow(batch, () => 0.5), letters },
        }
      },
    })
    const reward = await createReward({
      name: 'parts',
      signals: { counted: counted() },
      shape: { 'counted.share': { use: 'affine', scale: 4 } },
      combine: { use: 'weighted-sum', weights: { counted: 1, 'counted.share': 1 } },
    })
    const scored = await reward.score(rollouts(['a b', 'c']))
    expect([...scored.columns.keys()]).toEqual(['counted', 'counted.share', 'counted.letters'])
    expect([...scored.columns.get('counted.letters')!.offsets!]).toEqual([0, 3, 4])
    expect([...scored.reward.values]).toEqual([4, 3])
  })

  it('take signals: a wrapper scores changed rollouts, a router chooses by row', async () => {
    const perturbed = defineSignal({
      ...about,
      name: 'perturbed',
      grain: 'rollout',
      over: 'one',
      parts: () => ({ uncertainty: 'rollout' }),
      async score(batch, _, { inner }) {
        const [only] = inner.values()
        const plain = (await only!.score(batch)).column
        const twice = (
          await only!.score(
            new RolloutBatch(
              batch.rollouts.map((rollout) => ({
                ...rollout,
                completion: `${rollout.completion} ${rollout.completion}`,
              })),
            ),
          )
        ).column
        return {
          column: plain,
          parts: {
            uncertainty: perRow(batch, (_rollout, row) => Math.abs(twice.values[row]! - plain.values[row]!)),
          },
        }
      },
    })
    const router = defineSignal({
      ...about,
      name: 'router',
      grain: 'rollout',
      over: 'many',
      async score(batch, _, { inner }) {
        const column = createColumn(batch.size)
        for (const [kind, signal] of inner) {
          const rows = batch.rollouts.flatMap(({ category }, row) => (category === kind ? [row] : []))
          const scored = (await signal.score(batch.select(rows))).column
          for (const [index, row] of rows.entries()) column.values[row] = scored.values[index]!
        }
        return column
      },
    })
    const reward = await createReward({
      name: 'wrapped',
      signals: {
        size: length({ unit: 'words' }),
        letters: length({ unit: 'characters' }),
        doubt: { ...perturbed(), use: 'perturbed', over: 'size' },
      },
      combine: { use: 'weighted-sum', weights: { doubt: 1 } },
    }).catch((error: Error) => error)
    // Spreading an entry drops the method it carries: then its name must be known.
    expect(reward).toBeInstanceOf(Error)

    const withOver = await createReward({
      name: 'wrapped',
      signals: {
        size: length({ unit: 'words' }),
        letters: length({ unit: 'characters' }),
        doubt: perturbed({ over: 'size' }),
        routed: router({ over: { text: 'size', code: 'letters' } }),
      },
      combine: { use: 'weighted-sum', weights: { routed: 1 } },
    })
    const rows = rollouts(['one two', 'abc']).map((rollout, row) => ({
      ...rollout,
      category: row === 0 ? 'text' : 'code',
    }))
    const scored = await withOver.score(rows)
    expect([...scored.columns.get('doubt.uncertainty')!.values]).toEqual([2, 1])
    expect([...scored.reward.values]).toEqual([2, 3])
  })

  it('may look at the group and keep a matrix of verdicts', async () => {
    const longerWins = defineSignal({
      ...about,
      name: 'longer-wins',
      grain: 'group',
      score(batch) {
        const column = createColumn(batch.size)
        const verdicts = new Map<string, Float64Array>()
        for (const [group, members] of Map.groupBy(
          batch.rollouts.keys(),
          (row) => batch.rollouts[row]!.group,
        )) {
          const matrix = new Float64Array(members.length ** 2)
          for (const [i, a] of members.entries()) {
            for (const [j, b] of members.entries()) {
              matrix[i * members.length + j] =
                i === j ? Number.NaN : Number(batch.completions[a]!.length > batch.completions[b]!.length)
              if (i !== j) column.values[a]! += matrix[i * members.length + j]! / (members.length - 1)
            }
          }
          verdicts.set(group, matrix)
        }
        return { column, verdicts }
      },
    })
    const reward = await createReward({ name: 'pairs', signals: { wins: longerWins() } })
    const scored = await reward.score(rollouts(['a', 'bb', 'ccc', 'd']))
    expect(reward.plan.groupSignal).toBe('wins')
    expect([...scored.reward.values]).toEqual([0, 1, 1, 0])
    expect([...scored.verdicts.get('wins')!.get('g1')!]).toEqual([Number.NaN, 1, 0, Number.NaN])
  })

  it('draw from streams that do not depend on their batch', async () => {
    const noisy = defineSignal({
      ...about,
      name: 'noisy',
      grain: 'rollout',
      score: (batch, _, { random }) => perRow(batch, ({ id }) => random.derive(id).uniform()),
    })
    const spec = { name: 'noise', seed: 7, signals: { noise: noisy() } }
    const rows = rollouts(['a', 'b', 'c', 'd'])
    const whole = await (await createReward(spec)).score(rows)
    const part = await (await createReward(spec)).score(rows.slice(2))
    expect([...part.reward.values]).toEqual([...whole.reward.values.subarray(2)])
    const other = await (await createReward({ ...spec, seed: 8 })).score(rows)
    expect([...other.reward.values]).not.toEqual([...whole.reward.values])
  })
})

describe('shapings', () => {
  it('work on the group and read only what they declare', async () => {
    const relative = defineShaping({
      ...about,
      name: 'relative-to-longest',
      grains: ['rollout'],
      scope: 'group',
      inputs: () => ({ size: { from: 'length', unit: 'words' }, finished: { from: 'finished' } }),
      apply(column, _, { groups, inputs }) {
        const most = new Float64Array(groups.count)
        for (const [row, group] of groups.of.entries())
          most[group] = Math.max(most[group]!, inputs.size!.values[row]!)
        const result = createColumn(column.values.length)
        for (const [row, group] of groups.of.entries()) {
          if (inputs.finished!.valid[row] === 0) invalidate(result, row, inputs.finished!.reasons![row]!)
          else result.values[row] = inputs.size!.values[row]! / most[group]!
        }
        return result
      },
    })
    const reward = await createReward({
      name: 's',
      signals: { size: length({ unit: 'words' }) },
      shape: { size: [relative()] },
    })
    const rows = rollouts(['a', 'a b', 'a', 'a b c d']).map((rollout, row) =>
      row === 3 ? rollout : { ...rollout, finishReason: 'stop' },
    )
    const scored = await reward.score(rows)
    expect([...scored.reward.values]).toEqual([0.5, 1, 0.25, 0])
    expect(scored.reward.reasons?.[3]).toBe('no finish_reason')
  })

  it('compare with references that are scored once a text, or were stored', async () => {
    let calls = 0
    const counting = defineSignal({
      ...about,
      name: 'counting',
      grain: 'rollout',
      score(batch) {
        calls += batch.size
        return perRow(batch, (_, row) => words(batch.completions[row]!))
      },
    })
    const reward = await createReward({
      name: 'par',
      signals: { helpful: counting() },
      shape: { helpful: [{ use: 'preference-as-reward' }] },
    })
    const asked = rollouts(['a b', 'c'], { reference_completions: ['x y'] })
    const scored = await reward.score(asked)
    expect(calls).toBe(3)
    expect(scored.reward.values[0]).toBeCloseTo(0.5, 12)
    expect(scored.reward.values[1]).toBeCloseTo(1 / (1 + Math.E), 12)
    const stored = await reward.score(rollouts(['a b'], { reference_scores: { helpful: [1] } }))
    expect(stored.reward.values[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12)
    const missing = await reward.score(rollouts(['a b']))
    expect(missing.reward.reasons?.[0]).toMatch(/no reference/)
  })

  it('carry state that survives JSON from one batch to the next', async () => {
    const spec = {
      name: 'running',
      signals: { size: length({ unit: 'words' }) },
      shape: { size: [{ use: 'running-mean-std' }] },
    }
    const reward = await createReward(spec)
    const first = await reward.score(rollouts(['a', 'a b c']))
    const next = await reward.score(rollouts(['a b c d e']), {
      state: JSON.parse(JSON.stringify(first.state)),
    })
    // Three values 1, 3, 5: mean 3, population deviation √(8/3).
    expect(next.reward.values[0]).toBeCloseTo(2 / Math.sqrt(8 / 3), 12)
  })
})

describe('combiners', () => {
  it('change the grain: steps and an outcome into token rewards', async () => {
    const judged = defineSignal({
      ...about,
      name: 'judged',
      grain: 'step',
      score(batch) {
        const column = createRaggedColumn('step', offsetsOf(batch.rollouts.map(({ steps }) => steps!.length)))
        column.values.fill(0.75)
        return column
      },
    })
    const reward = await createReward({
      name: 'ppr',
      signals: { process: judged(), outcome: { use: 'exact-match' } },
      combine: { use: 'renorm', process: 'process', outcome: 'outcome' },
    })
    const rows = [
      parseRollout({
        prompt: 'p',
        completion: 'yes',
        reference: 'yes',
        tokens: [1, 2, 3, 4],
        steps: [{ text: 's', tokens: 3 }],
      }),
    ]
    const scored = await reward.score(rows)
    expect(scored.tokenRewards!.grain).toBe('token')
    expect([...scored.tokenRewards!.values]).toEqual([0, 0, 0.75, 1])
    expect(scored.reward.values[0]).toBe(1.75)
  })

  it('learn: state moves with the columns and with feedback', async () => {
    interface Multiplier {
      readonly lambda: number
    }
    const constrained = defineCombiner<
      z.ZodObject<{ limit: z.ZodDefault<z.ZodNumber> }>,
      Multiplier,
      { readonly violation: number }
    >({
      ...about,
      name: 'constrained',
      parameters: z.object({ limit: z.number().default(2) }),
      scope: 'batch',
      grain: 'rollout',
      reads: () => ['value', 'cost'],
      stateful: {
        initial: () => ({ lambda: 1 }),
        apply(columns, { limit }, { size }, { lambda }) {
          const column = createColumn(size)
          const cost = columns.get('cost')!.values
          for (let row = 0; row < size; row++)
            column.values[row] = columns.get('value')!.values[row]! - lambda * cost[row]!
          const mean = cost.reduce((a, b) => a + b, 0) / size
          return { column, state: { lambda: Math.max(0, lambda + 0.5 * (mean - limit)) } }
        },
        observe: ({ violation }, _, { lambda }) => ({ lambda: Math.max(0, lambda + violation) }),
      },
    })
    const reward = await createReward({
      name: 'lagrangian',
      signals: { value: length({ unit: 'characters' }), cost: length({ unit: 'words' }) },
      combine: constrained({ limit: 1 }),
    })
    const first = await reward.score(rollouts(['a b c', 'd e f']))
    expect([...first.reward.values]).toEqual([2, 2])
    expect(first.state.combine).toEqual({ lambda: 2 })
    const next = await reward.score(rollouts(['a b c']), { state: JSON.parse(JSON.stringify(first.state)) })
    expect(next.reward.values[0]).toBe(5 - 2 * 3)
    const told = constrained.stateful!.observe!({ violation: -5 }, { limit: 1 }, { lambda: 2 })
    expect(told).toEqual({ lambda: 0 })
  })
})

describe('advantages', () => {
  it('learn, wrapped ones too: state moves once a batch and survives JSON', async () => {
    const reward = await createReward({
      name: 'running',
      signals: { cost: length({ unit: 'words' }) },
      advantage: {
        use: 'dynamic-sampling',
        over: { use: 'beta', estimates: 'running', max: 10, decay: 0.5 },
      },
    })
    expect(reward.plan.scope).toBe('batch')
    const first = await reward.score(rollouts(['a b c', 'd e f']))
    expect(Object.keys(first.state)).toEqual(['advantage/over'])
    const next = await reward.score(rollouts(['a', 'b']), { state: JSON.parse(JSON.stringify(first.state)) })
    expect(next.state).not.toEqual(first.state)
    expect(first.state['advantage/over']).toMatchObject({ reward: { groups: 1 } })
    expect(next.state['advantage/over']).toMatchObject({ reward: { groups: 1.5 } })
  })

  it('wrap another advantage and add weights', async () => {
    const doubled = defineAdvantage({
      ...about,
      name: 'doubled',
      scope: 'group',
      takes: 'rollout',
      grain: 'rollout',
      over: 'one',
      apply(input) {
        const { advantages } = input.inner!(input)
        return {
          advantages: columnOf(advantages.values.map((value) => 2 * value)),
          weights: columnOf(advantages.values.map(() => 0.5)),
        }
      },
    })
    const reward = await createReward({
      name: 'w',
      signals: { size: length({ unit: 'words' }) },
      advantage: doubled({ over: { use: 'dr-grpo' } }) as AdvantageUse,
    })
    const scored = await reward.score(rollouts(['a', 'a b c']))
    expect([...scored.advantages!.values]).toEqual([-2, 2])
    expect([...scored.weights!.values]).toEqual([0.5, 0.5])
  })
})

describe('presets and trainers', () => {
  it.each(registry.presets.map(({ name }) => name))(
    'preset/%s compiles, scores and has its paper',
    async (name) => {
      const reward = await createReward({ name, use: `preset/${name}` })
      const rows = [
        '<think>x</think> <answer>42</answer> <analysis>sure</analysis> <confidence>0.9</confidence>',
        '\\boxed{41}',
      ].map((completion, row) =>
        parseRollout({
          id: `r${row}`,
          group: 'g',
          prompt: 'p',
          completion,
          reference: '42',
          finish_reason: 'stop',
          columns: { completion_tokens: 9, verifiable: true },
        }),
      )
      const scored = await reward.score(rows)
      expect(scored.reward.valid[0]).toBe(1)
      expect(scored.advantages).toBeDefined()
      expect(scored.reward.values[0]).toBeGreaterThan(scored.reward.values[1]!)
      await reward.close()
    },
  )

  it('lets the spec’s own fields win over a preset', async () => {
    const reward = await createReward({
      name: 'mine',
      use: 'preset/dler',
      advantage: { use: 'dr-grpo' },
      signals: { words: length({ unit: 'words' }) },
    })
    expect(reward.plan.advantage!.method.name).toBe('dr-grpo')
    expect(reward.plan.signals.map(({ name }) => name)).toContain('words')
    expect(reward.plan.signals.map(({ name }) => name)).toContain('correct')
  })

  it('says what a trainer would undo, by method', async () => {
    const { plan } = await createReward({
      name: 'w',
      signals: { helpful: length() },
      shape: { helpful: [{ use: 'preference-as-reward' }] },
      advantage: { use: 'grpo' },
    })
    expect(trainerWarnings(plan, 'trl').map(({ method }) => method)).toContain('preference-as-reward')
    expect(trainerWarnings(plan, 'trl').some(({ sentence }) => /standard deviation/.test(sentence))).toBe(
      true,
    )
  })
})
