/** Which source of strengths a curation uses, and whether it may speak against labels. */
import { RandomStream } from '../../numerics/random.ts'
import { columnStrengths, type StrengthSource, scoreStrengths } from './strength-source.ts'
import type { TrainingSample } from './training-sample.ts'
import { type VoterStrengths, voterStrengths } from './voter-strengths.ts'

/** Voters trained on the data, the scores in it, a column of margins, or a source of one's own. */
export type AskedStrengths = 'voters' | 'scores' | { readonly column: string } | StrengthSource

/**
 * The source, and whether its votes count: voters must agree with labels they had not seen at least so often (lower end
 * of the interval), other sources are taken at their word.
 */
export function strengthsFrom(
  asked: AskedStrengths,
  sample: TrainingSample | undefined,
  seed: number,
  leastAgreement: number,
): {
  readonly source: StrengthSource
  readonly trusted: boolean
  readonly why: string | null
  readonly votes?: VoterStrengths['agreement']
} {
  if (asked === 'scores') return { source: scoreStrengths(), trusted: true, why: null }
  if (asked !== 'voters') {
    return { source: 'column' in asked ? columnStrengths(asked.column) : asked, trusted: true, why: null }
  }
  const least = 20
  if (sample!.pairs().length < least) {
    return {
      source: noStrengths,
      trusted: false,
      why: `voters need at least ${least} different pairs that are not ties`,
    }
  }
  const voters = voterStrengths(sample!, { random: new RandomStream(seed).derive('voters') })
  const { interval } = voters.agreement
  const trusted = interval[0] >= leastAgreement
  return {
    source: voters,
    trusted,
    why: trusted
      ? null
      : `the voters agree with labels they had not seen in ${percent(interval[0])} to ${percent(interval[1])} of the pairs; to speak against a label they would have to reach ${percent(leastAgreement)}`,
    votes: voters.agreement,
  }
}

const noStrengths: StrengthSource = {
  description: 'not known',
  strengths: (pairs) => ({
    mean: new Float64Array(pairs.length),
    std: new Float64Array(pairs.length),
    known: new Uint8Array(pairs.length),
  }),
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
