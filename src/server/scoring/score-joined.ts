/**
 * Scores the rollouts of several requests together: signals run once over the rows whose verdicts are not known yet,
 * then every request is finished as if it had come alone.
 */
import { RolloutBatch } from '../../records/batch.ts'
import type { Column, Grain } from '../../records/column.ts'
import type { Rollout } from '../../records/rollout.ts'
import { columnGrains } from '../../reward/plan.ts'
import { type DeclaredInput, declaredInputs, resolveInput } from '../../reward/resolve-inputs.ts'
import type { SignalTiming } from '../../reward/run-signals.ts'
import { Reward, type RewardState, type SignalColumns } from '../../reward/score.ts'
import type { StateStore } from '../../store/state/state-store.ts'
import type { ScoredRow } from '../../store/store.ts'
import { rolloutDigest } from './content-digest.ts'
import { scoredRows } from './scored-rows.ts'
import { VerdictCache } from './verdict-cache.ts'
import { columnsOf, type Verdict, verdictOf } from './verdict-rows.ts'

/** One request on its way to its scores. */
export interface Work {
  readonly key: string
  readonly rollouts: readonly Rollout[]
  /** false when its groups are not whole: it gets rewards, but no advantages */
  readonly wholeGroups: boolean
}

export interface Finished {
  readonly rows: readonly ScoredRow[]
  /** the state after this request; undefined when the reward has none */
  readonly state: RewardState | undefined
}

export interface JoinedScores {
  /** by position in the given works */
  readonly finished: readonly Finished[]
  readonly timings: readonly SignalTiming[]
  readonly cachedRows: number
  readonly computedRows: number
}

interface LaidColumn {
  readonly name: string
  readonly grain: Grain
  /** a signal's column, or the reference scores that a shaping asked for */
  readonly kind: 'column' | 'references'
}

/** A reward with what is known of its verdicts. Made anew when another spec is served. */
export class JoinedScorer {
  readonly reward: Reward
  readonly columnNames: readonly string[]
  readonly #rewardOnly: Reward
  readonly #layout: readonly LaidColumn[]
  readonly #inputs: ReadonlyMap<string, DeclaredInput>
  readonly #known: VerdictCache | undefined
  readonly #state: StateStore | undefined

  constructor(reward: Reward, options: { cacheBytes: number; state: StateStore | undefined }) {
    const { plan } = reward
    this.reward = reward
    // Finishing needs no resources, so a second reward of the same plan without its advantage costs nothing.
    this.#rewardOnly = plan.advantage === undefined ? reward : new Reward({ ...plan, advantage: undefined })
    const grains = columnGrains(plan.signals)
    this.#inputs = declaredInputs(plan)
    this.#layout = [
      ...[...grains].map(([name, grain]) => ({ name, grain, kind: 'column' }) as const),
      ...[...this.#inputs]
        .filter(([, { source }]) => source.from === 'references')
        .map(([name]) => ({ name, grain: 'step', kind: 'references' }) as const),
    ]
    this.columnNames = [...grains.keys()]
    // A group signal's verdict belongs to the group, not to the row.
    this.#known =
      plan.groupSignal === undefined && options.cacheBytes > 0
        ? new VerdictCache(
            options.cacheBytes,
            this.#layout.map(({ grain }) => grain),
          )
        : undefined
    this.#state = plan.stateful ? options.state : undefined
  }

  /** Scores works together. What a signal throws (`onError: fail`, a cancelled run) is thrown for all of them. */
  async score(works: readonly Work[], abort: AbortSignal): Promise<JoinedScores> {
    const rollouts = works.length === 1 ? works[0]!.rollouts : works.flatMap((work) => work.rollouts)
    const starts: number[] = []
    let start = 0
    for (const work of works) {
      starts.push(start)
      start += work.rollouts.length
    }
    const { verdicts, timings, computedRows } = await this.#verdicts(works, rollouts, abort)
    const finished = await this.#finish(works, rollouts, starts, verdicts)
    return { finished, timings, computedRows, cachedRows: rollouts.length - computedRows }
  }

