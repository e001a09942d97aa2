/** Whether the rollouts of a prompt are copies of one another. */
import { spans } from '../change.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { inPercent } from '../phrasing.ts'
import { copiesInside, groupsBetween, withoutNumbers } from '../text-samples.ts'

const WATCH = 0.1
const FAIL = 0.3
const MOST_GROUPS = 200

/**
 * Share of rows that nearly repeat an earlier one of their group (3-gram Jaccard ≥ .8, texts of at least 8 words).
 * Without steps watch > .1, fail > .3. Over training the bars are for the rise since the first quarter, watched from
 * .2 and failed from .3, since short or solved prompts coincide from the start; quality that keeps up takes a fail to a
 * watch above .6 and to a pass below.
 */
export const duplicates = defineDiagnostic({
  name: 'duplicates',
  description: 'Rollouts of a prompt are near-copies of one another.',
  needs: ['texts', 'groups'],
  guard:
    'Raise the temperature or the entropy bonus, drop copies before advantages, pay for novelty in a group.',
  compute({ table, qualityKeepsUp }) {
    const span = spans(table)
    const lateGroups = groupsBetween(table, span?.late ?? 0, Number.POSITIVE_INFINITY, MOST_GROUPS)
    const late = copiesInside(table.texts!, lateGroups)
    if (Number.isNaN(late.share)) return { missing: 'answers of at least eight words' }
    const numbers: Record<string, number> = { share: late.share, groups: late.groups }
    let concern: 'pass' | 'watch' | 'fail' =
      late.share > FAIL ? 'fail' : late.share > WATCH ? 'watch' : 'pass'
    if (span !== null) {
      const earlyGroups = groupsBetween(table, 0, span.early, MOST_GROUPS)
      const early = copiesInside(table.texts!, earlyGroups)
      numbers.earlyShare = Number.isNaN(early.share) ? 0 : early.share
      // Right answers to one prompt agree in their numbers: where a template was there from the start, its filling in
      // alike is what learning looks like. Only a rise that is there without the numbers too is a collapse.
      const before = copiesInside(table.texts!, earlyGroups, withoutNumbers).share
      const after = copiesInside(table.texts!, lateGroups, withoutNumbers).share
      const rise = Math.min(late.share - numbers.earlyShare, after - (Number.isNaN(before) ? 0 : before))
      numbers.rise = rise
      concern = rise > FAIL ? 'fail' : rise > 0.2 ? 'watch' : 'pass'
      if (qualityKeepsUp === true) concern = late.share > 0.6 && rise > FAIL ? 'watch' : 'pass'
    }
    const half = 1.96 * Math.sqrt((late.share * (1 - late.share)) / Math.max(1, late.groups))
    return [
      {
        concern,
        sentence:
          concern === 'pass'
            ? `${inPercent(late.share)} of a group are copies.`
            : `${inPercent(late.share)} of a group are copies: its advantages are not independent.`,
        numbers,
        interval: [Math.max(0, late.share - half), Math.min(1, late.share + half)],
        step: span === null ? null : table.steps[span.late]!,
        rows: late.rows,
      },
    ]
  },
})
