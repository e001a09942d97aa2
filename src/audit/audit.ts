/** The audit: every diagnostic over one table of rollouts, corrected together, sorted by what matters most. */
import { holm } from '../numerics/holm.ts'
import { RandomStream } from '../numerics/random.ts'
import type { Verdict } from './alert.ts'
import { type AuditRow, type AuditTable, auditTable, type TableOptions } from './audit-table.ts'
import { changeBetween, changeOverTraining, spans } from './change.ts'
import {
  type Diagnostic,
  type DiagnosticContext,
  type Finding,
  type Measurement,
  NEEDS,
  type Need,
} from './diagnostic.ts'
import { diagnostics } from './diagnostics.ts'
import { stepsInOrder } from './steps-in-order.ts'

export interface AuditOptions extends TableOptions {
  /** for intervals by resampling; recorded in the report */
  readonly seed?: number | undefined
  /** the diagnostics to run; all of them unless told */
  readonly diagnostics?: readonly Diagnostic[] | undefined
}

export const OVERALL = {
  fail: 'not safe to optimise as it is',
  watch: 'optimise with the listed guards',
  pass: 'nothing found',
  'too-little': 'too little evidence',
} as const

export interface AuditReport {
  readonly overall: keyof typeof OVERALL
  readonly overallSentence: string
  readonly rows: number
  readonly invalid: number
  readonly groups: number
  readonly steps: number
  readonly heldBack: string | null
  /** below 50 prompts of 8 rollouts every verdict is at most `watch` */
  readonly small: boolean
  readonly seed: number
  /** fails first, then watches, passes, and what could not be measured */
  readonly findings: readonly Finding[]
}

const ALPHA = 0.05
const LEAST_PROMPTS = 50
const LEAST_ROLLOUTS = 8
const LEAST_LABELS = 200
const MOST_ROWS = 20
const SLICES = (count: number): string =>
  `The rows name no steps: these are ${count} slices of them, from 0, in the order they came.`
const order: readonly Verdict[] = ['fail', 'watch', 'pass', 'not-measurable']

function lacking(table: AuditTable, need: Need): boolean {
  if (need === 'heldBack') return table.heldBack === null
  if (need === 'steps') return spans(table) === null
  if (need === 'texts') return table.texts === null
  if (need === 'length') return table.length === null
  if (need === 'components') return table.columns.size === 0
  return table.size < 2 * table.groups.count && table.groups.count > table.size / 2
}

/**
 * Whether quality keeps up with reward: true when the held-back column rose clearly, by at least .4 of the reward's rise
 * (both in standard deviations), and has not fallen since the middle; false when it cannot have risen by half as much, or
 * has fallen; null when that is open.
 */
function qualityKeepsUp(
  table: AuditTable,
  context: Omit<DiagnosticContext, 'qualityKeepsUp'>,
): boolean | null {
  const { heldBackChange: gold, rewardChange: reward } = context
  if (table.heldBack === null || gold === null || reward === null) return null
  const span = spans(table)!
  const middle = Math.floor(table.steps.length / 2)
  const since = changeBetween(
    table,
    table.heldBack.values,
    [Math.max(0, middle - span.early), middle],
    [span.late, table.steps.length],
  )
  const falls = since !== null && since.t < -3
  if (falls) return false
  if (gold.t > 2.5 && gold.effect >= 0.4 * reward.effect) return true
  return reward.t > 2 && gold.effect + 1.96 * gold.effectError < 0.5 * reward.effect ? false : null
}

/**
 * Audits rollouts with their rewards: what the reward pays for besides quality, where it stops being true, and whether
 * there is any signal left. Deterministic for a seed. A concern whose p, corrected by Holm over the whole report, is
 * not below .05 becomes a pass; small data is at most `watch`.
 * @throws GuerdonError DATA_EMPTY without a valid row, DATA_FIELD_MISSING for an unknown held-back column
 */
export function audit(rows: readonly AuditRow[], options: AuditOptions = {}): AuditReport {
  return auditOf(auditTable(rows, options), options)
}

