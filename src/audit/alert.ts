/** What a detector of reward hacking says when it sees something: a sentence, its numbers, and the rows that show it. */

/** `pass` says nothing is wrong, `watch` look closer, `fail` act; `not-measurable` names the input that is missing. */
export type Verdict = 'pass' | 'watch' | 'fail' | 'not-measurable'

export interface Alert {
  /** the diagnostic's name, for example `length-drift` */
  readonly diagnostic: string
  readonly verdict: 'watch' | 'fail'
  /** the column it speaks of, when it speaks of one */
  readonly column: string | null
  /** one plain sentence with its numbers: "`format` explains 92 % of the reward's variance since step 410" */
  readonly sentence: string
  /** what to do about it, one sentence */
  readonly guard: string
  /** first training step at which it was seen; null when the rows name no steps */
  readonly step: number | null
  /** ids of at most 20 rows that show it, clearest first */
  readonly rows: readonly string[]
  readonly numbers: Readonly<Record<string, number>>
}
