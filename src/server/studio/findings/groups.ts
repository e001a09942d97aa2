/** One sentence about the groups of a range. */
import type { GroupTable } from '../aggregates/group-table.ts'
import { grouped, inWords, named, percent } from './words.ts'

/** A mean rank correlation at or below this is said; chance alone gives 0 over many groups. */
const AGAINST = -0.2
const FEWEST_GROUPS = 10

/**
 * How many groups teach nothing because their rewards are all equal, what they are (all right, all wrong), and
 * whether two signals order the answers of a group against each other more often than not.
 */
export function groupsSentence(table: GroupTable): string {
  const count = table.size.length
  if (count === 0) return 'No rows are in this range.'
  let comparable = 0
  let equal = 0
  let right = 0
  let wrong = 0
  for (let group = 0; group < count; group++) {
    if (table.valid[group]! < 2) continue
    comparable++
    if (table.least[group] !== table.largest[group]) continue
    equal++
    if (table.right[group] === 1) right++
    if (table.right[group] === -1) wrong++
  }
  const sample =
    table.used < table.matching
      ? ` These are numbers of ${grouped(table.used)} of ${grouped(table.matching)} rows, evenly spread: groups may be larger than they look.`
      : ''
  if (comparable === 0)
    return `None of ${grouped(count)} ${count === 1 ? 'group' : 'groups'} has two valid rewards to compare.${sample}`
  const of = `${grouped(equal)} of ${grouped(comparable)} groups (${percent(equal / comparable)})`
  const judged = table.rightColumn === null ? 'by a reward above 0' : `by ${named(table.rightColumn)}`
  const kinds =
    right + wrong === 0 ? '' : `: ${grouped(right)} all right and ${grouped(wrong)} all wrong, ${judged}`
  const most = table.mostAgainst
  const disagreement =
    most === null || most.mean > AGAINST || most.groups < FEWEST_GROUPS
      ? ''
      : ` ${named(most.a)} and ${named(most.b)} order the answers against each other: their rank correlation is ${inWords(most.mean)} on average over ${grouped(most.groups)} groups.`
  return `${of} have equal rewards and teach nothing${kinds}.${disagreement}${sample}`
}
