/**
 * Stage 1 of human–AI curation: rounds of training, looking where the reward model is wrong, labelling what resembles
 * it by judges that see human examples, and more human labels. Source: paper 35, stage 1.
 */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { adaptiveK } from './adaptive-k.ts'
import { nearest, type UnitVectors, unitVectors } from './adaptive-retrieval.ts'
import { askJudges, type CurationPair, type Judge } from './ask-judges.ts'
import { type DecisionJournal, memoryJournal } from './decision-journal.ts'
import { GivenLabels } from './given-labels.ts'
import type { Verdict } from './judge-aggregation.ts'
import { pairConfidence } from './pair-confidence.ts'
import { exchanged } from './recycle-discarded.ts'

/** r(chosen) − r(rejected) of each pair. */
export type RewardMargins<Pair> = (pairs: readonly Pair[]) => ArrayLike<number> | Promise<ArrayLike<number>>

/** What a caller brings: an embedder, judges, people and a way to train a Bradley–Terry reward model. */
export interface CurationParts<Pair> {
  /** one vector a pair, of its prompt and attributes; the sides need not count */
  readonly embed: (
    pairs: readonly Pair[],
  ) => readonly ArrayLike<number>[] | Promise<readonly ArrayLike<number>[]>
  readonly judges: readonly Judge<Pair>[]
  /** 1: the label stands, 2: the other completion is better, null: undecidable */
  readonly human: (pairs: readonly Pair[]) => readonly Verdict[] | Promise<readonly Verdict[]>
  /** trains on pairs whose `chosen` is the better side; must give the same model for the same pairs and purpose */
  readonly trainRewardModel: (
    pairs: readonly Pair[],
    purpose: string,
  ) => RewardMargins<Pair> | Promise<RewardMargins<Pair>>
}

export interface SkyworkOptions {
  readonly random: RandomStream
  /** rounds; the paper's figure shows 8 */
  readonly rounds?: number
  /** most neighbours a labelled pair asks for */
  readonly kMax?: number
  /** most human examples a judge sees */
  readonly examples?: number
  /** votes of each judge on each pair (the paper names no number) */
  readonly samples?: number
  /** pairs of the seed that people label before the first round */
  readonly goldSize: number
  /** pairs that people label in each round */
  readonly humanPerRound?: number
  /** share of the first human labels that no judge ever sees: validation */
  readonly heldOut?: number
  /** pairs that judges look at side by side, and that are journalled together */
  readonly concurrency?: number
  /** whether the seed's own labels are trained on until people or judges say otherwise */
  readonly trainOnSeed?: boolean
  /** decisions of a run that stopped; kept in memory when absent */
  readonly journal?: DecisionJournal
}

export interface SkyworkRound {
  readonly round: number
  /** pairs trained on in this round */
  readonly trained: number
  /** pairs that the judges labelled after it */
  readonly judged: number
  /** of the held-out human labels, the share whose better side got the higher reward; null without any */
  readonly accuracy: number | null
}

export interface SkyworkRounds<Pair> {
  /** human-verified pairs that judges may see, the better side in `chosen` */
  readonly gold: readonly Pair[]
  /** human-verified pairs that no judge saw */
  readonly heldOut: readonly Pair[]
  /** judge-verified pairs (and the seed, where it is trained on), the better side in `chosen` */
  readonly silver: readonly Pair[]
  /** pairs of the pool that nobody labelled, in their order */
  readonly unlabelled: readonly Pair[]
  readonly rounds: readonly SkyworkRound[]
  readonly bestRound: number
  /** the model of the round with the highest held-out accuracy, the first on ties */
  readonly best: RewardMargins<Pair>
}

/** The pair with its better side in `chosen`. */
function oriented<Pair extends CurationPair>(pair: Pair, verdict: Verdict): Pair {
  return verdict === 2 ? exchanged(pair) : pair
}

/** p = σ(r_chosen − r_rejected) of each pair. */
export async function confidences<Pair>(
  model: RewardMargins<Pair>,
  pairs: readonly Pair[],
): Promise<Float64Array> {
  const margins = await model(pairs)
  return pairConfidence(margins, new Float64Array(margins.length))
}

/** Share of pairs whose `chosen` gets the higher reward; null for none. */
async function accuracyOn<Pair>(model: RewardMargins<Pair>, pairs: readonly Pair[]): Promise<number | null> {
  if (pairs.length === 0) return null
  const p = await confidences(model, pairs)
  return p.reduce((right, value) => right + (value > 0.5 ? 1 : 0), 0) / pairs.length
}

