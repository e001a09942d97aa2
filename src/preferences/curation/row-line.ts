/** The line of the row file: everything the report counts a row under. */

import type { Measures } from './biased-rows.ts'
import type { Action, Reason } from './decide.ts'
import { lengthBinOf } from './label-bias.ts'
import type { Mark } from './marks.ts'
import { pairAttributes } from './pair-attributes.ts'
import type { ReadPair } from './read-pairs.ts'

/** Whether a second annotator agrees with the label; null where there is none. */
export function secondOf(marks: readonly Mark[]): boolean | null {
  const second = marks.find(({ kind }) => kind === 'second-label')
  return second === undefined ? null : second.value === 1
}

/** Everything the report counts a row under. */
export function rowLine(
  row: number,
  { pair, file, line }: ReadPair,
  files: readonly string[],
  {
    action,
    reasons,
    found,
    strength,
    measures,
  }: {
    readonly action: Action
    readonly reasons: readonly Reason[]
    readonly found: readonly Mark[]
    readonly strength: { readonly mean: number; readonly std: number } | undefined
    readonly measures: Measures
  },
): Record<string, unknown> {
  const [chosen, rejected] = measures.attributes
  return {
    row: row + 1,
    id: pair.id,
    file: files[file],
    line,
    source: pair.source,
    action,
    findings: reasons.map(({ kind }) => kind),
    reasons: reasons.map(({ text }) => text),
    compared: found.flatMap(({ other }) => (other < 0 ? [] : [other + 1])),
    strength: strength?.mean ?? null,
    strength_std: strength?.std ?? null,
    words_chosen: measures.words[0],
    words_rejected: measures.words[1],
    length_bin: lengthBinOf(...measures.words),
    chosen_only: namesOf(chosen & ~rejected),
    rejected_only: namesOf(rejected & ~chosen),
  }
}

function namesOf(bits: number): string[] {
  return pairAttributes.filter((_, index) => ((bits >>> index) & 1) === 1).map(({ name }) => name)
}
