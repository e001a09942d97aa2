/** Whether stated confidence agrees with what happened. */
import { bootstrapInterval } from '../../numerics/bootstrap.ts'
import { calibration as measure } from '../../numerics/calibration.ts'
import { partOf, pick } from '../audit-table.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { inPercent, short } from '../phrasing.ts'
import { worstRows } from '../worst-rows.ts'

const WATCH = 0.05
const FAIL = 0.1
const LEAST_LABELS = 200
const BINS = 10

/**
 * Expected calibration error over ten bins of a column called `confidence` or `probability` against a held-back column
 * of zeros and ones. Watch > .05, fail > .1, and the lower end of its 95 % interval (bootstrap over prompts) must clear
 * .05 as well: few labels alone make an error.
 */
export const calibration = defineDiagnostic({
  name: 'calibration',
  description: 'Stated confidence does not agree with what happened.',
  needs: ['heldBack'],
  guard: 'Pay confidence by a proper scoring rule (Brier), or calibrate it before use.',
  compute({ table, stream }) {
    const entry = [...table.columns].find(([name]) => /(?:^|[._/])(?:confidence|probability)$/i.test(name))
    if (entry === undefined) return { missing: 'a column called confidence or probability' }
    const [name, values] = entry
    const gold = table.heldBack!.values
    const part = partOf(table, [values, gold])
    const confidence = pick(values, part.rows)
    const outcome = pick(gold, part.rows)
    if (
      outcome.some((value) => value !== 0 && value !== 1) ||
      confidence.some((value) => value < 0 || value > 1)
    )
      return { missing: 'a held-back column of zeros and ones, and confidences from 0 to 1' }
    if (outcome.length < LEAST_LABELS) return { missing: `${LEAST_LABELS} held-back labels` }
    const { ece, brier, bins } = measure(outcome, confidence)
    const sums = new Float64Array(part.groups.count * BINS)
    for (let at = 0; at < outcome.length; at++) {
      const bin = Math.min(BINS - 1, Math.floor(confidence[at]! * BINS))
      sums[part.groups.of[at]! * BINS + bin]! += (outcome[at]! - confidence[at]!) / outcome.length
    }
    const draws = Math.min(2000, Math.ceil(4e7 / (sums.length + 1)))
    const total = (s: Float64Array): number => s.reduce((sum, gap) => sum + Math.abs(gap), 0)
    const interval = bootstrapInterval(sums, BINS, total, stream, draws)
    const clear = interval !== null && interval[0] > WATCH
    const worst = bins
      .filter(({ confidence: said }) => said !== undefined)
      .sort(
        (a, b) =>
          b.count * Math.abs(b.accuracy! - b.confidence!) - a.count * Math.abs(a.accuracy! - a.confidence!),
      )[0]!
    return [
      {
        column: name,
        concern: clear && ece > FAIL ? 'fail' : clear && ece > WATCH ? 'watch' : 'pass',
        sentence: `Says ${inPercent(worst.confidence!)}, right in ${inPercent(worst.accuracy!)} (ECE ${short(ece)}).`,
        numbers: { ece, brier, labels: outcome.length },
        interval,
        rows: worstRows(outcome.length, (at) => Math.abs(outcome[at]! - confidence[at]!)).map(
          (at) => part.rows[at]!,
        ),
      },
    ]
  },
})
