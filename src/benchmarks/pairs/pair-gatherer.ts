/** What a reward is worth on preference pairs, gathered pair by pair: eight bytes a pair stay, texts do not. */
import { CalibrationSums, uniformBin } from '../../numerics/binned-calibration.ts'
import { sigmoid, softplus } from '../../numerics/sigmoid.ts'
import { type TemperatureScaling, temperatureScaling } from '../../numerics/temperature-scaling.ts'
import { wilsonInterval } from '../../numerics/wilson-interval.ts'
import { GuerdonError } from '../../records/error.ts'
import { completionText, promptText } from '../../records/rollout.ts'
import type { BenchmarkGatherer, BenchmarkItem, GatherOptions, ItemScores } from '../benchmark.ts'
import { type LengthEffect, LengthGatherer } from './length-effect.ts'
import { BOOTSTRAP_DRAWS, PromptBlocks } from './prompt-blocks.ts'
import { type Mistake, WorstMistakes } from './worst-mistakes.ts'

export type Interval = readonly [number, number]

export interface ReliabilityRow {
  readonly from: number
  readonly to: number
  /** predictions in the bin; a pair makes two, p and 1 − p */
  readonly count: number
  readonly probability: number
  readonly share: number
}

export interface SubsetRow {
  /** null: pairs without the field */
  readonly name: string | null
  readonly pairs: number
  readonly ties: number
  readonly accuracy: number
  readonly interval: Interval
  readonly logLoss: number
}

export interface PairReport {
  /** pairs behind every figure */
  readonly pairs: number
  /** pairs that people judged equal: counted, and left out of every figure */
  readonly judgedEqual: number
  /** pairs that could not be scored, left out of every figure */
  readonly invalid: number
  readonly invalidReasons: Readonly<Record<string, number>>
  /** a tie of rewards counts ½ in `accuracy` and is wrong in `strictAccuracy` */
  readonly accuracy: number
  readonly strictAccuracy: number
  readonly ties: number
  /** 95 %, of `accuracy` as if pairs were independent */
  readonly wilson: Interval
  /** 95 %, of `accuracy`, prompts drawn with replacement; null below ten prompts or when every draw is the same */
  readonly bootstrap: Interval | null
  readonly resampling: {
    readonly seed: number
    readonly draws: number
    /** prompts, or blocks of prompts where there are more than can be told apart */
    readonly units: number
    readonly blocks: boolean
  }
  /** of p = σ(r(chosen) − r(rejected)), in nats; ln 2 = 0.693 for a reward that says nothing */
  readonly logLoss: number
  readonly logLossInterval: Interval | null
  readonly brier: number
  /** over ten equal bins, both orders of every pair counted */
  readonly expectedCalibrationError: number
  readonly maximumCalibrationError: number
  readonly reliability: readonly ReliabilityRow[]
  /** the scale on which the differences are the best probabilities, and what is left of the calibration error then */
  readonly temperature: {
    readonly value: number
    /** every sign right, or too few: the value is the end of the searched range and means nothing */
    readonly atBound: boolean
    readonly logLoss: number
    readonly expectedCalibrationError: number
  }
  readonly margin: { readonly mean: number; readonly standardDeviation: number }
  readonly length: LengthEffect
  readonly by: string
  /** subsets by name; those without the field last */
  readonly subsets: readonly SubsetRow[]
  /** mean accuracy over subsets */
  readonly macroAccuracy: number
  readonly worst: readonly Mistake[]
}

const BINS = 10
/** Subsets and reasons that are told apart; later ones are joined, so that a field of ids cannot fill the memory. */
const MOST_NAMES = 1000
const JOINED = '(other)'

interface Subset {
  pairs: number
  right: number
  ties: number
  logLoss: number
}

/** Numbers without end in one array that doubles. */
class Numbers {
  #values = new Float64Array(1024)
  #count = 0

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(2 * this.#count)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#count++] = value
  }

  get all(): Float64Array {
    return this.#values.subarray(0, this.#count)
  }
}

function addBothOrders(sums: CalibrationSums, margin: number): void {
  const p = sigmoid(margin)
  const q = sigmoid(-margin)
  sums.add(uniformBin(p, BINS), p, 1)
  sums.add(uniformBin(q, BINS), q, 0)
}

/** The range that is searched is fixed, so margins of any size are brought to root mean square 1 first. */
function temperatureOnOwnScale(margins: Float64Array): TemperatureScaling {
  let squares = 0
  for (const margin of margins) squares += margin * margin
  const size = Math.sqrt(squares / margins.length)
  if (!(size > 0 && Number.isFinite(size))) return temperatureScaling(margins)
  const scaled = temperatureScaling(margins.map((margin) => margin / size))
  return { ...scaled, temperature: scaled.temperature * size }
}

export class PairGatherer implements BenchmarkGatherer<PairReport> {
  readonly #options: GatherOptions
  readonly #margins = new Numbers()
  readonly #calibration = new CalibrationSums(BINS)
  readonly #prompts = new PromptBlocks(3)
  /** pairs, right ones and log-loss of one pair, on their way to its prompt */
  readonly #sums = Float64Array.of(1, 0, 0)
  readonly #length = new LengthGatherer()
  readonly #worst: WorstMistakes
  readonly #subsets = new Map<string | null, Subset>()
  readonly #reasons = new Map<string, number>()
  #judgedEqual = 0
  #invalid = 0
  #right = 0
  #ties = 0
  #logLoss = 0
  #brier = 0

