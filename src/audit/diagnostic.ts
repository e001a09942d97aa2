/** What a diagnostic is, and what it says: verdict, sentence, guard, numbers, and the rows that show it. */
import type { RandomStream } from '../numerics/random.ts'
import type { Verdict } from './alert.ts'
import type { AuditTable } from './audit-table.ts'
import type { Change } from './change.ts'

/** Inputs a diagnostic may need beyond rewards; the sentence names what is missing. */
export const NEEDS = {
  heldBack: 'a held-back column',
  steps: 'at least five training steps',
  texts: 'the completions’ texts',
  length: 'lengths (tokens or texts)',
  components: 'the reward’s components as columns',
  groups: 'prompts with several rollouts',
} as const

export type Need = keyof typeof NEEDS

/** What was measured. `concern` is what it would mean if the evidence holds after Holm over the whole report. */
export interface Measurement {
  readonly column?: string | undefined
  readonly concern: 'pass' | 'watch' | 'fail'
  /** the plain sentence for the concern; for `pass` what was found to be in order */
  readonly sentence: string
  readonly numbers: Readonly<Record<string, number>>
  /** 95 % interval of the main number */
  readonly interval?: readonly [number, number] | null | undefined
  /** p of the test behind it; corrected by Holm, and a concern whose corrected p is not below .05 is dropped */
  readonly p?: number | undefined
  /** first training step at which it was seen */
  readonly step?: number | null | undefined
  /** row numbers of the table, clearest first */
  readonly rows?: readonly number[] | undefined
}

/** A diagnostic that cannot be measured says which input it lacks. */
export interface Unmeasured {
  readonly missing: string
}

export interface DiagnosticContext {
  readonly table: AuditTable
  readonly stream: RandomStream
  /** change of reward and held-back column over training; null where there are too few steps */
  readonly rewardChange: Change | null
  readonly heldBackChange: Change | null
  /** whether quality has kept up with reward, by the held-back column; null without one or where that is open */
  readonly qualityKeepsUp: boolean | null
}

export interface Diagnostic {
  readonly name: string
  /** what it looks for, one sentence */
  readonly description: string
  readonly needs: readonly Need[]
  /** what to do about it, one sentence */
  readonly guard: string
  compute(context: DiagnosticContext): readonly Measurement[] | Unmeasured
}

export interface Finding {
  readonly diagnostic: string
  readonly column: string | null
  readonly verdict: Verdict
  readonly sentence: string
  readonly guard: string
  readonly step: number | null
  readonly numbers: Readonly<Record<string, number>>
  readonly interval: readonly [number, number] | null
  /** corrected by Holm over the report; null where no test stands behind it */
  readonly p: number | null
  /** ids of at most 20 rows that show it, clearest first */
  readonly rows: readonly string[]
  /** the same rows as positions in the audited table */
  readonly places: readonly number[]
}

/** Declares a diagnostic; its name is the one in reports and alerts. */
export function defineDiagnostic(diagnostic: Diagnostic): Diagnostic {
  return diagnostic
}
