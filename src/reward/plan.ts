/** A compiled reward: what a spec says, with every name resolved and every parameter in force. */
import { createHash } from 'node:crypto'
import type { Scope } from '../kinds/inputs.ts'
import type { Grain } from '../records/column.ts'
import type { AnyAdvantage, AnyCombiner, AnyShaping, AnySignal } from './registry.ts'
import type { OnError, RewardSpec } from './spec.ts'

export type Parameters = Readonly<Record<string, unknown>>

export interface PlannedSignal {
  readonly name: string
  readonly method: AnySignal
  readonly parameters: Parameters
  readonly parts: Readonly<Record<string, Grain>>
  /** key under which the method asks for it → name of the inner signal */
  readonly over: ReadonlyMap<string, string>
  readonly onError: OnError
  readonly timeout: number | undefined
  readonly retries: number
  readonly batch: number | undefined
  readonly concurrency: number
}

export interface PlannedShaping {
  readonly method: AnyShaping
  readonly parameters: Parameters
}

export interface PlannedCombiner {
  readonly method: AnyCombiner
  readonly parameters: Parameters
}

export interface PlannedAdvantage {
  readonly method: AnyAdvantage
  readonly parameters: Parameters
  readonly inner: PlannedAdvantage | undefined
}

export interface Plan {
  /** the spec with its presets laid under it */
  readonly spec: RewardSpec
  /** SHA-256 of the effective spec: equal specs, equal digest, whatever file they came from */
  readonly digest: string
  /** folder that relative paths in the spec start from */
  readonly folder: string
  /** inner signals come before those that wrap them */
  readonly signals: readonly PlannedSignal[]
  readonly shapings: ReadonlyMap<string, readonly PlannedShaping[]>
  /** undefined when the one signal is the reward */
  readonly combiner: PlannedCombiner | undefined
  /** the column that is the reward when nothing combines */
  readonly soleColumn: string
  readonly advantage: PlannedAdvantage | undefined
  /** how much of a batch must be at hand to score a row */
  readonly scope: Scope
  /**
   * the same without the advantage: how much must be at hand for the reward alone. Stateful methods carry what they
   * need of other rows in their state, so they count as `row`.
   */
  readonly rewardScope: Scope
  /** true when a method carries a state from batch to batch */
  readonly stateful: boolean
  /** a signal that must see whole groups, if there is one */
  readonly groupSignal: string | undefined
}

/** The grain of every column that the signals will give, parts included. */
export function columnGrains(signals: readonly PlannedSignal[]): Map<string, Grain> {
  const grains = new Map<string, Grain>()
  for (const { name, method, parts } of signals) {
    grains.set(name, method.grain === 'group' ? 'rollout' : method.grain)
    for (const [part, grain] of Object.entries(parts)) grains.set(`${name}.${part}`, grain)
  }
  return grains
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  )
}

/** SHA-256 of a value's JSON with sorted keys. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
}
