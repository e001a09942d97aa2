/**
 * The main job: a batch of rollouts in; signals, shaping, combination, advantages; numbers for the trainer and every
 * intermediate column for the person. `createReward` compiles a spec once, `score` may be called any number of times.
 */
import type { AdvantageInput, AdvantageResult } from '../kinds/advantage.ts'
import type { Inputs } from '../kinds/inputs.ts'
import type { Groups } from '../numerics/grouped.ts'
import { RolloutBatch } from '../records/batch.ts'
import {
  type Column,
  createColumn,
  createRaggedColumn,
  invalidate,
  offsetsOf,
  rolloutsOf,
  sealColumn,
} from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import type { Rollout } from '../records/rollout.ts'
import { type CompileOptions, compile } from './compile.ts'
import { loadSpec } from './load-spec.ts'
import type { Plan, PlannedAdvantage, PlannedShaping } from './plan.ts'
import { type DeclaredInputs, declaredInputs, inputKey, resolveInput } from './resolve-inputs.ts'
import { Resources } from './resources.ts'
import {
  invalidRowCode,
  type RunOptions,
  runOneSignal,
  runSignals,
  type SignalTiming,
} from './run-signals.ts'
import type { OnError, RewardSpec } from './spec.ts'

/** A column after one shaping, for explanations. */
export interface Stage {
  readonly method: string
  readonly column: Column
}

/** State of the stateful methods of a reward, plain JSON: pass it to the next `score`, store it between runs. */
export type RewardState = Readonly<Record<string, unknown>>

/** Everything that one scoring of a batch produced; every number can be traced to the columns before it. */
export interface ScoredBatch extends Scored {
  readonly rollouts: readonly Rollout[]
}

/** What follows from the signals' columns: the same as a `ScoredBatch`, without the texts. */
export interface Scored {
  readonly groups: Groups
  /** signals' columns before shaping, parts as `signal.part` */
  readonly columns: ReadonlyMap<string, Column>
  /** shaped columns only, one entry a shaping, in order */
  readonly stages: ReadonlyMap<string, readonly Stage[]>
  /** one reward a rollout; for token rewards their sum */
  readonly reward: Column
  readonly tokenRewards: Column | undefined
  /** undefined when the spec names no advantage */
  readonly advantages: Column | undefined
  readonly weights: Column | undefined
  /** 0 = the advantage leaves the row out (dynamic sampling) */
  readonly kept: Uint8Array | undefined
  readonly advantageEvidence: Readonly<Record<string, unknown>>
  readonly verdicts: ReadonlyMap<string, ReadonlyMap<string, Float64Array>>
  readonly state: RewardState
  readonly timings: readonly SignalTiming[]
  readonly provenance: Provenance
}

export interface Provenance {
  readonly reward: string
  readonly specDigest: string
  readonly seed: number
  /** signal → method and the parameters in force, defaults included */
  readonly methods: Readonly<Record<string, { readonly use: string; readonly parameters: unknown }>>
}

export interface ScoreOptions {
  readonly state?: RewardState
  readonly abort?: AbortSignal
  /** keep evidence for every row (for `explain`; costs time and memory) */
  readonly evidence?: boolean
  /** most signals at work at the same time (default 4) */
  readonly concurrency?: number
  readonly onProgress?: (signal: string, rowsDone: number) => void
}

/** Signals' columns of a batch, before anything compares or combines them. */
export interface SignalColumns {
  readonly columns: ReadonlyMap<string, Column>
  /** declared inputs of shapings, combiner and advantage, by `inputKey` */
  readonly inputs: ReadonlyMap<string, Column>
  readonly verdicts: ReadonlyMap<string, ReadonlyMap<string, Float64Array>>
  readonly timings: readonly SignalTiming[]
}

type BoundInputs = (declared: DeclaredInputs, column?: string) => Inputs

export class Reward {
  readonly plan: Plan
  readonly #resources = new Resources()

  constructor(plan: Plan) {
    this.plan = plan
  }

  get name(): string {
    return this.plan.spec.name
  }

  get provenance(): Provenance {
    const { signals, spec, digest } = this.plan
    return {
      reward: spec.name,
      specDigest: digest,
      seed: spec.seed ?? 0,
      methods: Object.fromEntries(
        signals.map(({ name, method, parameters }) => [name, { use: method.name, parameters }]),
      ),
    }
  }

  /**
   * Opens what the signals need, models for example; scoring does it too, at its first batch.
   * @throws GuerdonError as the signals' opening does
   */
  async open(): Promise<void> {
    for (const { method, parameters } of this.plan.signals)
      await method.open?.(parameters, {
        folder: this.plan.folder,
        resource: (key, open, close) => this.#resources.get(key, open, close),
      })
  }

  /** Scores a batch: one training step's rollouts, groups whole and in any order. An empty batch is a normal one. */
  async score(rollouts: readonly Rollout[], options: ScoreOptions = {}): Promise<ScoredBatch> {
    const batch = new RolloutBatch(rollouts)
    const signalColumns = await this.runSignals(batch, options)
    return { ...this.finish(batch.groups, signalColumns, options.state), rollouts }
  }

