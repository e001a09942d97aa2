/**
 * Dynamic sampling: keeps the groups that teach something, those whose rollouts differ in reward (or another column),
 * and marks the others as not to be trained on. The trainer then samples until its batch is full. Sources: DAPO,
 * section 3.2; paper 04 (DLER), which filters on the score before truncation.
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { type Groups, groupMoments } from '../numerics/grouped.ts'
import type { Column } from '../records/column.ts'
import { innerResult, namedColumn } from './advantage-columns.ts'

export interface GroupFilter {
  /** by group: 1 = population standard deviation above 0, or one valid row only */
  readonly groups: Uint8Array
  /** by row: 1 = valid and in a group that is kept */
  readonly rows: Uint8Array
}

/**
 * Which groups differ in a metric: population standard deviation above 0, or a single valid row. Groups without a
 * valid row are dropped. Source: verl recipe/dapo/dapo_ray_trainer.py, filter of groups.
 *
 * @example groupsThatDiffer(Float64Array.of(1, 0, 1, 1), Uint8Array.of(1, 1, 1, 1),
 *   { count: 2, of: Int32Array.of(0, 0, 1, 1) }).groups // [1, 0]
 */
export function groupsThatDiffer(metric: Float64Array, valid: Uint8Array, groups: Groups): GroupFilter {
  const { count, squares } = groupMoments(metric, valid, groups)
  const kept = new Uint8Array(groups.count)
  for (let group = 0; group < groups.count; group++) {
    if (count[group] === 1 || squares[group]! > 0) kept[group] = 1
  }
  const rows = new Uint8Array(metric.length)
  for (let row = 0; row < rows.length; row++) rows[row] = valid[row]! & kept[groups.of[row]!]!
  return { groups: kept, rows }
}

export const dynamicSampling = defineAdvantage({
  name: 'dynamic-sampling',
  summary:
    'Keeps the advantages of another method and marks groups without any difference as not to be used.',
  paper: {
    slug: '04-dler',
    title: 'DAPO; DLER: Doing Length pEnalty Right',
    source: 'recipe/dapo/dapo_ray_trainer.py, filter_groups',
  },
  formula: 'kept = std_g > 0, or one valid rollout',
  range: 'that of the wrapped advantage',
  aliases: ['dapo', 'filter_groups', 'filter groups', 'zero variance filter'],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  over: 'one',
  parameters: z.object({
    on: z
      .string()
      .default('reward')
      .describe(
        'what must differ: `reward` (the combined one), or a column such as the score before truncation',
      ),
  }),
  reads: ({ on }) => (on === 'reward' ? [] : [on]),
  warnings: (trainer) =>
    trainer === 'verl'
      ? []
      : [
          `${trainer} may not drop rollouts by itself: leave those out whose \`kept\` is 0, or their groups dilute the batch.`,
        ],
  // Wrappers are shown around the reward minus the mean of its group.
  examples: [
    {
      title: 'the advantages are those of the wrapped method; the first group is marked as not kept',
      input: { column: [1, 1, 1, 0], groups: ['a', 'a', 'b', 'b'] },
      result: [0, 0, 0.5, -0.5],
    },
  ],
  apply(input, { on }) {
    const inner = innerResult(input, 'dynamic-sampling')
    const rewards = rolloutMetric(input.rewards)
    const metric = on === 'reward' ? rewards : namedColumn(input, on)
    const filter = groupsThatDiffer(metric.values, metric.valid, input.groups)
    const kept = filter.rows
    // A row without a reward cannot be trained on, whatever its metric says.
    for (let row = 0; row < kept.length; row++) kept[row]! &= rewards.valid[row]!
    if (inner.kept !== undefined) for (let row = 0; row < kept.length; row++) kept[row]! &= inner.kept[row]!
    let keptGroups = 0
    for (const one of filter.groups) keptGroups += one
    return {
      ...inner,
      kept,
      evidence: { ...inner.evidence, groups: input.groups.count, keptGroups },
    }
  },
})

/** Token rewards are compared by their sum; a rollout with an invalid token only counts its valid ones. */
function rolloutMetric(rewards: Column): Column {
  const { offsets } = rewards
  if (offsets === undefined) return rewards
  const size = offsets.length - 1
  const values = new Float64Array(size)
  const valid = new Uint8Array(size)
  for (let row = 0; row < size; row++) {
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      if (rewards.valid[entry] === 0) continue
      values[row]! += rewards.values[entry]!
      valid[row] = 1
    }
  }
  return { grain: 'rollout', values, valid }
}
