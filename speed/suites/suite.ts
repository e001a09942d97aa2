/** What every suite gets and gives back. */
import type { Line } from '../measure.ts'
import type { Peers } from '../peers.ts'

export interface SuiteContext {
  readonly peers: Peers
  /** a folder that is deleted after the run */
  readonly folder: string
  /** pairs with known verdicts, which the repository does not hold */
  readonly shared: string
  /** fewer rounds and rows: to see that it runs, not to quote */
  readonly quick: boolean
}

export interface SuiteResult {
  readonly lines: readonly Line[]
  /** what was checked and found beside the speed, one sentence each */
  readonly notes: readonly string[]
  /** figures for results.json that are no line of the table */
  readonly figures?: Readonly<Record<string, unknown>>
}

export type Suite = (context: SuiteContext) => Promise<SuiteResult>