/** The human-labelled pairs that resemble a target most: what its judges are shown. */
export function examplesFor<Pair>(
  targets: UnitVectors,
  target: number,
  gold: readonly Pair[],
  goldVectors: UnitVectors,
  most: number,
): Pair[] {
  return Array.from(nearest(goldVectors, targets, target, most).indices, (index) => gold[index]!)
}

/**
 * Runs stage 1. `seed` are pairs of known sources with their original labels, `pool` the unverified rest (D_un); ids
 * are unique over both. Round r: train on D_silver, accuracy on the held-out human labels, confidence p on the gold
 * pairs, the adaptive-k nearest unlabelled neighbours of each (`neighboursInPool`), verdicts of the judges with the
 * nearest gold pairs as examples (`examplesFor`), `humanPerRound` new human labels, those first on which the judges had
 * no verdict. Undecided pairs are never asked for again. With a journal, a run that stopped goes on: finished rounds
 * are replayed, no person and no judge is asked twice, and the result is that of an undisturbed run.
 *
 * @throws GuerdonError ARGUMENT_INVALID for ids that occur twice, a gold size of 0 or beyond the seed, a held-out share
 *   outside [0, 1), and RESUME_MISMATCH for a journal about other pairs
 */
export async function skyworkRounds<Pair extends CurationPair>(
  seed: readonly Pair[],
  pool: readonly Pair[],
  parts: CurationParts<Pair>,
  options: SkyworkOptions,
): Promise<SkyworkRounds<Pair>> {
  const { rounds = 8, kMax = 8, examples = 8, samples = 5, humanPerRound = 0, heldOut = 0.25 } = options
  const { random, goldSize, trainOnSeed = true, concurrency = 16 } = options
  const everything = [...seed, ...pool]
  const byId = new Map(everything.map((pair) => [pair.id, pair]))
  check(everything.length === byId.size, 'ids of pairs must be unique', byId.size, everything.length)
  check(
    goldSize >= 1 && goldSize <= seed.length,
    'the gold set is drawn from the seed',
    goldSize,
    seed.length,
  )
  check(heldOut >= 0 && heldOut < 1, 'the held-out share must lie in [0, 1)', heldOut, 'a share')
  check(rounds >= 1, 'at least one round is needed', rounds, 'a whole number from 1')
  const labels = new GivenLabels(options.journal ?? memoryJournal())
  for (const id of [...labels.human.keys(), ...labels.judge.keys()]) {
    if (byId.has(id)) continue
    throw new GuerdonError('RESUME_MISMATCH', 'the journal speaks of a pair that is not there', { found: id })
  }

  const drawn = random
    .derive('gold')
    .shuffle([...seed])
    .slice(0, goldSize)
  const unseen = new Set(drawn.slice(0, Math.floor(heldOut * goldSize)).map(({ id }) => id))
  await labels.askPeople(drawn, parts.human, 0)

  const vectors = unitVectors(everything.length === 0 ? [] : await parts.embed(everything))
  const rowOf = new Map(everything.map(({ id }, row) => [id, row]))
  // Every round looks at what was known when it began, so that a stopped one is repeated exactly.
  const verified = (hidden: boolean, round: number): Pair[] =>
    everything
      .filter(({ id }) => unseen.has(id) === hidden && labels.humanBefore(id, round))
      .filter(({ id }) => labels.human.get(id)!.verdict !== null)
      .map((pair) => oriented(pair, labels.human.get(pair.id)!.verdict))
  /** what is trained on in a round: the seed as labelled, and verdicts of earlier rounds; never human-verified pairs */
  const silverBefore = (round: number): Pair[] => [
    ...(trainOnSeed ? seed.filter(({ id }) => !labels.humanBefore(id, round)) : []),
    ...pool.flatMap((pair) => {
      const judged = labels.judge.get(pair.id)
      if (labels.humanBefore(pair.id, round) || judged === undefined || judged.verdict === null) return []
      return judged.round < round ? [oriented(pair, judged.verdict)] : []
    }),
  ]
  const models = new Map<number, RewardMargins<Pair>>()
  const table: SkyworkRound[] = []

  for (let round = 1; round <= rounds; round++) {
    const silver = silverBefore(round)
    if (!labels.finished.has(round)) {
      check(silver.length > 0, 'there is nothing to train on in the first round', 0, 'the labels of the seed')
      const model = await parts.trainRewardModel(silver, `round ${round}`)
      models.set(round, model)
      const gold = verified(false, round)
      const targets = await neighboursInPool(model, gold, round)
      await judgeAll(targets, gold, round)
      await askMore(targets, round)
      const accuracy = await accuracyOn(model, verified(true, round))
      labels.add([{ kind: 'round', round, accuracy }])
    }
    const judged = [...labels.judge.values()].filter((verdict) => verdict.round === round).length
    table.push({ round, trained: silver.length, judged, accuracy: labels.finished.get(round)! })
  }
  const bestRound = table.reduce(
    (best, { round, accuracy }) => ((accuracy ?? 0) > (table[best - 1]!.accuracy ?? 0) ? round : best),
    1,
  )
  return {
    gold: verified(false, Number.POSITIVE_INFINITY),
    heldOut: verified(true, Number.POSITIVE_INFINITY),
    silver: silverBefore(Number.POSITIVE_INFINITY),
    unlabelled: pool.filter(({ id }) => !labels.human.has(id) && !labels.judge.has(id)),
    rounds: table,
    bestRound,
    best:
      models.get(bestRound) ?? (await parts.trainRewardModel(silverBefore(bestRound), `round ${bestRound}`)),
  }

  /** The pool's pairs to label next: neighbours of the gold pairs, more of them where the model is wrong. */
  async function neighboursInPool(
    model: RewardMargins<Pair>,
    gold: readonly Pair[],
    round: number,
  ): Promise<Pair[]> {
    const open = new Uint8Array(everything.length)
    for (let row = seed.length; row < everything.length; row++) {
      const { id } = everything[row]!
      const judged = labels.judge.get(id)
      // What this round has judged before it was stopped is found again.
      open[row] = !labels.humanBefore(id, round) && (judged === undefined || judged.round === round) ? 1 : 0
    }
    const p = await confidences(model, gold)
    const found = new Set<number>()
    for (const [index, { id }] of gold.entries()) {
      const k = adaptiveK(p[index]!, kMax)
      for (const row of nearest(vectors, vectors, rowOf.get(id)!, k, open).indices) found.add(row)
    }
    return [...found].sort((a, b) => a - b).map((row) => everything[row]!)
  }

  async function judgeAll(targets: readonly Pair[], gold: readonly Pair[], round: number): Promise<void> {
    const goldVectors = rowsOf(
      vectors,
      gold.map(({ id }) => rowOf.get(id)!),
    )
    const open = targets.filter(({ id }) => !labels.judge.has(id))
    for (let start = 0; start < open.length; start += concurrency) {
      labels.add(
        await Promise.all(
          open.slice(start, start + concurrency).map(async (pair) => {
            const shown = examplesFor(vectors, rowOf.get(pair.id)!, gold, goldVectors, examples)
            const order = random.derive(`order/${round}/${pair.id}`)
            const answer = await askJudges(pair, parts.judges, shown, samples, order)
            return { kind: 'judge' as const, id: pair.id, round, ...answer }
          }),
        ),
      )
    }
  }

  /** New human labels: what the judges could not decide, then pairs drawn from the rest of the pool. */
  async function askMore(targets: readonly Pair[], round: number): Promise<void> {
    if (humanPerRound === 0) return
    const undecided = targets.filter(({ id }) => labels.judge.get(id)?.verdict === null)
    const rest = random
      .derive(`people/${round}`)
      .shuffle(pool.filter(({ id }) => !labels.humanBefore(id, round) && !labels.judge.has(id)))
    await labels.askPeople([...undecided, ...rest].slice(0, humanPerRound), parts.human, round)
  }
}

function rowsOf({ dimension, values }: UnitVectors, rows: readonly number[]): UnitVectors {
  const picked = new Float64Array(rows.length * dimension)
  for (const [index, row] of rows.entries())
    picked.set(values.subarray(row * dimension, (row + 1) * dimension), index * dimension)
  return { size: rows.length, dimension, values: picked }
}

function check(condition: boolean, what: string, found: unknown, expected: number | string): void {
  if (condition) return
  throw new GuerdonError('ARGUMENT_INVALID', what, { found, expected: String(expected) })
}
