/** What was decided about each pair, one line a decision, so that a run that stopped goes on and asks nobody twice. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
} from 'node:fs'
import { GuerdonError } from '../../records/error.ts'
import type { ConsistencyDecision } from './consistency-filter.ts'
import type { JudgeVotes, Verdict } from './judge-aggregation.ts'

/** Verdicts speak of the original label: 1 it stands, 2 the other completion is better, null undecided. */
export type Decision =
  | { readonly kind: 'human'; readonly id: string; readonly round: number; readonly verdict: Verdict }
  | {
      readonly kind: 'judge'
      readonly id: string
      readonly round: number
      readonly judges: readonly JudgeVotes[]
      readonly verdict: Verdict
    }
  /** a round is over; accuracy of its model on the held-out human labels */
  | { readonly kind: 'round'; readonly round: number; readonly accuracy: number | null }
  | {
      readonly kind: 'filter'
      readonly id: string
      readonly pGold: number
      readonly pBest: number
      /** what the judges said; null where they were not asked or had no verdict */
      readonly judge: Verdict
      readonly action: ConsistencyDecision['action']
    }
  | { readonly kind: 'check'; readonly id: string; readonly verdict: Verdict }

export interface DecisionJournal {
  /** decisions of earlier runs, in their order */
  readonly decisions: readonly Decision[]
  append(decisions: readonly Decision[]): void
}

/** A journal that lives as long as the process: for tests and for runs that cost little. */
export function memoryJournal(earlier: readonly Decision[] = []): DecisionJournal {
  const decisions = [...earlier]
  return { decisions, append: (more) => void decisions.push(...more) }
}

/**
 * A journal in a JSONL file, made when absent. A last line that a killed run left unfinished is cut off; appended
 * decisions are on the disk when `append` returns.
 *
 * @throws GuerdonError DATA_NOT_JSON for any other line that is no decision
 */
export function fileJournal(path: string): DecisionJournal {
  const decisions: Decision[] = []
  if (existsSync(path)) {
    const text = readFileSync(path, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole))
    for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
      let decision: Decision | undefined
      try {
        decision = JSON.parse(line) as Decision
      } catch {
        // Told below with its place.
      }
      if (typeof decision?.kind !== 'string') {
        throw new GuerdonError('DATA_NOT_JSON', 'is no decision', {
          where: { file: path, line: index + 1 },
          found: line,
          hint: 'The journal belongs to one run of curation and is not edited; remove it to begin anew',
        })
      }
      decisions.push(decision)
    }
  }
  return {
    decisions,
    append(more) {
      if (more.length === 0) return
      const file = openSync(path, 'a')
      try {
        appendFileSync(file, more.map((decision) => `${JSON.stringify(decision)}\n`).join(''))
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      decisions.push(...more)
    },
  }
}
