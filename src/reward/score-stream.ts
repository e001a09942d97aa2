/**
 * Scores any number of rollouts with flat memory: signals run over the stream and are journalled, then the journal's
 * numbers are shaped, combined and compared in units that hold whatever a method must see at once: single rows, whole
 * groups, or whole batches (all rollouts of one training step; the whole stream when no step is named).
 */
import { RolloutBatch } from '../records/batch.ts'
import type { Column, Grain } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import type { Rollout } from '../records/rollout.ts'
import { Journal, type JournalRow } from './journal.ts'
import { columnGrains } from './plan.ts'
import { declaredInputs } from './resolve-inputs.ts'
import { gatherRows } from './row-gatherer.ts'
import type { SignalTiming } from './run-signals.ts'
import type { Reward, RewardState, Scored, ScoreOptions } from './score.ts'

/** Rows that were finished together, in the order of the input. */
export interface FinishedRows {
  /** may be read again and again; of a whole file they come from the journal, so take them once if once is enough */
  readonly rows: Iterable<JournalRow>
  readonly scored: Scored
}

export interface StreamOptions extends ScoreOptions {
  readonly journalPath: string
  /** what the input is, so that a journal is never continued with another one */
  readonly input: string
  readonly resume?: boolean
  readonly onRows?: (rowsDone: number) => void
}

export interface StreamOutcome {
  readonly rows: number
  /** rows that an earlier run had already scored */
  readonly resumed: number
  readonly timings: readonly SignalTiming[]
  readonly state: RewardState
  /** evidence of the advantage, of the last unit */
  readonly advantageEvidence: Readonly<Record<string, unknown>>
}

/** Rows that one unit of row or group scope holds, about. */
const unitRows = 1024
/** Where rows count alone, a group as large as this is cut after all, so that memory stays flat. */
const largestRowUnit = 65_536

/**
 * Scores a stream of rollouts and hands the finished rows to `sink`, in input order; where a method must see a whole
 * training step and the rows of steps are mixed, step by step.
 * @throws GuerdonError DATA_GROUP_SCATTERED when a group signal's group is not adjacent in the stream
 */
export async function scoreStream(
  reward: Reward,
  source: AsyncIterable<readonly Rollout[]>,
  sink: (finished: FinishedRows) => void | Promise<void>,
  options: StreamOptions,
): Promise<StreamOutcome> {
  const layout = journalLayout(reward)
  const order = new OrderWatch()
  const header = {
    format: 'guerdon-journal-1',
    specDigest: reward.provenance.specDigest,
    input: options.input,
    columns: layout.map(({ name }) => name),
  } as const
  const journal = Journal.open(options.journalPath, header, {
    resume: options.resume ?? false,
    wholeGroups: reward.plan.groupSignal !== undefined,
    onRow: (row) => order.see(row.group, row.step),
  })
  try {
    const resumed = journal.rows
    const timings = await runSignalsOverStream(reward, source, journal, layout, order, options)
    const finished = await finishJournal(reward, journal, layout, order, sink, options)
    const rows = journal.rows
    journal.remove()
    return { rows, resumed, timings, ...finished }
  } catch (error) {
    // Nothing scored is nothing to continue: a journal left behind would refuse the corrected input.
    if (journal.rows === 0) journal.remove()
    else journal.close()
    throw error
  }
}

interface LaidColumn {
  readonly name: string
  readonly kind: 'column' | 'input'
  readonly grain: Grain
}

/** The columns of a journal line: the signals' columns, then the declared inputs. */
function journalLayout({ plan }: Reward): LaidColumn[] {
  const columns = [...columnGrains(plan.signals)].map(
    ([name, grain]) => ({ name, kind: 'column', grain }) as const,
  )
  const inputs = [...declaredInputs(plan)].map(([name, { source }]) => {
    const ragged = {
      references: 'step',
      'step-tokens': 'step',
      logprobs: 'token',
      'reference-logprobs': 'token',
    } as const
    const own =
      source.from === 'column' ? columns.find((column) => column.name === source.column)?.grain : undefined
    return {
      name,
      kind: 'input',
      grain: own ?? (source.from in ragged ? ragged[source.from as keyof typeof ragged] : 'rollout'),
    } as const
  })
  return [...columns, ...inputs]
}

/** Watches the order of groups and training steps: are the rows of each adjacent? */
class OrderWatch {
  scatteredGroup: string | undefined
  scatteredStep = false
  anyStep = false
  readonly #closedGroups = new Set<string>()
  readonly #closedSteps = new Set<number | null>()
  #group: string | undefined
  #step: number | null | undefined

