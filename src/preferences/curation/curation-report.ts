/** What a curation found, as plain JSON; rows are counted from 1 in the order of the input. */
import type { AgreementReport } from './annotator-agreement.ts'
import type { Action, ReasonKind } from './decide.ts'
import type { ConflictCounts } from './find-conflicts.ts'
import type { FormatBiasReport, LengthBiasReport } from './label-bias.ts'
import type { RecycleTest } from './recycle-discarded.ts'

/** A row that stands for a number of the report. */
export interface ShownRow {
  readonly row: number
  readonly id: string
  readonly file: string
  readonly line: number
  readonly strength: number | null
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
  /** the row it was compared with */
  readonly other: ShownRow | null
}

export interface StrengthGroup {
  readonly size: number
  readonly least: number
  readonly largest: number
  /** mean of μ̂ and of σ̂ */
  readonly mean: number
  readonly std: number
  /** pairs that another annotator labelled, too, and how often they agree */
  readonly second: { readonly pairs: number; readonly agree: number }
  readonly rows: readonly ShownRow[]
}

export interface SourceCounts {
  readonly source: string
  readonly pairs: number
  readonly keep: number
  readonly flip: number
  readonly drop: number
  readonly smooth: number
}

export interface LabelBiasReport {
  readonly length: LengthBiasReport
  readonly format: readonly FormatBiasReport[]
}

/** Rows that stand for the numbers of the labels' biases. */
export interface BiasRows {
  /** a list for each bin of length ratios */
  readonly lengthBins: readonly (readonly ShownRow[])[]
  /** by attribute: rows of which one side alone has it */
  readonly chosenOnly: Readonly<Record<string, readonly ShownRow[]>>
  readonly rejectedOnly: Readonly<Record<string, readonly ShownRow[]>>
}

export interface CurationReport {
  readonly format: 'guerdon-curation-1'
  readonly files: readonly string[]
  readonly layout: string
  readonly pairs: number
  /** reason → rows of the files that gave no pair */
  readonly leftOut: Readonly<Record<string, number>>
  readonly engine: 'memory' | 'duckdb'
  readonly seed: number
  readonly parameters: {
    readonly flip: 'suggest' | 'apply'
    readonly dropDuplicates: 'near' | 'exact' | 'none'
    readonly deviations: number
    readonly leastAgreement: number
    /** words of a gram, least Jaccard similarity, bands and rows of the signatures */
    readonly nearCopies: {
      readonly words: number
      readonly threshold: number
      readonly bands: number
      readonly rows: number
    }
    readonly contaminationWords: number
  }
  /** rows of the cleaned data */
  readonly remaining: number
  readonly actions: Readonly<Record<Action, number>>
  /** rows by finding; a row may have several */
  readonly findings: Readonly<
    Record<ReasonKind, { readonly rows: number; readonly shown: readonly ShownRow[] }>
  >
  readonly sources: readonly SourceCounts[]
  readonly strengths: {
    readonly description: string
    /** pairs with a strength, and those of them with μ̂ < 0 */
    readonly known: number
    readonly negative: number
    /** how often the voters agree with labels they had not seen; null for other sources */
    readonly agreement: {
      readonly agree: number
      readonly pairs: number
      readonly interval: readonly [number, number]
    } | null
    /** whether flips and soft labels were suggested, and if not, why */
    readonly trusted: boolean
    readonly why: string | null
    readonly groups: readonly StrengthGroup[]
  }
  /** people's verdicts on suggested flips, where they were given */
  readonly checkedFlips: RecycleTest | null
  readonly nearCandidates: number
  readonly conflicts: ConflictCounts
  readonly promptsWithCycles: number
  readonly against: { readonly files: readonly string[]; readonly grams: number } | null
  readonly annotators: AgreementReport | null
  readonly bias: {
    readonly input: LabelBiasReport
    readonly cleaned: LabelBiasReport
    readonly rows: BiasRows
  }
  readonly seconds: number
}
