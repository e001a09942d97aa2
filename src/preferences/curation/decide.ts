/** What is suggested for one pair, out of everything that is known of it. */
import { conflictSides, type FindingKind, type Mark } from './marks.ts'

export type Action = 'keep' | 'flip' | 'drop' | 'smooth'

export type ReasonKind =
  | FindingKind
  /** chosen and rejected are the same text */
  | 'same-sides'
  /** labelled a tie */
  | 'tie'
  /** the voters are against the label, all in all beyond their disagreement */
  | 'against'
  /** the voters are against the label, but not beyond their disagreement */
  | 'doubtful'

export interface Reason {
  readonly kind: ReasonKind
  readonly text: string
}

export interface DecisionRules {
  readonly dropDuplicates: 'near' | 'exact' | 'none'
  /** whether the strengths are good enough to speak against labels */
  readonly trusted: boolean
  /** a label is to be flipped where μ̂ + deviations·σ̂ < 0 */
  readonly deviations: number
}

export interface Known {
  readonly marks: readonly Mark[]
  readonly sameSides: boolean
  readonly tie: boolean
  /** undefined where the pair has no strength */
  readonly strength: { readonly mean: number; readonly std: number } | undefined
}

/** Rows are named to people from 1. */
const rowName = (row: number): string => `row ${row + 1}`

function reasonOf(kind: FindingKind, mark: Mark): Reason & { readonly action: Action | undefined } {
  switch (kind) {
    case 'contaminated':
      return { kind, text: 'shares a run of words with the evaluation file', action: 'drop' }
    case 'copy':
      return { kind, text: `copy of ${rowName(mark.other)}`, action: 'drop' }
    case 'near-copy':
      return {
        kind,
        text: `near copy of ${rowName(mark.other)} (Jaccard ${mark.value.toFixed(2)})`,
        action: 'drop',
      }
    case 'conflict': {
      const side = conflictSides[mark.value]!
      const text = `labelled the other way in ${rowName(mark.other)}`
      if (side === 'minority') return { kind, text: `${text}, by more votes`, action: 'drop' }
      if (side === 'even') return { kind, text: `${text}, by as many votes`, action: 'smooth' }
      return { kind, text: `${text}, by fewer votes`, action: undefined }
    }
    case 'cycle':
      return { kind, text: `in a cycle of ${mark.value} completions`, action: 'smooth' }
  }
}

/**
 * The action and every reason, the deciding ones first. Dropped: pairs in the evaluation data, pairs of equal sides,
 * copies and near copies as far as the rules say, the side of a conflict with fewer votes. Then flipped: μ̂ + z·σ̂ < 0.
 * Then smoothed (trained on with a soft label): even conflicts, cycles, ties, and μ̂ < 0 within the voters'
 * disagreement. Everything else is kept. Strengths count only where they are trusted.
 */
export function decide(
  known: Known,
  rules: DecisionRules,
): { readonly action: Action; readonly reasons: Reason[] } {
  const found: (Reason & { readonly action: Action | undefined })[] = []
  if (known.sameSides)
    found.push({ kind: 'same-sides', text: 'chosen and rejected are the same', action: 'drop' })
  const seen = new Set<string>()
  for (const mark of known.marks) {
    // A row may be a near copy of several: one reason is enough.
    if (mark.kind === 'second-label' || seen.has(mark.kind)) continue
    seen.add(mark.kind)
    const reason = reasonOf(mark.kind, mark)
    const allowed =
      mark.kind === 'copy'
        ? rules.dropDuplicates !== 'none'
        : mark.kind === 'near-copy'
          ? rules.dropDuplicates === 'near'
          : true
    found.push(allowed ? reason : { ...reason, action: undefined })
  }
  if (known.tie && !known.sameSides) found.push({ kind: 'tie', text: 'labelled a tie', action: 'smooth' })
  else if (known.strength !== undefined && rules.trusted && !known.sameSides) {
    const { mean, std } = known.strength
    const text = `strength ${mean.toFixed(2)} ± ${std.toFixed(2)}`
    if (mean + rules.deviations * std < 0)
      found.push({ kind: 'against', text: `the label goes against the votes: ${text}`, action: 'flip' })
    else if (mean < 0)
      found.push({ kind: 'doubtful', text: `the votes lean against the label: ${text}`, action: 'smooth' })
  }
  const action = (['drop', 'flip', 'smooth'] as const).find((name) =>
    found.some((reason) => reason.action === name),
  )
  const rank = (reason: { readonly action: Action | undefined }): number => (reason.action === action ? 0 : 1)
  return {
    action: action ?? 'keep',
    reasons: found.sort((a, b) => rank(a) - rank(b)).map(({ kind, text }) => ({ kind, text })),
  }
}