  constructor(options: GatherOptions) {
    this.#options = options
    this.#worst = new WorstMistakes(options.worst)
  }

  add(item: BenchmarkItem, outcome: ItemScores): void {
    if (item.gold[0] === item.gold[1]) {
      this.#judgedEqual++
      return
    }
    const margin = 'invalid' in outcome ? Number.NaN : outcome.scores[0]! - outcome.scores[1]!
    if ('invalid' in outcome || !Number.isFinite(margin)) {
      this.#invalid++
      const reason = 'invalid' in outcome ? outcome.invalid : 'the difference is not a finite number'
      const known = this.#reasons.has(reason) || this.#reasons.size < MOST_NAMES ? reason : JOINED
      this.#reasons.set(known, (this.#reasons.get(known) ?? 0) + 1)
      return
    }
    const right = margin > 0 ? 1 : margin === 0 ? 0.5 : 0
    const loss = softplus(-margin)
    if (margin > 0) this.#right++
    else if (margin === 0) this.#ties++
    this.#logLoss += loss
    this.#brier += sigmoid(-margin) ** 2
    this.#margins.push(margin)
    addBothOrders(this.#calibration, margin)
    const sums = this.#sums
    sums[1] = right
    sums[2] = loss
    this.#prompts.add(promptText(item.prompt), sums)
    this.#length.add(
      margin,
      completionText(item.completions[0]!).length,
      completionText(item.completions[1]!).length,
    )
    const subset = this.#subset(item.subset ?? null)
    subset.pairs++
    subset.right += right
    subset.logLoss += loss
    if (margin === 0) subset.ties++
    this.#worst.add(item, outcome.scores[0]!, outcome.scores[1]!)
  }

  #subset(name: string | null): Subset {
    const known = this.#subsets.has(name) || this.#subsets.size < MOST_NAMES ? name : JOINED
    let subset = this.#subsets.get(known)
    if (subset === undefined) {
      subset = { pairs: 0, right: 0, ties: 0, logLoss: 0 }
      this.#subsets.set(known, subset)
    }
    return subset
  }

  report(): PairReport {
    const margins = this.#margins.all
    const pairs = margins.length
    if (pairs === 0) {
      const [reason] = [...this.#reasons].sort((a, b) => b[1] - a[1])
      throw new GuerdonError('DATA_EMPTY', 'no pair could be scored', {
        expected: 'at least one pair with a preferred completion and two scores',
        found: `${this.#invalid} invalid, ${this.#judgedEqual} judged equal`,
        ...(reason === undefined ? {} : { hint: `The most frequent reason: ${reason[0]}` }),
      })
    }
    const { seed, by } = this.#options
    const right = this.#right + this.#ties / 2
    const calibration = this.#calibration.result()
    const scaled = temperatureOnOwnScale(margins)
    const after = new CalibrationSums(BINS)
    let mean = 0
    for (const margin of margins) {
      addBothOrders(after, margin / scaled.temperature)
      mean += margin / pairs
    }
    let squares = 0
    for (const margin of margins) squares += (margin - mean) ** 2
    const subsets = this.#subsetRows()
    return {
      pairs,
      judgedEqual: this.#judgedEqual,
      invalid: this.#invalid,
      invalidReasons: Object.fromEntries([...this.#reasons].sort((a, b) => b[1] - a[1])),
      accuracy: right / pairs,
      strictAccuracy: this.#right / pairs,
      ties: this.#ties,
      wilson: wilsonInterval(right, pairs),
      bootstrap: this.#prompts.interval((totals) => totals[1]! / totals[0]!, seed),
      resampling: {
        seed,
        draws: BOOTSTRAP_DRAWS,
        units: this.#prompts.count,
        blocks: this.#prompts.joined,
      },
      logLoss: this.#logLoss / pairs,
      logLossInterval: this.#prompts.interval((totals) => totals[2]! / totals[0]!, seed),
      brier: this.#brier / pairs,
      expectedCalibrationError: calibration.expected,
      maximumCalibrationError: calibration.maximum,
      reliability: calibration.bins.map(({ bin, count, probability, share }) => ({
        from: bin / BINS,
        to: (bin + 1) / BINS,
        count,
        probability,
        share,
      })),
      temperature: {
        value: scaled.temperature,
        atBound: scaled.atBound,
        logLoss: scaled.logLoss,
        expectedCalibrationError: after.result().expected,
      },
      margin: { mean, standardDeviation: pairs < 2 ? 0 : Math.sqrt(squares / (pairs - 1)) },
      length: this.#length.effect(),
      by,
      subsets,
      macroAccuracy: subsets.reduce((sum, { accuracy }) => sum + accuracy, 0) / subsets.length,
      worst: this.#worst.list(),
    }
  }

  #subsetRows(): SubsetRow[] {
    const rows = [...this.#subsets].map(([name, { pairs, right, ties, logLoss }]) => ({
      name,
      pairs,
      ties,
      accuracy: right / pairs,
      interval: wilsonInterval(right, pairs),
      logLoss: logLoss / pairs,
    }))
    const last = (name: string | null): number => (name === null ? 2 : name === JOINED ? 1 : 0)
    return rows.sort((a, b) => last(a.name) - last(b.name) || (String(a.name) < String(b.name) ? -1 : 1))
  }
}
