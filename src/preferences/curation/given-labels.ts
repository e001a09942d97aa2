/** Who said what of which pair, replayed from a journal or grown by a run. */
import { GuerdonError } from '../../records/error.ts'
import type { CurationPair } from './ask-judges.ts'
import type { Decision, DecisionJournal } from './decision-journal.ts'
import type { Verdict } from './judge-aggregation.ts'

export interface Given {
  readonly verdict: Verdict
  readonly round: number
}

export class GivenLabels {
  readonly human = new Map<string, Given>()
  readonly judge = new Map<string, Given>()
  readonly finished = new Map<number, number | null>()
  readonly #journal: DecisionJournal

  constructor(journal: DecisionJournal) {
    this.#journal = journal
    for (const decision of journal.decisions) this.#note(decision)
  }

  #note(decision: Decision): void {
    if (decision.kind === 'human') this.human.set(decision.id, decision)
    else if (decision.kind === 'judge') this.judge.set(decision.id, decision)
    else if (decision.kind === 'round') this.finished.set(decision.round, decision.accuracy)
  }

  add(decisions: readonly Decision[]): void {
    this.#journal.append(decisions)
    for (const decision of decisions) this.#note(decision)
  }

  /** Whether people had labelled a pair before a round began. */
  humanBefore(id: string, round: number): boolean {
    const given = this.human.get(id)
    return given !== undefined && given.round < round
  }

  /** Asks people about the pairs that none has looked at. */
  async askPeople<Pair extends CurationPair>(
    pairs: readonly Pair[],
    ask: (pairs: readonly Pair[]) => readonly Verdict[] | Promise<readonly Verdict[]>,
    round: number,
  ): Promise<void> {
    const open = pairs.filter(({ id }) => !this.human.has(id))
    if (open.length === 0) return
    const verdicts = await ask(open)
    if (verdicts.length !== open.length) {
      throw new GuerdonError('ARGUMENT_INVALID', 'people must answer for every pair they were given', {
        found: `${verdicts.length} answers`,
        expected: `${open.length}, null where a pair cannot be decided`,
      })
    }
    this.add(open.map(({ id }, index) => ({ kind: 'human', id, round, verdict: verdicts[index]! })))
  }
}
