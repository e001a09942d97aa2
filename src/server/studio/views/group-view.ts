/** Groups as the pages show them: cards of one page, and the rows of one group. */
import { GuerdonError } from '../../../records/error.ts'
import { promptText } from '../../../records/rollout.ts'
import type { RowFilter, Store, StoredRow } from '../../../store/store.ts'
import { type GroupTable, groupTableOf } from '../aggregates/group-table.ts'
import { nullable } from '../aggregates/nullable.ts'
import type { GroupDetail, GroupSummary } from '../schemas.ts'
import { frameOfRows } from './frame-of-rows.ts'
import { rowView } from './row-view.ts'

const PROMPT_LENGTH = 300
/** Of a larger group the newest rows are shown. */
const MOST_ROWS = 1024
const PAGE = 256

/** The numbers of one group of a table; its name and prompt are those of any of its rows. */
export function groupSummary(table: GroupTable, group: number, { rollout }: StoredRow): GroupSummary {
  const a = table.pairA[group]!
  return {
    group: rollout.group,
    step: nullable(table.step[group]!),
    prompt: beginningOf(promptText(rollout.prompt)),
    size: table.size[group]!,
    valid: table.valid[group]!,
    mean: nullable(table.mean[group]!),
    least: nullable(table.least[group]!),
    largest: nullable(table.largest[group]!),
    disagreement:
      a === -1
        ? null
        : {
            a: table.signals[a]!,
            b: table.signals[table.pairB[group]!]!,
            rankCorrelation: table.rankCorrelation[group]!,
          },
  }
}

/** A character that two units of UTF-16 make is not cut in the middle. */
function beginningOf(text: string): string {
  const isCut = text.length > PROMPT_LENGTH && (text.charCodeAt(PROMPT_LENGTH - 1) & 0xfc00) === 0xd800
  return text.slice(0, isCut ? PROMPT_LENGTH - 1 : PROMPT_LENGTH)
}

/**
 * The rows of a group at a step, in the order of storing; at most the newest 1,024.
 *
 * @param step null = the rows that name none; undefined = the step of the group's newest row
 */
export async function groupRows(
  store: Store,
  run: string,
  group: string,
  step: number | null | undefined,
): Promise<StoredRow[]> {
  const filter: RowFilter = typeof step === 'number' ? { group, fromStep: step, toStep: step } : { group }
  const rows: StoredRow[] = []
  let wanted = step
  let after: string | undefined
  do {
    const page = await store.rows(run, filter, { order: 'newest', limit: PAGE, after })
    for (const row of page.rows) {
      const own = row.rollout.step ?? null
      if (wanted === undefined) wanted = own
      if (own === wanted) rows.push(row)
    }
    // Of a group that is found by its newest row only the first page is needed to know its step.
    if (step === undefined && typeof wanted === 'number') return groupRows(store, run, group, wanted)
    after = page.next ?? undefined
  } while (after !== undefined && rows.length < MOST_ROWS)
  return rows.slice(0, MOST_ROWS).reverse()
}

/** Rows with the highest reward first, invalid ones last; equal ones in the order of storing. */
export function bestFirst(rows: readonly StoredRow[]): StoredRow[] {
  const rewardOf = ({ scores }: StoredRow): number => scores.reward ?? Number.NEGATIVE_INFINITY
  return [...rows].sort((a, b) => {
    const [one, other] = [rewardOf(a), rewardOf(b)]
    return one === other ? a.sequence - b.sequence : other > one ? 1 : -1
  })
}

/**
 * The answer of `GET /runs/:run/groups/:group`.
 * @throws GuerdonError DATA_ROW_UNKNOWN when no row lies in the group at that step
 */
export async function groupDetail(
  store: Store,
  run: string,
  group: string,
  step: number | undefined,
  order: readonly string[],
): Promise<GroupDetail> {
  const rows = await groupRows(store, run, group, step)
  if (rows.length === 0) {
    const when = step === undefined ? '' : ` at step ${step}`
    throw new GuerdonError('DATA_ROW_UNKNOWN', `the run has no row of this group${when}`, {
      where: { field: 'group' },
      found: group,
    })
  }
  const table = groupTableOf(frameOfRows(rows), order)
  return {
    group: groupSummary(table, 0, rows[0]!),
    rows: bestFirst(rows).map(rowView),
  }
}