  async #verdicts(
    works: readonly Work[],
    rollouts: readonly Rollout[],
    abort: AbortSignal,
  ): Promise<{ verdicts: Verdict[]; timings: readonly SignalTiming[]; computedRows: number }> {
    if (this.#known?.worthwhile) return this.#lookedUp(this.#known, rollouts, abort)
    let asked = rollouts
    if (this.reward.plan.groupSignal !== undefined && works.length > 1) {
      // Two requests about the same prompt are two groups, unless they say the opposite by being one request.
      asked = works.flatMap((work, index) =>
        work.rollouts.map((rollout) => ({ ...rollout, group: `${index}\u0000${rollout.group}` })),
      )
    }
    const { columns, timings } = await this.#run(asked, abort)
    return {
      verdicts: asked.map((_, row) => verdictOf(columns, row)),
      timings,
      computedRows: asked.length,
    }
  }

  /** Verdicts out of the cache, and the rest computed, each content once. */
  async #lookedUp(
    known: VerdictCache,
    rollouts: readonly Rollout[],
    abort: AbortSignal,
  ): Promise<{ verdicts: Verdict[]; timings: readonly SignalTiming[]; computedRows: number }> {
    const verdicts: Verdict[] = new Array(rollouts.length)
    /** digest → the rows that have it */
    const fresh = new Map<string, number[]>()
    for (const [row, rollout] of rollouts.entries()) {
      const digest = rolloutDigest(rollout)
      const verdict = known.get(digest)
      const same = fresh.get(digest)
      if (verdict !== undefined) verdicts[row] = verdict
      else if (same !== undefined) same.push(row)
      else fresh.set(digest, [row])
    }
    if (fresh.size === 0) return { verdicts, timings: [], computedRows: 0 }
    const asked = [...fresh.values()].map(([row]) => rollouts[row!]!)
    const { columns, timings } = await this.#run(asked, abort)
    known.observe(asked.length, timings)
    let index = 0
    for (const [digest, rows] of fresh) {
      const verdict = verdictOf(columns, index++)
      for (const row of rows) verdicts[row] = verdict
      // What failed may succeed when it is asked again.
      if (verdict.reasons === undefined) known.set(digest, verdict)
    }
    return { verdicts, timings, computedRows: asked.length }
  }

  async #run(
    rollouts: readonly Rollout[],
    abort: AbortSignal,
  ): Promise<{ columns: Column[]; timings: readonly SignalTiming[] }> {
    const { columns, inputs, timings } = await this.reward.runSignals(new RolloutBatch(rollouts), { abort })
    return {
      columns: this.#layout.map(({ name, kind }) => (kind === 'column' ? columns : inputs).get(name)!),
      timings,
    }
  }

  async #finish(
    works: readonly Work[],
    rollouts: readonly Rollout[],
    starts: readonly number[],
    verdicts: readonly Verdict[],
  ): Promise<Finished[]> {
    const { plan } = this.reward
    if (this.#state !== undefined) return this.#move(this.#state, works, starts, verdicts)
    const finished: Finished[] = new Array(works.length)
    for (const whole of [true, false]) {
      const chosen = works.flatMap((work, index) => (work.wholeGroups === whole ? [index] : []))
      if (chosen.length === 0) continue
      const reward = whole ? this.reward : this.#rewardOnly
      if ((whole ? plan.scope : plan.rewardScope) !== 'row') {
        // By itself, so that not even the last bit of a sum depends on who else asked.
        for (const index of chosen)
          finished[index] = this.#finishAlone(reward, works[index]!, verdicts, starts[index]!, undefined)
        continue
      }
      const all = chosen.length === works.length
      const rows = all ? rollouts : chosen.flatMap((index) => works[index]!.rollouts)
      const cut = all
        ? verdicts
        : chosen.flatMap((index) =>
            verdicts.slice(starts[index]!, starts[index]! + works[index]!.rollouts.length),
          )
      const groups = { count: rows.length, of: Int32Array.from(rows.keys()) }
      const scored = reward.finish(groups, this.#signalColumns(rows, cut))
      let from = 0
      for (const index of chosen) {
        finished[index] = { rows: scoredRows(scored, works[index]!.rollouts, from), state: undefined }
        from += works[index]!.rollouts.length
      }
    }
    return finished
  }

  /** Each request in turn moves the state; a request that moved it before gets the scores it was given then. */
  async #move(
    state: StateStore,
    works: readonly Work[],
    starts: readonly number[],
    verdicts: readonly Verdict[],
  ): Promise<Finished[]> {
    const finished: Finished[] = new Array(works.length)
    let left = works.map((_, index) => index)
    while (left.length > 0) {
      const outcome = await state.move(
        left.map((index) => works[index]!.key),
        (before) => {
          const results: Finished[] = []
          let now = before
          for (const index of left) {
            const work = works[index]!
            const reward = work.wholeGroups ? this.reward : this.#rewardOnly
            const result = this.#finishAlone(reward, work, verdicts, starts[index]!, now)
            results.push(result)
            now = result.state!
          }
          return { state: now, answers: results.map(({ rows }) => rows), result: results }
        },
      )
      if (outcome.kind === 'moved') {
        for (const [position, index] of left.entries()) finished[index] = outcome.result[position]!
        break
      }
      left = left.filter((index) => {
        const answer = outcome.answers.get(works[index]!.key)
        if (answer === undefined) return true
        finished[index] = { rows: answer as readonly ScoredRow[], state: undefined }
        return false
      })
    }
    return finished
  }

  /** One request by itself; the rows of each training step in it are one batch. */
  #finishAlone(
    reward: Reward,
    work: Work,
    verdicts: readonly Verdict[],
    start: number,
    state: RewardState | undefined,
  ): Finished {
    const { rollouts } = work
    let now = state
    const rows: ScoredRow[] = new Array(rollouts.length)
    for (const positions of stepsOf(rollouts)) {
      const part = positions === undefined ? rollouts : positions.map((position) => rollouts[position]!)
      const cut =
        positions === undefined
          ? verdicts.slice(start, start + rollouts.length)
          : positions.map((position) => verdicts[start + position]!)
      const scored = reward.finish(
        new RolloutBatch(part).groups,
        this.#signalColumns(part, cut),
        ...(now === undefined ? [] : [now]),
      )
      if (state !== undefined) now = scored.state
      for (const [index, row] of scoredRows(scored, part, 0).entries())
        rows[positions?.[index] ?? index] = row
    }
    return { rows, state: now }
  }

  #signalColumns(rollouts: readonly Rollout[], verdicts: readonly Verdict[]): SignalColumns {
    const laid = columnsOf(
      verdicts,
      this.#layout.map(({ grain }) => grain),
    )
    const columns = new Map<string, Column>()
    const inputs = new Map<string, Column>()
    for (const [index, { name, kind }] of this.#layout.entries())
      (kind === 'column' ? columns : inputs).set(name, laid[index]!)
    if (this.#inputs.size > inputs.size) {
      const batch = new RolloutBatch(rollouts)
      for (const [key, { source }] of this.#inputs)
        if (source.from !== 'references') inputs.set(key, resolveInput(source, batch, columns))
    }
    return { columns, inputs, verdicts: new Map(), timings: [] }
  }
}

/** The rows of each training step, steps in order of appearance; undefined for "all of them" when there is one. */
function stepsOf(rollouts: readonly Rollout[]): (readonly number[] | undefined)[] {
  const first = rollouts[0]?.step
  if (rollouts.every(({ step }) => step === first)) return [undefined]
  return [...Map.groupBy(rollouts.keys(), (row) => rollouts[row]!.step).values()]
}
