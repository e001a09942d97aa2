/**
 * Why a stored row got its reward. The stored numbers are the answer; where the spec that scored the row is still
 * served, its group is scored once more for what is not stored: evidence and the reasons of stages. The numbers of that
 * second scoring are not shown, because a running state, or rollouts of other groups, may have made others.
 */
import { type Explanation, explain } from '../../reward/explain.ts'
import type { Reward } from '../../reward/score.ts'
import type { RewardSpec } from '../../reward/spec.ts'
import type { StoredRow } from '../../store/store.ts'
import { stageParts } from './aggregates/column-kind.ts'
import type { RowDetail } from './schemas.ts'
import { bestFirst } from './views/group-view.ts'
import { rowView } from './views/row-view.ts'
import { methodOf } from './views/served-methods.ts'

type Value = RowDetail['reward']['value']

export interface RowDetailParts {
  readonly row: StoredRow
  /** rows of the same group and step, the row among them */
  readonly siblings: readonly StoredRow[]
  readonly neighbours: readonly { readonly similarity: number; readonly row: StoredRow }[]
  /** the run's spec; undefined when it is not the one that scored the row */
  readonly spec: RewardSpec | undefined
  readonly explanation: Explanation | undefined
}

/**
 * Scores the row's group again with evidence, when the served reward is the one that scored the row.
 * Undefined when it is not, or when a signal cannot score the group now (a judge that is away, a file that is gone).
 */
export async function explainStored(
  reward: Reward,
  row: StoredRow,
  siblings: readonly StoredRow[],
): Promise<Explanation | undefined> {
  if (reward.plan.digest !== row.specDigest) return undefined
  // Ids need not be unique in a run: the row itself comes first, so that its id finds it.
  const others = siblings.filter(({ sequence }) => sequence !== row.sequence)
  const rollouts = [row, ...others].map(({ rollout }) => rollout)
  try {
    return await explain(reward, rollouts, row.rollout.id)
  } catch {
    return undefined
  }
}

/** The answer of `GET /runs/:run/rows/:sequence`. */
export function rowDetailOf({ row, siblings, neighbours, spec, explanation }: RowDetailParts): RowDetail {
  const { scores } = row
  const reasonOf = (name: string): string | null => scores.reasons[name] ?? null
  const signals = Object.entries(scores.columns).map(([name, value]) => {
    const explained = explanation?.signals.find((signal) => signal.name === name)
    const use = spec?.signals?.[name]?.use ?? null
    const method = explained?.method ?? use
    return {
      name,
      value: value as Value,
      reason: reasonOf(name),
      method,
      formula: method === null ? null : (methodOf('signal', method)?.formula ?? null),
      parameters: plain(explained?.parameters ?? null),
      evidence: plain(explained?.evidence ?? null),
      shaping: stagesOf(row, name, explained?.shaping ?? []),
    }
  })
  const combiner = explanation?.combine?.method ?? spec?.combine?.use
  const advantage = explanation?.advantage?.method ?? spec?.advantage?.use
  return {
    row: rowView(row),
    explained: explanation !== undefined,
    signals,
    combine:
      combiner === undefined
        ? null
        : {
            value: (scores.tokenRewards ?? scores.reward) as Value,
            reason: reasonOf('reward'),
            method: combiner,
            formula: methodOf('combiner', combiner)?.formula ?? null,
            parameters: plain(explanation?.combine?.parameters ?? null),
          },
    reward: { value: scores.reward, reason: reasonOf('reward') },
    advantage:
      advantage === undefined
        ? null
        : {
            value: (scores.tokenAdvantages ?? scores.advantage) as Value,
            reason: reasonOf('advantage') ?? (scores.advantage === null ? reasonOf('reward') : null),
            method: advantage,
            formula: methodOf('advantage', advantage)?.formula ?? null,
            parameters: plain(explanation?.advantage?.parameters ?? null),
          },
    siblings: bestFirst(siblings).map(rowView),
    neighbours: neighbours.map(({ similarity, row: other }) => ({ similarity, row: rowView(other) })),
  }
}

/** Stored stages of a column in order. Step and token columns are not stored: theirs are those of the explanation. */
function stagesOf(
  row: StoredRow,
  column: string,
  explained: Explanation['signals'][number]['shaping'],
): RowDetail['signals'][number]['shaping'] {
  const stored = Object.entries(row.scores.stages)
    .map(([name, value]) => ({ parts: stageParts(name), value }))
    .filter(({ parts }) => parts?.column === column)
    .sort((a, b) => a.parts!.index - b.parts!.index)
  if (stored.length === 0) {
    return explained.map(({ method, value, reason }) => ({
      value: value as Value,
      reason: reason ?? null,
      method,
      formula: methodOf('shaping', method)?.formula ?? null,
    }))
  }
  return stored.map(({ parts, value }) => {
    const again = explained[parts!.index - 1]
    // A reason belongs to its value: where the second scoring came to another one, it says nothing of the first.
    const isSame = again !== undefined && (again.value === null) === (value === null)
    return {
      value,
      reason: (isSame ? again.reason : undefined) ?? null,
      method: parts!.method,
      formula: methodOf('shaping', parts!.method)?.formula ?? null,
    }
  })
}

/** A value as JSON holds it: what a signal gives as evidence is its own affair, and nothing odd may leave the server. */
function plain(value: unknown): unknown {
  try {
    return JSON.parse(
      JSON.stringify(value, (_, entry) => {
        if (typeof entry === 'bigint') return String(entry)
        if (entry instanceof Map) return Object.fromEntries(entry)
        if (ArrayBuffer.isView(entry) && !(entry instanceof DataView))
          return Array.from(entry as Float64Array)
        return entry
      }) ?? 'null',
    )
  } catch {
    return String(value)
  }
}
