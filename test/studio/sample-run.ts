/**
 * A run to look at without a server: the shipped rollouts, scored for real, spread over training steps so that the
 * reward rises. A few rows are made invalid (their reference is taken away) and a few hold what a page must survive.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseRollout, type Rollout, tokenCount } from '../../src/records/rollout.ts'
import { createReward, type Reward, type ScoredBatch } from '../../src/reward/score.ts'

const file = (path: string): string => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url))

/** Completions that break careless pages: markup, bidirectional and invisible characters, a very long line. */
const hostile = [
  '<script>document.title = "broken"</script><img src=x onerror=alert(1)> The answer is \\boxed{4}.',
  'The answer is \u202e}4{dexob\\\u202c or \u200b\\boxed{4}\u0000.',
  `${'so '.repeat(4000)}the answer is \\boxed{4}. ${'and '.repeat(3000)}`,
]

export interface SampleRun {
  readonly id: string
  readonly reward: Reward
  readonly size: number
  readonly steps: number
  /** what was scored; row i of the run is entry i % scored.rollouts.length of it */
  readonly scored: ScoredBatch
  rollout(sequence: number): Rollout
  /** NaN = invalid; entry by sequence */
  readonly columns: ReadonlyMap<string, Float64Array>
  readonly step: Int32Array
  readonly groupOf: Int32Array
  readonly groupRows: readonly Int32Array[]
}

/** Builds the run; more rows than were shipped repeat them under new ids and later steps. */
export async function sampleRun(size = 2000): Promise<SampleRun> {
  const rollouts = readFileSync(file('data/rollouts.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      const row = JSON.parse(line)
      if (index % 97 === 5) delete row.reference
      if (index % 700 === 10) row.completion = hostile[Math.floor(index / 700) % hostile.length]
      return parseRollout(row)
    })
  const reward = await createReward(file('specs/arithmetic.yaml'))
  const strict = await createReward(file('specs/strict.yaml'))
  const scored = await reward.score(rollouts)
  const heldBack = await strict.score(rollouts)

  const groups = new Map<string, number[]>()
  for (const [index, { group }] of rollouts.entries())
    groups.set(group, [...(groups.get(group) ?? []), index])
  const rank = stepOrder([...groups.values()], scored)
  const perStep = 5

  const source = {
    reward: numbers(scored.reward.values, scored.reward.valid),
    advantage: numbers(scored.advantages!.values, scored.advantages!.valid),
    ...Object.fromEntries(
      [...scored.columns].map(([name, { values, valid }]) => [name, numbers(values, valid)]),
    ),
    ...Object.fromEntries(
      [...scored.stages].flatMap(([name, stages]) =>
        stages.map(({ method, column }, index) => [
          `${name}/${index + 1} ${method}`,
          numbers(column.values, column.valid),
        ]),
      ),
    ),
    'logged/strict': numbers(heldBack.reward.values, heldBack.reward.valid),
    length: Float64Array.from(rollouts, (rollout) => tokenCount(rollout) ?? Number.NaN),
  }

  // Rows lie in the order of their steps, as a trainer sends them.
  const order = rank.flat()
  const copies = Math.ceil(size / order.length)
  const stepsPerCopy = Math.ceil(rank.length / perStep)
  const place = new Int32Array(size)
  const step = new Int32Array(size)
  const groupOf = new Int32Array(size)
  const stepOfGroup = rank.flatMap((group, index) =>
    group.map(() => [Math.floor(index / perStep), index] as const),
  )
  for (let sequence = 0; sequence < size; sequence++) {
    const copy = Math.floor(sequence / order.length)
    const [at, group] = stepOfGroup[sequence % order.length]!
    place[sequence] = order[sequence % order.length]!
    step[sequence] = copy * stepsPerCopy + at
    groupOf[sequence] = copy * rank.length + group
  }
  const members: number[][] = []
  for (let sequence = 0; sequence < size; sequence++) {
    members[groupOf[sequence]!] ??= []
    members[groupOf[sequence]!]!.push(sequence)
  }
  return {
    id: size === 2000 ? 'smollm2-arithmetic' : `smollm2-${size}`,
    reward,
    size,
    steps: copies * stepsPerCopy,
    scored,
    rollout: (sequence) => {
      const rollout = rollouts[place[sequence]!]!
      const copy = Math.floor(sequence / order.length)
      return copy === 0
        ? rollout
        : { ...rollout, id: `${rollout.id}+${copy}`, group: `${rollout.group}+${copy}` }
    },
    columns: new Map(
      Object.entries(source).map(([name, values]) => [
        name,
        Float64Array.from(place, (index) => values[index]!),
      ]),
    ),
    step,
    groupOf,
    groupRows: members.map((rows) => Int32Array.from(rows)),
  }
}

function numbers(values: Float64Array, valid: Uint8Array): Float64Array {
  return Float64Array.from(values, (value, entry) => (valid[entry] === 1 ? value : Number.NaN))
}

/** Groups from the worst to the best with much noise: the training run that the rollouts could have come from. */
function stepOrder(groups: readonly number[][], { reward }: ScoredBatch): number[][] {
  let state = 7
  const noise = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return groups
    .map((rows) => ({
      rows,
      key: rows.reduce((sum, row) => sum + reward.values[row]!, 0) / rows.length + 2.2 * noise(),
    }))
    .sort((a, b) => a.key - b.key)
    .map(({ rows }) => rows)
}