/** The same for a table that is already there. */
export function auditOf(table: AuditTable, options: AuditOptions = {}): AuditReport {
  const seed = options.seed ?? 1
  const stream = new RandomStream(seed)
  const plain = contextOf(table, stream)
  const ordered = stepsInOrder(table)
  // What needs steps takes the order of a log without any; what does not judges its rows as one set.
  const trend = ordered === null ? plain : contextOf(ordered, stream)
  const small = table.groups.count < LEAST_PROMPTS || table.size < LEAST_PROMPTS * LEAST_ROLLOUTS
  const labels = table.heldBack === null ? 0 : table.heldBack.values.filter((v) => !Number.isNaN(v)).length

  const measured: { diagnostic: Diagnostic; context: DiagnosticContext; measurement: Measurement }[] = []
  const findings: Finding[] = []
  for (const diagnostic of options.diagnostics ?? diagnostics) {
    const context = diagnostic.needs.includes('steps') ? trend : plain
    const missing = diagnostic.needs.filter((need) => lacking(context.table, need)).map((need) => NEEDS[need])
    const result =
      missing.length > 0
        ? { missing: missing.join(' and ') }
        : diagnostic.compute({ ...context, stream: stream.derive(diagnostic.name) })
    if ('missing' in result) findings.push(notMeasurable(diagnostic, result.missing))
    else for (const measurement of result) measured.push({ diagnostic, context, measurement })
  }
  const tested = measured.filter(({ measurement }) => measurement.p !== undefined)
  const adjusted = holm(tested.map(({ measurement }) => measurement.p!))
  for (const entry of measured) {
    const test = tested.indexOf(entry)
    const cap = small || (entry.diagnostic.needs.includes('heldBack') && labels < LEAST_LABELS)
    findings.push(
      settled(
        entry.context.table,
        entry.diagnostic,
        entry.measurement,
        test === -1 ? null : adjusted[test]!,
        cap,
      ),
    )
  }
  findings.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
  const has = (verdict: Verdict): boolean => findings.some((finding) => finding.verdict === verdict)
  const measurable = new Set(measured.map(({ diagnostic }) => diagnostic)).size
  const few = measurable < (options.diagnostics ?? diagnostics).length / 2
  const overall = has('fail') ? 'fail' : has('watch') ? 'watch' : few ? 'too-little' : 'pass'
  return {
    overall,
    overallSentence: OVERALL[overall],
    rows: table.size,
    invalid: table.invalid,
    groups: table.groups.count,
    steps: table.steps.length,
    heldBack: table.heldBack?.name ?? null,
    small,
    seed,
    findings,
  }
}

function contextOf(table: AuditTable, stream: RandomStream): DiagnosticContext {
  const changes = {
    table,
    stream,
    rewardChange: changeOverTraining(table, table.reward),
    heldBackChange: table.heldBack === null ? null : changeOverTraining(table, table.heldBack.values),
  }
  return { ...changes, qualityKeepsUp: qualityKeepsUp(table, changes) }
}

function notMeasurable({ name, guard }: Diagnostic, missing: string): Finding {
  return {
    diagnostic: name,
    column: null,
    verdict: 'not-measurable',
    sentence: `Needs ${missing}.`,
    guard,
    step: null,
    numbers: {},
    interval: null,
    p: null,
    rows: [],
    places: [],
  }
}

function settled(
  table: AuditTable,
  { name, guard }: Diagnostic,
  measurement: Measurement,
  p: number | null,
  cap: boolean,
): Finding {
  const dropped = measurement.concern !== 'pass' && p !== null && p >= ALPHA
  const verdict: Verdict = dropped
    ? 'pass'
    : measurement.concern === 'fail' && cap
      ? 'watch'
      : measurement.concern
  const places = verdict === 'pass' ? [] : (measurement.rows ?? []).slice(0, MOST_ROWS)
  const sentence = dropped
    ? 'Not beyond chance once all tests of the report are counted.'
    : measurement.sentence
  const told = table.sliced && verdict !== 'pass'
  return {
    diagnostic: name,
    column: measurement.column ?? null,
    verdict,
    sentence: told ? `${sentence} (${SLICES(table.steps.length)})` : sentence,
    guard,
    step: table.sliced ? null : (measurement.step ?? null),
    numbers: measurement.numbers,
    interval: measurement.interval ?? null,
    p,
    rows: places.map((row) => table.ids[row]!),
    places,
  }
}
