/** What every rung of the comparison shares: the options, the budget, and where the verdict came from. */
import { Budget } from './budget.ts'
import type { Expression } from './expression.ts'

export type Verdict = 'equal' | 'different' | 'undecided'

/** How answers are compared; every field has a default. */
export interface EquivalenceOptions {
  /** Decimal places to which a number written with a decimal point must agree; default 6. */
  readonly decimals?: number
  /** Relative difference up to which two numbers are equal; default 0: off. */
  readonly relativeTolerance?: number
  /**
   * `strip`: a unit on one side only is ignored, two different units are undecided; `compare`: units are converted;
   * `require`: the answer must carry the unit of the gold answer. Default `strip`.
   */
  readonly units?: 'strip' | 'compare' | 'require'
  /** `strict`: 50% is 0.5; `lenient`: 50% is also 50. Default `strict`. */
  readonly percent?: 'strict' | 'lenient'
  /** `loose`: sets, tuples, lists and vectors of the same elements are equal. Default `strict`. */
  readonly sets?: 'strict' | 'loose'
  /** Milliseconds a comparison may take before it ends undecided; default 250. */
  readonly deadline?: number
}

export type ResolvedOptions = Required<EquivalenceOptions>

export const DEFAULT_OPTIONS: ResolvedOptions = {
  decimals: 6,
  relativeTolerance: 0,
  units: 'strip',
  percent: 'strict',
  sets: 'strict',
  deadline: 250,
}

/** One comparison under way. `rung` and `evidence` belong to the latest decision. */
export class Comparison {
  readonly options: ResolvedOptions
  readonly budget: Budget
  /** Compares two expressions of any kind; given from outside, because shapes contain shapes. */
  readonly compare: (gold: Expression, answer: Expression, comparison: Comparison) => Verdict
  rung = 0
  evidence = ''

  constructor(options: ResolvedOptions, compare: Comparison['compare']) {
    this.options = options
    this.budget = new Budget(options.deadline)
    this.compare = compare
  }

  decide(verdict: Verdict, rung: number, evidence: string): Verdict {
    this.rung = rung
    this.evidence = evidence
    return verdict
  }
}