  /** The first half of `score`: what the signals say of each rollout. Needs whole groups for group signals only. */
  async runSignals(batch: RolloutBatch, options: ScoreOptions = {}): Promise<SignalColumns> {
    const { signals } = this.plan
    await this.open()
    const run: RunOptions = {
      seed: this.plan.spec.seed ?? 0,
      evidence: options.evidence ?? false,
      abort: options.abort ?? new AbortController().signal,
      resources: this.#resources,
      folder: this.plan.folder,
      concurrency: options.concurrency ?? 4,
      onProgress: options.onProgress,
    }
    const outcome = await runSignals(signals, batch, run)
    for (const { name, onError } of signals) applyOnError(outcome.columns.get(name)!, name, onError, batch)
    const inputs = new Map<string, Column>()
    for (const [key, { source, signal }] of declaredInputs(this.plan)) {
      inputs.set(
        key,
        source.from === 'references'
          ? await this.#references(signal!, batch, run)
          : resolveInput(source, batch, outcome.columns),
      )
    }
    return { ...outcome, inputs }
  }

  /** The second half of `score`: pure arithmetic on the signals' columns of a whole batch. */
  finish(groups: Groups, signalColumns: SignalColumns, state: RewardState = {}): Scored {
    const { plan } = this
    const { columns } = signalColumns
    const size = groups.of.length
    const nextState: Record<string, unknown> = { ...state }
    const inputsOf: BoundInputs = (declared, column) => {
      const inputs: Record<string, Column> = {}
      for (const [alias, source] of Object.entries(declared ?? {})) {
        const input = signalColumns.inputs.get(inputKey(source, column))!
        // An optional input that no row has is left out, so that a method can tell "not given" from "invalid".
        if (source.optional !== true || input.valid.includes(1)) inputs[alias] = input
      }
      return inputs
    }

    const shaped = new Map(columns)
    const stages = new Map<string, Stage[]>()
    for (const [name, steps] of plan.shapings) {
      let column = columns.get(name)!
      const list: Stage[] = []
      for (const [index, step] of steps.entries()) {
        const context = { groups, inputs: inputsOf(step.method.inputs?.(step.parameters), name) }
        column = sealColumn(applyShaping(step, column, context, `shape/${name}/${index}`, nextState))
        list.push({ method: step.method.name, column })
      }
      stages.set(name, list)
      shaped.set(name, column)
    }

    let combined = shaped.get(plan.soleColumn)!
    if (plan.combiner !== undefined) {
      const { method, parameters } = plan.combiner
      const context = { size, groups, inputs: inputsOf(method.inputs?.(parameters)) }
      if (method.stateful !== undefined) {
        const before = nextState.combine ?? method.stateful.initial(parameters)
        const result = method.stateful.apply(shaped, parameters, context, before)
        nextState.combine = result.state
        combined = result.column
      } else {
        combined = method.apply!(shaped, parameters, context)
      }
      sealColumn(combined)
    }
    const tokenRewards = combined.grain === 'rollout' ? undefined : combined
    const reward = tokenRewards === undefined ? combined : sumPerRollout(tokenRewards)

    const compared =
      plan.advantage === undefined
        ? undefined
        : bind(
            plan.advantage,
            inputsOf,
            'advantage',
            nextState,
          )({ rewards: combined, groups, columns: shaped, inputs: {} })
    if (compared !== undefined) {
      sealColumn(compared.advantages)
      if (compared.weights !== undefined) sealColumn(compared.weights)
      if (compared.advantages.grain === 'rollout')
        compared.advantages.reasons ??= reward.reasons?.slice() ?? []
    }
    return {
      groups,
      columns,
      stages,
      reward,
      tokenRewards,
      advantages: compared?.advantages,
      weights: compared?.weights,
      kept: compared?.kept,
      advantageEvidence: compared?.evidence ?? {},
      verdicts: signalColumns.verdicts,
      state: nextState,
      timings: signalColumns.timings,
      provenance: this.provenance,
    }
  }

