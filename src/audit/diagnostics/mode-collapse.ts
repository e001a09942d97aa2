/** Whether the policy's answers lose their variety over training. */
import { gramsInOrder, wordsOf } from '../../numerics/word-grams.ts'
import { spans } from '../change.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { inPercent } from '../phrasing.ts'
import { groupsBetween, withoutNumbers } from '../text-samples.ts'

const WATCH = 0.35
const FAIL = 0.6
const MOST_GROUPS_A_STEP = 12
const MOST_STEPS = 40
/** Texts are cut here, so that a distinct share is not lowered by length alone. */
const WORDS_A_TEXT = 60

/** Different 3-grams / all 3-grams of a group's answers, mean over groups. */
function distinct(texts: readonly string[], groups: readonly Int32Array[]): number {
  let sum = 0
  let count = 0
  for (const members of groups) {
    const seen = new Set<number>()
    let all = 0
    for (const row of members) {
      const grams = gramsInOrder(wordsOf(withoutNumbers(texts[row]!)).slice(0, WORDS_A_TEXT), 3)
      all += grams.length
      for (const gram of grams) seen.add(gram)
    }
    if (all === 0) continue
    sum += seen.size / all
    count++
  }
  return count > 0 ? sum / count : Number.NaN
}

/**
 * distinct-3 inside groups by step (up to 40 steps, 12 groups each, 60 words a text, numbers
 * all taken as one, since right answers agree in theirs). Its relative fall from the first
 * to the last quarter: watch > .35, fail > .6, quality that keeps up makes a watch a pass.
 */
export const modeCollapse = defineDiagnostic({
  name: 'mode-collapse',
  description: 'The answers lose their variety over training (distinct-3).',
  needs: ['texts', 'steps', 'groups'],
  guard: 'Raise the KL coefficient or the entropy bonus; go back to a checkpoint before the fall.',
  compute({ table, qualityKeepsUp }) {
    const steps = table.steps.length
    const every = Math.max(1, Math.ceil(steps / MOST_STEPS))
    const places: number[] = []
    for (let step = 0; step < steps; step += every) places.push(step)
    const values = places.map((step) =>
      distinct(table.texts!, groupsBetween(table, step, step + 1, MOST_GROUPS_A_STEP)),
    )
    const { early, late } = spans(table)!
    const meanWhere = (keep: (step: number) => boolean): number => {
      const kept = values.filter((value, at) => keep(places[at]!) && !Number.isNaN(value))
      return kept.reduce((sum, value) => sum + value, 0) / kept.length
    }
    const start = meanWhere((step) => step < early)
    const end = meanWhere((step) => step >= late)
    if (!(start > 0) || Number.isNaN(end))
      return { missing: 'texts of several words at the first and last steps' }
    const fall = 1 - end / start
    let concern: 'pass' | 'watch' | 'fail' = fall > FAIL ? 'fail' : fall > WATCH ? 'watch' : 'pass'
    if (qualityKeepsUp === true) concern = fall > FAIL ? 'watch' : 'pass'
    const half = values.findIndex((value) => value < start * (1 - fall / 2))
    const since = half === -1 || concern === 'pass' ? null : table.steps[places[half]!]!
    const rows = groupsBetween(table, late, steps, 5).flatMap((members) => Array.from(members).slice(0, 4))
    return [
      {
        concern,
        sentence:
          concern === 'pass'
            ? `Variety changed by ${inPercent(-fall)} over the run (distinct-3 ${end.toFixed(2)}).`
            : `Answers have lost ${inPercent(fall)} of their variety (distinct-3 ${start.toFixed(2)} → ${end.toFixed(2)}).`,
        numbers: { start, end, fall },
        step: since,
        rows,
      },
    ]
  },
})
