/**
 * Stage 2 of human–AI curation, without people: labels stand where two reward models agree, or judges take the side of
 * the label; discards are exchanged only after a check says that this is safe. Source: paper 35, stage 2.
 */
import type { RandomStream } from '../../numerics/random.ts'
import { wilsonInterval } from '../../numerics/wilson-interval.ts'
import { GuerdonError } from '../../records/error.ts'
import { unitVectors } from './adaptive-retrieval.ts'
import { askJudges, type CurationPair } from './ask-judges.ts'
import { consistencyFilter } from './consistency-filter.ts'
import { type Decision, type DecisionJournal, memoryJournal } from './decision-journal.ts'
import type { Verdict } from './judge-aggregation.ts'
import { flippingIsSafe, type RecycleTest, recycleDiscarded } from './recycle-discarded.ts'
import { type CurationParts, confidences, examplesFor, type RewardMargins } from './skywork-rounds.ts'

export interface SkyworkFilterOptions {
  readonly random: RandomStream
  /** discarded pairs that people check before any is exchanged; 0: none is */
  readonly checks?: number
  /** share of the pairs that is also handed out unfiltered, to watch what the filter does to the data */
  readonly monitored?: number
  /** most human examples a judge sees */
  readonly examples?: number
  /** votes of each judge on each pair */
  readonly samples?: number
  /** pairs scored and journalled together */
  readonly batchSize?: number
  /** pairs that judges look at side by side */
  readonly concurrency?: number
  readonly journal?: DecisionJournal
}

export interface AgreementMatrix {
  /** gold model, best model, judges, in this order: share of the pairs on which two take the same side */
  readonly share: readonly (readonly (number | null)[])[]
  /** pairs on which both took a side */
  readonly pairs: readonly (readonly number[])[]
}

export interface SkyworkFilterResult<Pair> {
  readonly kept: readonly Pair[]
  readonly discarded: readonly Pair[]
  /** discarded pairs with chosen and rejected exchanged; empty unless the check says that flipping is safe */
  readonly recycled: readonly Pair[]
  readonly recycleTest: RecycleTest
  /** a random share of all pairs as they came */
  readonly monitored: readonly Pair[]
  /** kept and all pairs by source */
  readonly sources: ReadonlyMap<string, { readonly kept: number; readonly pairs: number }>
  readonly agreement: AgreementMatrix
  /** of the held-out human-labelled pairs that the filter keeps, the share whose label a person confirmed */
  readonly precision: {
    readonly right: number
    readonly kept: number
    readonly interval: readonly [number, number]
  }
}

type Filtered = Extract<Decision, { readonly kind: 'filter' }>

/**
 * Decides about every pair of the pool by `consistencyFilter`, judges asked only where their word can matter
 * (p_gold > ½, p_best ≤ ½). `gold` are human-verified pairs (better side in `chosen`): the gold model is trained on
 * them alone and judges see them as examples. `confirmed` are pairs with their original label and what a person said
 * of it, which nothing was trained on: the filter's precision is measured on them.
 *
 * @throws GuerdonError ARGUMENT_INVALID without gold pairs or for a share outside [0, 1]
 */