  see(group: string, step: number | null): void {
    if (step !== null) this.anyStep = true
    if (this.#step !== step) {
      if (this.#step !== undefined) this.#closedSteps.add(this.#step)
      if (this.#closedSteps.has(step)) this.scatteredStep = true
      // A prompt may come again at a later step: that is another group.
      this.#closedGroups.clear()
      this.#group = undefined
      this.#step = step
    }
    if (this.#group === group) return
    if (this.#group !== undefined) this.#closedGroups.add(this.#group)
    if (this.#closedGroups.has(group)) this.scatteredGroup ??= group
    this.#group = group
  }
}

async function runSignalsOverStream(
  reward: Reward,
  source: AsyncIterable<readonly Rollout[]>,
  journal: Journal,
  layout: readonly LaidColumn[],
  order: OrderWatch,
  options: StreamOptions,
): Promise<SignalTiming[]> {
  const wholeGroups = reward.plan.groupSignal !== undefined
  const timings = new Map<string, SignalTiming>()
  let toSkip = journal.rows
  let pending: Rollout[] = []
  const score = async (rollouts: readonly Rollout[]): Promise<void> => {
    if (rollouts.length === 0) return
    const batch = new RolloutBatch(rollouts)
    const signalColumns = await reward.runSignals(batch, options)
    journal.append(
      batch,
      layout.map(
        ({ name, kind }) => (kind === 'column' ? signalColumns.columns : signalColumns.inputs).get(name)!,
      ),
    )
    for (const timing of signalColumns.timings) addTiming(timings, timing)
    options.onRows?.(journal.rows)
  }
  for await (const rollouts of source) {
    const fresh = toSkip >= rollouts.length ? [] : rollouts.slice(toSkip)
    toSkip = Math.max(0, toSkip - rollouts.length)
    for (const { group, step } of fresh) order.see(group, step ?? null)
    if (wholeGroups && (order.scatteredGroup !== undefined || order.scatteredStep)) {
      const rows = order.scatteredStep ? 'a training step' : `group "${order.scatteredGroup}"`
      throw new GuerdonError('DATA_GROUP_SCATTERED', `the rows of ${rows} are not adjacent`, {
        expected: `adjacent rows, because signal "${reward.plan.groupSignal}" looks at whole groups`,
      })
    }
    if (!wholeGroups) {
      await score(fresh)
      continue
    }
    // The last group may go on in the next rows: it waits.
    pending.push(...fresh)
    const last = pending.at(-1)
    let whole = pending.length
    while (whole > 0 && pending[whole - 1]!.group === last!.group && pending[whole - 1]!.step === last!.step)
      whole--
    // The same prompt at another step is another group, so a batch never spans steps.
    for (const rollouts of byStep(pending.slice(0, whole))) await score(rollouts)
    pending = pending.slice(whole)
  }
  await score(pending)
  return [...timings.values()]
}

function* byStep(rollouts: readonly Rollout[]): Generator<readonly Rollout[]> {
  let start = 0
  for (let row = 1; row <= rollouts.length; row++) {
    if (row < rollouts.length && rollouts[row]!.step === rollouts[start]!.step) continue
    yield rollouts.slice(start, row)
    start = row
  }
}

function addTiming(timings: Map<string, SignalTiming>, more: SignalTiming): void {
  const known = timings.get(more.signal)
  if (known === undefined) {
    timings.set(more.signal, { ...more })
    return
  }
  known.calls += more.calls
  known.rows += more.rows
  known.seconds += more.seconds
  known.retries += more.retries
  known.failures += more.failures
  known.slowest = [...known.slowest, ...more.slowest].sort((a, b) => b.seconds - a.seconds).slice(0, 5)
}

async function finishJournal(
  reward: Reward,
  journal: Journal,
  layout: readonly LaidColumn[],
  order: OrderWatch,
  sink: (finished: FinishedRows) => void | Promise<void>,
  options: StreamOptions,
): Promise<{ state: RewardState; advantageEvidence: Readonly<Record<string, unknown>> }> {
  let state = options.state ?? {}
  let advantageEvidence: Readonly<Record<string, unknown>> = {}
  const finish = async (rows: Iterable<JournalRow>, expected: number): Promise<void> => {
    if (options.abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the run was cancelled')
    const scored = finishRows(reward, rows, expected, layout, state)
    state = scored.state
    advantageEvidence = scored.advantageEvidence
    await sink({ rows, scored })
  }
  const { scope } = reward.plan
  const scattered = order.scatteredStep || order.scatteredGroup !== undefined
  const oneBatch = scope === 'batch' && !order.anyStep
  if (oneBatch || (scattered && (scope === 'row' || !order.anyStep))) {
    // One unit of any size: its numbers are held, its names are read from the journal again.
    await finish({ [Symbol.iterator]: () => journal.read() }, journal.rows)
    return { state, advantageEvidence }
  }
  if (scattered) {
    const steps = Map.groupBy(journal.read(), ({ step }) => step)
    for (const rows of steps.values()) await finish(rows, rows.length)
    return { state, advantageEvidence }
  }
  let unit: JournalRow[] = []
  for (const row of journal.read()) {
    const last = unit.at(-1)
    if (last !== undefined) {
      const stepEnds = row.step !== last.step
      const groupEnds = stepEnds || row.group !== last.group
      // Rows alone could be cut anywhere; whole groups let the summary count them.
      const full = unit.length >= unitRows && groupEnds && scope !== 'batch'
      if (full || (stepEnds && scope !== 'row') || (scope === 'row' && unit.length >= largestRowUnit)) {
        await finish(unit, unit.length)
        unit = []
      }
    }
    unit.push(row)
  }
  if (unit.length > 0) await finish(unit, unit.length)
  return { state, advantageEvidence }
}

function finishRows(
  reward: Reward,
  rows: Iterable<JournalRow>,
  expected: number,
  layout: readonly LaidColumn[],
  state: RewardState,
): Scored {
  const gathered = gatherRows(
    rows,
    layout.map(({ grain }) => grain),
    expected,
  )
  const columns = new Map<string, Column>()
  const inputs = new Map<string, Column>()
  for (const [index, { name, kind }] of layout.entries()) {
    ;(kind === 'column' ? columns : inputs).set(name, gathered.columns[index]!)
  }
  return reward.finish(gathered.groups, { columns, inputs, verdicts: new Map(), timings: [] }, state)
}
