/**
 * Whether an attribute of the picked completions moves under every member of an ensemble and under every way of joining
 * them: a hack that all members share, which no ensemble of them removes. Source: paper 17, diagnostics of herding.
 */
import { AGGREGATES, type Aggregate, aggregateEnsemble } from '../numerics/ensemble-aggregate.ts'
import { bestReply, type MemberScores } from '../numerics/member-agreement.ts'
import { referenceMoments, standardiseMembers } from '../numerics/standardise-members.ts'
import { GuerdonError } from '../records/error.ts'

export interface AttributeDrift {
  /** attribute of the pick less the mean of its prompt's replies, averaged over prompts */
  readonly drift: number
  /** its standard error over prompts */
  readonly error: number
}

export interface Herding {
  /** mean over all replies, every prompt with the same weight */
  readonly base: number
  readonly members: readonly AttributeDrift[]
  readonly aggregates: Readonly<Record<string, AttributeDrift>>
  /** every member and every aggregate moves it to the same side by more than 1.96 standard errors */
  readonly shared: boolean
  readonly sentence: string
}

/** Aggregates that are looked at unless told: the usual ones that need no weights. */
const USUAL = ['mean', 'median', 'min', 'mean-minus-std'] as const satisfies readonly Aggregate[]

/**
 * Members are standardised over all their scores before they are joined.
 *
 * @param scores scores[member][prompt]: the replies of a prompt
 * @param attribute attribute[prompt][reply]: length, share of list items, of copied words, …
 * @throws GuerdonError ARGUMENT_INVALID for no members, fewer than three prompts, lists that do not fit, numbers that
 *   are not finite, or an aggregate that is not known
 */
export function herding(
  scores: MemberScores,
  attribute: readonly ArrayLike<number>[],
  options: { readonly name?: string; readonly aggregates?: readonly Aggregate[] } = {},
): Herding {
  const { name = 'the attribute', aggregates = USUAL } = options
  const sizes = attribute.map(({ length }) => length)
  const fits = scores.every(
    (prompts) =>
      prompts.length === sizes.length && prompts.every(({ length }, prompt) => length === sizes[prompt]),
  )
  const flat = scores.map((prompts) => Float64Array.from(prompts.flatMap((replies) => Array.from(replies))))
  const values = Float64Array.from(attribute.flatMap((replies) => Array.from(replies)))
  const finite = [...flat, values].every((list) => list.every(Number.isFinite))
  if (
    scores.length === 0 ||
    sizes.length < 3 ||
    sizes.includes(0) ||
    !fits ||
    !finite ||
    !aggregates.every((aggregate) => AGGREGATES.includes(aggregate))
  )
    throw new GuerdonError('ARGUMENT_INVALID', 'these are no scores and attributes of the same replies', {
      expected: 'a member, three prompts, a finite score and attribute for each reply, and known aggregates',
      found: { members: scores.length, prompts: sizes.length, aggregates },
    })
  const joined = standardiseMembers(flat, flat.map(referenceMoments))
  const means = attribute.map((replies) => meanOf(replies))
  const driftOf = (list: Float64Array): AttributeDrift => {
    let start = 0
    const moved = Float64Array.from(sizes, (size, prompt) => {
      const pick = start + bestReply(list.subarray(start, start + size))
      start += size
      return values[pick]! - means[prompt]!
    })
    const drift = meanOf(moved)
    const squares = moved.reduce((sum, value) => sum + (value - drift) ** 2, 0)
    return { drift, error: Math.sqrt(squares / (moved.length - 1) / moved.length) }
  }
  const members = joined.map(driftOf)
  const byAggregate = Object.fromEntries(
    aggregates.map((aggregate) => [aggregate, driftOf(aggregateEnsemble(joined, { aggregate }))]),
  )
  const all = [...members, ...Object.values(byAggregate)]
  const side = Math.sign(all[0]!.drift)
  const shared = side !== 0 && all.every(({ drift, error }) => side * drift > 1.96 * error)
  const least = Math.min(...all.map(({ drift }) => Math.abs(drift)))
  return {
    base: meanOf(means),
    members,
    aggregates: byAggregate,
    shared,
    sentence: shared
      ? `Every member and every aggregate moves ${name} to the same side, by at least ${least.toPrecision(2)}: an ensemble of these members does not remove it.`
      : `Not every member and aggregate moves ${name} to the same side.`,
  }
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return sum / values.length
}