  /** Scores of the reference completions of every rollout's prompt: stored ones, or scored now, once a text. */
  async #references(signal: string, batch: RolloutBatch, run: RunOptions): Promise<Column> {
    const { rollouts } = batch
    const offsets = offsetsOf(
      rollouts.map(
        ({ referenceScores, referenceCompletions }) =>
          referenceScores?.[signal]?.length ?? referenceCompletions?.length ?? 0,
      ),
    )
    const column = createRaggedColumn('step', offsets)
    const unique = new Map<string, number>()
    const asked: Rollout[] = []
    const positions = new Int32Array(column.values.length).fill(-1)
    for (let row = 0; row < rollouts.length; row++) {
      const rollout = rollouts[row]!
      const stored = rollout.referenceScores?.[signal]
      for (let entry = offsets[row]!, index = 0; entry < offsets[row + 1]!; entry++, index++) {
        if (stored !== undefined) {
          column.values[entry] = stored[index]!
          continue
        }
        const text = rollout.referenceCompletions![index]!
        const key = `${rollout.group}\u0000${text}`
        let position = unique.get(key)
        if (position === undefined) {
          position = asked.length
          unique.set(key, position)
          asked.push(referenceRollout(rollout, text, index))
        }
        positions[entry] = position
      }
    }
    if (asked.length > 0) {
      const { column: scores } = await runOneSignal(this.plan.signals, signal, new RolloutBatch(asked), run)
      for (let entry = 0; entry < positions.length; entry++) {
        const position = positions[entry]!
        if (position === -1) continue
        if (scores.valid[position] === 1) column.values[entry] = scores.values[position]!
        else invalidate(column, entry, `reference: ${scores.reasons?.[position] ?? 'invalid'}`)
      }
    }
    return sealColumn(column)
  }

  /** Closes worker pools and whatever else the signals opened. */
  async close(): Promise<void> {
    await this.#resources.close()
  }
}

/** A reference completion as a rollout of the same prompt; what belongs to the sampled completion is left out. */
function referenceRollout(rollout: Rollout, completion: string, index: number): Rollout {
  const { tokens, logprobs, referenceLogprobs, steps, finishReason, ...prompt } = rollout
  return { ...prompt, id: `${rollout.group}/reference-${index}`, completion }
}

function applyOnError(column: Column, signal: string, onError: OnError, batch: RolloutBatch): void {
  if (onError === 'mask') return
  for (let entry = 0; entry < column.valid.length; entry++) {
    if (column.valid[entry] === 1) continue
    if (onError === 'fail') {
      const row =
        column.offsets === undefined ? entry : column.offsets.findIndex((offset) => offset > entry) - 1
      const reason = column.reasons?.[entry] ?? 'invalid'
      throw new GuerdonError(invalidRowCode(reason), `signal "${signal}": ${reason}`, {
        where: { row: batch.rollouts[row]!.id },
      })
    }
    column.values[entry] = onError.value
    column.valid[entry] = 1
  }
}

function applyShaping(
  { method, parameters }: PlannedShaping,
  column: Column,
  context: Parameters<NonNullable<PlannedShaping['method']['apply']>>[2],
  key: string,
  state: Record<string, unknown>,
): Column {
  if (method.stateful === undefined) return method.apply!(column, parameters, context)
  const before = state[key] ?? method.stateful.initial(parameters)
  const result = method.stateful.apply(column, parameters, context, before)
  state[key] = result.state
  return result.column
}

/**
 * An advantage as a function of its input alone; a wrapped one is bound first. The state of one that learns is kept
 * under `advantage`, that of a wrapped one under `advantage/over`, and so on inwards.
 */
function bind(
  { method, parameters, inner: wrapped }: PlannedAdvantage,
  inputsOf: BoundInputs,
  key: string,
  state: Record<string, unknown>,
): (input: AdvantageInput) => AdvantageResult {
  const inner = wrapped === undefined ? undefined : bind(wrapped, inputsOf, `${key}/over`, state)
  const inputs = inputsOf(method.inputs?.(parameters))
  return (input) => {
    const given = { ...input, inputs, ...(inner === undefined ? {} : { inner }) }
    const initial = method.stateful?.initial(parameters)
    if (method.stateful === undefined || initial === undefined) return method.apply(given, parameters)
    const { state: next, ...result } = method.stateful.apply(given, parameters, state[key] ?? initial)
    state[key] = next
    return result
  }
}

/** Sum of each rollout's entries; a rollout with an invalid entry is invalid with that entry's reason. */
function sumPerRollout(column: Column): Column {
  const size = rolloutsOf(column)
  const sums = createColumn(size)
  for (let row = 0; row < size; row++) {
    for (let entry = column.offsets![row]!; entry < column.offsets![row + 1]!; entry++) {
      if (column.valid[entry] === 1) sums.values[row]! += column.values[entry]!
      else invalidate(sums, row, column.reasons?.[entry] ?? 'invalid token')
    }
    if (sums.valid[row] === 0) sums.values[row] = 0
  }
  return sums
}

/**
 * Compiles a spec, or reads and compiles a spec file, into a reward that is ready to score.
 *
 * @example const reward = await createReward({ name: 'short', signals: { size: length({ unit: 'words' }) } })
 *   (await reward.score([parseRollout({ prompt: 'Hi', completion: 'hello there' })])).reward.values // Float64Array [2]
 */
export async function createReward(spec: RewardSpec | string, options: CompileOptions = {}): Promise<Reward> {
  if (typeof spec !== 'string') return new Reward(await compile(spec, options))
  const loaded = await loadSpec(spec)
  return new Reward(
    await compile(loaded.spec, { folder: loaded.folder, placeOf: loaded.placeOf, ...options }),
  )
}