export async function skyworkFilter<Pair extends CurationPair>(
  pool: readonly Pair[],
  gold: readonly Pair[],
  best: RewardMargins<Pair>,
  confirmed: readonly { readonly pair: Pair; readonly verdict: Verdict }[],
  parts: CurationParts<Pair>,
  options: SkyworkFilterOptions,
): Promise<SkyworkFilterResult<Pair>> {
  const { random, checks = 200, monitored = 0.02, examples = 8, samples = 5 } = options
  const { batchSize = 1000, concurrency = 16 } = options
  if (gold.length === 0 || !(monitored >= 0 && monitored <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'human-verified pairs and a share to monitor are needed', {
      found: `${gold.length} pairs, share ${monitored}`,
      expected: 'at least one pair and a share from 0 to 1',
    })
  }
  const journal = options.journal ?? memoryJournal()
  const known = new Map<string, Filtered>()
  const checked = new Map<string, Verdict>()
  for (const decision of journal.decisions) {
    if (decision.kind === 'filter') known.set(decision.id, decision)
    else if (decision.kind === 'check') checked.set(decision.id, decision.verdict)
  }
  const goldModel = await parts.trainRewardModel(gold, 'gold')
  const goldVectors = unitVectors(await parts.embed(gold))

  async function decide(pairs: readonly Pair[]): Promise<void> {
    const pGold = await confidences(goldModel, pairs)
    const pBest = await confidences(best, pairs)
    const asked = pairs.flatMap((_, index) => (pGold[index]! > 0.5 && pBest[index]! <= 0.5 ? [index] : []))
    const verdicts: Verdict[] = pairs.map(() => null)
    if (asked.length > 0) {
      const vectors = unitVectors(await parts.embed(asked.map((index) => pairs[index]!)))
      const ask = async (row: number): Promise<void> => {
        const shown = examplesFor(vectors, row, gold, goldVectors, examples)
        const pair = pairs[asked[row]!]!
        const order = random.derive(`filter/${pair.id}`)
        verdicts[asked[row]!] = (await askJudges(pair, parts.judges, shown, samples, order)).verdict
      }
      for (let start = 0; start < asked.length; start += concurrency)
        await Promise.all(asked.slice(start, start + concurrency).map((_, at) => ask(start + at)))
    }
    const { decisions } = consistencyFilter(pGold, pBest, verdicts.map(agrees))
    journalled(
      pairs.map(({ id }, index) => ({
        kind: 'filter',
        id,
        pGold: pGold[index]!,
        pBest: pBest[index]!,
        judge: verdicts[index]!,
        action: decisions[index]!.action,
      })),
    )
  }
  function journalled(decisions: readonly Filtered[]): void {
    journal.append(decisions)
    for (const decision of decisions) known.set(decision.id, decision)
  }

  const everything = [...pool, ...confirmed.map(({ pair }) => pair)]
  const open = everything.filter(({ id }) => !known.has(id))
  for (let start = 0; start < open.length; start += batchSize)
    await decide(open.slice(start, start + batchSize))

  const isKept = ({ id }: Pair): boolean => known.get(id)!.action === 'keep'
  const kept = pool.filter(isKept)
  const discarded = pool.filter((pair) => !isKept(pair))
  const sample = random
    .derive('checks')
    .shuffle([...discarded])
    .slice(0, checks)
  const unchecked = sample.filter(({ id }) => !checked.has(id))
  if (unchecked.length > 0) {
    const said = await parts.human(unchecked)
    journal.append(unchecked.map(({ id }, index) => ({ kind: 'check', id, verdict: said[index]! })))
    for (const [index, { id }] of unchecked.entries()) checked.set(id, said[index]!)
  }
  const decided = sample.map(({ id }) => checked.get(id)!).filter((verdict) => verdict !== null)
  const recycleTest = flippingIsSafe(decided.filter((verdict) => verdict === 2).length, decided.length)
  const measured = confirmed.filter(({ pair, verdict }) => verdict !== null && isKept(pair))
  const right = measured.filter(({ verdict }) => verdict === 1).length
  return {
    kept,
    discarded,
    recycled: recycleDiscarded(discarded, recycleTest),
    recycleTest,
    monitored: random
      .derive('monitored')
      .shuffle([...pool])
      .slice(0, Math.round(monitored * pool.length)),
    sources: bySource(pool, isKept),
    agreement: agreementOf(pool.map(({ id }) => known.get(id)!)),
    precision: { right, kept: measured.length, interval: wilsonInterval(right, measured.length) },
  }
}

function agrees(verdict: Verdict): boolean | null {
  return verdict === null ? null : verdict === 1
}

function bySource<Pair extends CurationPair>(
  pairs: readonly Pair[],
  isKept: (pair: Pair) => boolean,
): Map<string, { kept: number; pairs: number }> {
  const sources = new Map<string, { kept: number; pairs: number }>()
  for (const pair of pairs) {
    const name = pair.source ?? 'unnamed'
    const count = sources.get(name) ?? { kept: 0, pairs: 0 }
    count.pairs++
    if (isKept(pair)) count.kept++
    sources.set(name, count)
  }
  return sources
}

/** How often two of gold model, best model and judges take the same side of the original label. */
function agreementOf(decisions: readonly Filtered[]): AgreementMatrix {
  const side = (p: number): boolean => p > 0.5
  const views = decisions.map(({ pGold, pBest, judge }) => [side(pGold), side(pBest), agrees(judge)] as const)
  const cells = [0, 1, 2].map((one) =>
    [0, 1, 2].map((other) => {
      const both = views.filter((view) => view[one] !== null && view[other] !== null)
      return { pairs: both.length, same: both.filter((view) => view[one] === view[other]).length }
    }),
  )
  return {
    share: cells.map((row) => row.map(({ pairs, same }) => (pairs === 0 ? null : same / pairs))),
    pairs: cells.map((row) => row.map(({ pairs }) => pairs)),
  }
}
