/** The last pass: every row meets its marks and its strength, is decided, counted and written. */

import { groupSizes } from '../../numerics/strength-groups.ts'
import type { RowWriter } from '../../records/formats/open-writer.ts'
import { BiasCounts, BiasedRows } from './biased-rows.ts'
import type { CleanedFile, CleanedRow } from './cleaned-file.ts'
import type { CurationReport, ShownRow, SourceCounts } from './curation-report.ts'
import { type Action, type DecisionRules, decide, type ReasonKind } from './decide.ts'
import { sameSides } from './gather.ts'
import { findingKinds, type Mark, type Marks, markKinds } from './marks.ts'
import type { ReadPair } from './read-pairs.ts'
import { flippingIsSafe } from './recycle-discarded.ts'
import { type Relation, SortedCursor } from './relation.ts'
import { rowLine, secondOf } from './row-line.ts'
import { FewestRows, ShownRows } from './shown-rows.ts'
import type { StrengthSource } from './strength-source.ts'
import { keysOf } from './voter-strengths.ts'

export interface FinishOptions {
  readonly files: readonly string[]
  readonly marks: Marks
  readonly source: StrengthSource
  readonly rules: DecisionRules
  readonly flip: 'suggest' | 'apply'
  readonly keepDropped: boolean
  readonly cleaned: CleanedFile | undefined
  /** one line a row */
  readonly rowFile: RowWriter | undefined
  /** μ̂, σ̂, row, whether a second annotator agrees (−1: there is none) */
  readonly strengths: Relation
  readonly checked: ReadonlyMap<string, boolean> | undefined
  readonly annotatorOf: (read: ReadPair) => string | undefined
  readonly onRows?: ((rows: number) => void) | undefined
}

type Finished = Pick<
  CurationReport,
  'remaining' | 'actions' | 'findings' | 'sources' | 'checkedFlips' | 'bias'
> & { readonly strengths: Pick<CurationReport['strengths'], 'known' | 'negative' | 'groups'> }

/** sources that are counted one by one */
const mostSources = 50
const shownRows = 5
/** rows drawn at random, from which each group of strengths shows some */
const drawnRows = 400
const groupCount = 20

const reasonKinds: readonly ReasonKind[] = [...findingKinds, 'same-sides', 'tie', 'against', 'doubtful']

