/** Whether answers to different prompts are near-copies of one another. */
import { gramSet, jaccard, wordsOf } from '../../numerics/word-grams.ts'
import type { AuditTable } from '../audit-table.ts'
import { spans } from '../change.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { inPercent } from '../phrasing.ts'
import { groupsBetween, LEAST_WORDS, withoutNumbers } from '../text-samples.ts'

/** Answers to different prompts with this much in common follow one template. */
const ALIKE = 0.6
const MOST_GROUPS = 160

/** Of each sampled group's first long answer: whether another group's is alike. */
function alike(
  table: AuditTable,
  from: number,
  to: number,
  read: (text: string) => string = (text) => text,
): { share: number; rows: number[]; of: number } {
  const sets: { row: number; prompt: number; grams: Uint32Array }[] = []
  for (const [prompt, members] of groupsBetween(table, from, to, MOST_GROUPS).entries()) {
    const row = members[members.length >> 1]!
    const words = wordsOf(read(table.texts![row]!))
    if (words.length >= LEAST_WORDS) sets.push({ row, prompt, grams: gramSet(words, 3) })
  }
  const twins = new Int32Array(sets.length)
  for (let one = 0; one < sets.length; one++) {
    for (let other = 0; other < one; other++) {
      const a = sets[one]!.grams
      const b = sets[other]!.grams
      if (Math.min(a.length, b.length) < ALIKE * Math.max(a.length, b.length)) continue
      if (jaccard(a, b) < ALIKE) continue
      twins[one]!++
      twins[other]!++
    }
  }
  const found = sets.flatMap(({ row }, at) => (twins[at]! > 0 ? [{ row, twins: twins[at]! }] : []))
  found.sort((a, b) => b.twins - a.twins)
  // Prompts repeat inside a span; a prompt seen twice is no template, so one twin in many is not counted.
  const bar = Math.max(2, 0.03 * sets.length)
  const many = found.filter((entry) => entry.twins >= bar)
  return {
    share: sets.length === 0 ? 0 : many.length / sets.length,
    rows: many.map(({ row }) => row),
    of: sets.length,
  }
}

/**
 * Share of prompts whose answer has a twin among other prompts (3-gram Jaccard ≥ .6) with at least 3 % of them.
 * Watch > .2, fail > .5; over training the rise since the first quarter counts, and it must be
 * there with all numbers taken as one as well.
 */
export const templateCollapse = defineDiagnostic({
  name: 'template-collapse',
  description: 'Answers to different prompts are near-copies of one another.',
  needs: ['texts', 'groups'],
  guard: 'Score answers against their own prompt, and swap prompts in the batch as a check.',
  compute({ table, qualityKeepsUp }) {
    const span = spans(table)
    const late = alike(table, span?.late ?? 0, Number.POSITIVE_INFINITY)
    if (late.of < 8) return { missing: 'eight prompts with answers of at least eight words' }
    const early = span === null ? 0 : alike(table, 0, span.early).share
    let rise = late.share - early
    if (span !== null && rise > 0.2) {
      // A template that was there from the start is filled in alike once answers are right: that is no collapse.
      const before = alike(table, 0, span.early, withoutNumbers).share
      const after = alike(table, span.late, Number.POSITIVE_INFINITY, withoutNumbers).share
      rise = Math.min(rise, after - before)
    }
    let concern: 'pass' | 'watch' | 'fail' = rise > 0.5 ? 'fail' : rise > 0.2 ? 'watch' : 'pass'
    if (qualityKeepsUp === true && concern === 'watch') concern = 'pass'
    return [
      {
        concern,
        sentence:
          concern === 'pass'
            ? 'Answers to different prompts differ.'
            : `${inPercent(late.share)} of the prompts get an answer that other prompts get too.`,
        numbers: { share: late.share, earlyShare: early, prompts: late.of },
        step: span === null ? null : table.steps[span.late]!,
        rows: late.rows,
      },
    ]
  },
})
