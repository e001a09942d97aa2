/** Every stage's number and reason for one rollout and its group: the answer to "why this reward?". */

import type { Column } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { completionText, promptText, type Rollout } from '../records/rollout.ts'
import type { Reward, ScoredBatch } from './score.ts'

/** A number of one row at one stage: null and a reason where it is invalid; a list for step and token columns. */
export interface StageValue {
  readonly value: number | null | readonly (number | null)[]
  readonly reason?: string
}

export interface SignalExplanation extends StageValue {
  readonly name: string
  readonly method: string
  readonly parameters: unknown
  readonly evidence?: unknown
  readonly shaping: readonly ({ readonly method: string } & StageValue)[]
}

export interface GroupMember {
  readonly id: string
  readonly reward: number | null
  readonly advantage: number | null
  readonly completion: string
}

export interface Explanation {
  readonly id: string
  readonly group: string
  readonly prompt: string
  readonly completion: string
  readonly reference: Rollout['reference'] | null
  readonly signals: readonly SignalExplanation[]
  readonly combine: ({ readonly method: string; readonly parameters: unknown } & StageValue) | null
  readonly reward: StageValue
  readonly advantage: ({ readonly method: string; readonly parameters: unknown } & StageValue) | null
  readonly advantageEvidence: Readonly<Record<string, unknown>>
  /** the rollouts of the same prompt, best first */
  readonly siblings: readonly GroupMember[]
}

/**
 * Explains one rollout of a batch: scores the batch with evidence and reads every stage's entry for the row.
 * @throws GuerdonError DATA_ROW_UNKNOWN when no rollout has the id
 */
export async function explain(
  reward: Reward,
  rollouts: readonly Rollout[],
  id: string,
): Promise<Explanation> {
  const row = rollouts.findIndex((rollout) => rollout.id === id)
  if (row === -1)
    throw new GuerdonError('DATA_ROW_UNKNOWN', 'is not among the rollouts', { where: { row: id } })
  const scored = await reward.score(rollouts, { evidence: true })
  return explanationOf(reward, scored, row)
}

function explanationOf(reward: Reward, scored: ScoredBatch, row: number): Explanation {
  const { plan } = reward
  const rollout = scored.rollouts[row]!
  const signals: SignalExplanation[] = []
  for (const { name, method, parameters, parts } of plan.signals) {
    for (const column of [name, ...Object.keys(parts).map((part) => `${name}.${part}`)]) {
      const raw = scored.columns.get(column)!
      const evidence = raw.evidence?.[row]
      signals.push({
        name: column,
        method: method.name,
        parameters: column === name ? parameters : {},
        ...entryOf(raw, row),
        ...(evidence === undefined ? {} : { evidence }),
        shaping: (scored.stages.get(column) ?? []).map((stage) => ({
          method: stage.method,
          ...entryOf(stage.column, row),
        })),
      })
    }
  }
  const { combiner, advantage } = plan
  const group = scored.groups.of[row]!
  const siblings: GroupMember[] = []
  for (let other = 0; other < scored.rollouts.length; other++) {
    if (scored.groups.of[other] !== group) continue
    const sibling = scored.rollouts[other]!
    siblings.push({
      id: sibling.id,
      reward: numberOf(scored.reward, other),
      advantage: scored.advantages?.grain === 'rollout' ? numberOf(scored.advantages, other) : null,
      completion: completionText(sibling.completion),
    })
  }
  siblings.sort((a, b) => (b.reward ?? Number.NEGATIVE_INFINITY) - (a.reward ?? Number.NEGATIVE_INFINITY))
  return {
    id: rollout.id,
    group: rollout.group,
    prompt: promptText(rollout.prompt),
    completion: completionText(rollout.completion),
    reference: rollout.reference ?? null,
    signals,
    combine:
      combiner === undefined
        ? null
        : {
            method: combiner.method.name,
            parameters: combiner.parameters,
            ...entryOf(scored.tokenRewards ?? scored.reward, row),
          },
    reward: entryOf(scored.reward, row),
    advantage:
      advantage === undefined
        ? null
        : {
            method: advantage.method.name,
            parameters: advantage.parameters,
            ...entryOf(scored.advantages!, row),
          },
    advantageEvidence: scored.advantageEvidence,
    siblings,
  }
}

function numberOf(column: Column, entry: number): number | null {
  return column.valid[entry] === 1 ? column.values[entry]! : null
}

function entryOf(column: Column, row: number): StageValue {
  const { offsets } = column
  if (offsets === undefined) {
    const reason = column.reasons?.[row]
    return { value: numberOf(column, row), ...(reason === undefined ? {} : { reason }) }
  }
  const value: (number | null)[] = []
  let reason: string | undefined
  for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
    value.push(numberOf(column, entry))
    reason ??= column.reasons?.[entry]
  }
  return { value, ...(reason === undefined ? {} : { reason }) }
}