export async function finishRows(
  batches: AsyncIterable<readonly ReadPair[]>,
  options: FinishOptions,
): Promise<Finished> {
  const { marks, rules, strengths } = options
  const actions: Record<Action, number> = { keep: 0, flip: 0, drop: 0, smooth: 0 }
  const rowsOf = new Map(reasonKinds.map((kind) => [kind, 0]))
  const sources = new Map<string, Record<Action, number>>()
  const input = new BiasCounts()
  const cleanedBias = new BiasCounts()
  const shown = new ShownRows(options.files)
  const fewest = new Map<ReasonKind, FewestRows>()
  const biased = new BiasedRows()
  const drawn = new FewestRows(drawnRows)
  const drawnStrength = new Map<number, number>()
  for (const kind of findingKinds) {
    for (const { row, other } of marks.first(kind)) {
      shown.want(row)
      shown.want(other)
    }
  }
  const cursor = new SortedCursor(marks.relation)
  let more = await cursor.ready()
  let row = 0
  let remaining = 0
  let known = 0
  let negative = 0
  let wrong = 0
  let checked = 0

  /** Reasons that no grouping found remember the rows that show them best. */
  function show(kind: ReasonKind, by: number): void {
    if ((findingKinds as readonly string[]).includes(kind)) return
    const list = fewest.get(kind) ?? new FewestRows(shownRows)
    fewest.set(kind, list)
    if (list.offer(row, by)) shown.want(row)
  }

  for await (const batch of batches) {
    const votes = await options.source.strengths(batch)
    const written: CleanedRow[] = []
    const lines: Record<string, unknown>[] = []
    for (const [index, read] of batch.entries()) {
      const { pair } = read
      const found: Mark[] = []
      while (more && cursor.value(0) === row) {
        found.push({ kind: markKinds[cursor.value(1)]!, value: cursor.value(2), other: cursor.value(3) })
        more = cursor.step() || (await cursor.ready())
      }
      const keys = keysOf(pair)
      const same = sameSides(keys)
      const tie = pair.tie === true
      const strength =
        votes.known[index] === 1 ? { mean: votes.mean[index]!, std: votes.std[index]! } : undefined
      const { action, reasons } = decide({ marks: found, sameSides: same, tie, strength }, rules)
      const flipped = action === 'flip' && options.flip === 'apply'
      actions[action]++
      for (const { kind } of reasons) {
        rowsOf.set(kind, rowsOf.get(kind)! + 1)
        show(kind, strength?.mean ?? row)
      }
      countSource(sources, pair.source, action)
      const judged = options.checked?.get(pair.id)
      if (reasons.some(({ kind }) => kind === 'against') && judged !== undefined) {
        checked++
        if (judged) wrong++
      }
      const measures = input.measure(pair)
      const stays = action !== 'drop'
      if (!tie && !same) {
        input.add(measures, false)
        if (biased.add(row, measures)) shown.want(row)
        if (stays) cleanedBias.add(measures, flipped)
        if (strength !== undefined) {
          known++
          if (strength.mean < 0) negative++
          strengths.append([strength.mean, strength.std, row, Number(secondOf(found) ?? -1)])
          if (drawn.offer(row, keys.labelled)) {
            shown.want(row)
            drawnStrength.set(row, strength.mean)
          }
        }
      }
      if (stays || options.keepDropped) {
        remaining++
        if (options.cleaned !== undefined) written.push({ read, action, reasons, strength, flipped })
      }
      shown.pass(row, read, strength?.mean ?? null)
      if (options.rowFile !== undefined)
        lines.push({
          ...rowLine(row, read, options.files, { action, reasons, found, strength, measures }),
          annotator: options.annotatorOf(read) ?? null,
          second_agrees: secondOf(found),
        })
      row++
    }
    await options.cleaned?.write(written)
    await options.rowFile?.write(lines)
    options.onRows?.(row)
  }

  const findings = Object.fromEntries(
    reasonKinds.map((kind) => {
      const rows = (findingKinds as readonly string[]).includes(kind)
        ? marks.first(kind as Mark['kind'])
        : (fewest.get(kind)?.rows ?? []).map((kept) => ({ row: kept.row, other: -1 }))
      const named = rows.flatMap((place) => shown.get(place.row, place.other) ?? [])
      return [kind, { rows: rowsOf.get(kind)!, shown: named }]
    }),
  ) as unknown as Finished['findings']
  const examples = drawn.rows
    .filter((kept) => drawnStrength.has(kept.row))
    .map((kept) => ({ row: shown.get(kept.row)!, mean: drawnStrength.get(kept.row)! }))
  return {
    remaining,
    actions,
    findings,
    sources: sourceList(sources),
    checkedFlips: options.checked === undefined ? null : flippingIsSafe(wrong, checked),
    bias: { input: input.report(), cleaned: cleanedBias.report(), rows: biased.report(shown) },
    strengths: { known, negative, groups: await groupsOf(strengths, examples) },
  }
}

function countSource(sources: Map<string, Record<Action, number>>, name: string, action: Action): void {
  const key = sources.has(name) || sources.size < mostSources ? name : 'all others'
  const counts = sources.get(key) ?? { keep: 0, flip: 0, drop: 0, smooth: 0 }
  counts[action]++
  sources.set(key, counts)
}

function sourceList(sources: ReadonlyMap<string, Record<Action, number>>): SourceCounts[] {
  return [...sources]
    .map(([source, counts]) => ({
      source,
      pairs: counts.keep + counts.flip + counts.drop + counts.smooth,
      ...counts,
    }))
    .sort((a, b) => b.pairs - a.pairs || (a.source < b.source ? -1 : 1))
}

function emptyGroup(strength: number) {
  return { size: 0, least: strength, largest: strength, mean: 0, std: 0, second: { pairs: 0, agree: 0 } }
}

/** Near-equal groups of ascending strength out of the sorted relation, each with some of the drawn rows. */
async function groupsOf(
  strengths: Relation,
  examples: readonly { readonly row: ShownRow; readonly mean: number }[],
): Promise<Finished['strengths']['groups']> {
  const sizes = groupSizes(strengths.size, groupCount)
  const groups: ReturnType<typeof emptyGroup>[] = []
  for await (const { size, columns } of strengths.sorted()) {
    for (let at = 0; at < size; at++) {
      const mean = columns[0]![at]!
      let group = groups.at(-1)
      if (group === undefined || group.size === sizes[groups.length - 1]) {
        group = emptyGroup(mean)
        groups.push(group)
      }
      group.size++
      group.largest = mean
      group.mean += mean
      group.std += columns[1]![at]!
      const second = columns[3]![at]!
      if (second >= 0) group.second.pairs++
      if (second === 1) group.second.agree++
    }
  }
  return groups.map(({ size, least, largest, mean, std, second }) => ({
    size,
    least,
    largest,
    mean: mean / size,
    std: std / size,
    second,
    rows: examples
      .filter((example) => example.mean >= least && example.mean <= largest)
      .slice(0, 3)
      .map(({ row }) => row),
  }))
}
