/** One simulated annotator who compares two items, as an equation with known parameters. */
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'
import { cycleEntry } from './intransitive.ts'

export interface Annotator {
  /** β: 0 answers at random, ∞ is deterministic; multiplies a utility difference of standard deviation 1 */
  readonly rationality: number
  /** λ: logits for one `lengthScale` of additional length */
  readonly lengthBias: number
  readonly lengthScale: number
  /** `saturating` replaces Δ/s by tanh(Δ/s) */
  readonly lengthForm: 'linear' | 'saturating'
  /** ρ: probability of ignoring utility and picking the longer item (equal lengths: either, ½) */
  readonly longerShare: number
  /** logits for a 0/1 attribute of form: polite, a list, a citation, agreement with the prompt's opinion */
  readonly formatBias: number
  /** δ: logits for the item that is shown first */
  readonly positionBias: number
  /** κ: logits of the style cycle, and m, the number of its styles */
  readonly intransitivity: number
  readonly styles: number
  /** ε: rate of flipped labels; 1 is an adversary who always answers the opposite */
  readonly flip: number
  /** ℓ: rate of random clicks */
  readonly lapse: number
  /** how the flip rate grows with the number of labels given; absent: it does not */
  readonly fatigue?: { readonly end: number; readonly tau: number }
  /** noise is a hash of the pair: asking again gives the same answer */
  readonly consistent: boolean
  /** of one label, in any unit */
  readonly cost: number
}

const DEFAULTS: Annotator = {
  rationality: 2,
  lengthBias: 0,
  lengthScale: 1,
  lengthForm: 'linear',
  longerShare: 0,
  formatBias: 0,
  positionBias: 0,
  intransitivity: 0,
  styles: 3,
  flip: 0.05,
  lapse: 0,
  consistent: false,
  cost: 1,
}

const RATES = ['longerShare', 'flip', 'lapse'] as const
const AMOUNTS = ['rationality', 'cost'] as const

/**
 * An annotator with the given parameters; the others are β = 2, ε = 0.05 and no bias.
 * @throws GuerdonError ARGUMENT_INVALID for a rate outside [0, 1], a negative rationality or cost, a length scale that
 *   is not positive, or fewer than two styles
 *
 * @example annotator({ rationality: 4 }).flip // 0.05
 */
export function annotator(parameters: Partial<Annotator> = {}): Annotator {
  const made = { ...DEFAULTS, ...parameters }
  const rates: [string, number][] = RATES.map((name) => [name, made[name]])
  if (made.fatigue !== undefined) rates.push(['fatigue.end', made.fatigue.end])
  for (const [field, found] of rates) {
    if (!(found >= 0 && found <= 1)) refuse(field, 'a rate from 0 to 1', found)
  }
  for (const field of AMOUNTS) {
    if (!(made[field] >= 0)) refuse(field, 'a number that is not negative', made[field])
  }
  for (const field of ['lengthBias', 'formatBias', 'positionBias', 'intransitivity'] as const) {
    if (!Number.isFinite(made[field])) refuse(field, 'a finite number of logits', made[field])
  }
  if (!(made.lengthScale > 0)) refuse('lengthScale', 'a positive length', made.lengthScale)
  if (!(Number.isInteger(made.styles) && made.styles >= 2)) refuse('styles', 'two or more', made.styles)
  if (made.fatigue !== undefined && !(made.fatigue.tau > 0))
    refuse('fatigue.tau', 'a positive number of labels', made.fatigue.tau)
  return made
}

function refuse(field: string, expected: string, found: unknown): never {
  throw new GuerdonError('ARGUMENT_INVALID', 'an annotator cannot have this', {
    where: { field },
    expected,
    found,
  })
}

/** What an annotator sees of n pairs; every list has n entries. Lists that a bias does not need may be absent. */
export interface ShownPairs {
  readonly utilityA: ArrayLike<number>
  readonly utilityB: ArrayLike<number>
  readonly lengthA?: ArrayLike<number>
  readonly lengthB?: ArrayLike<number>
  /** 0 or 1 */
  readonly attributeA?: ArrayLike<number>
  readonly attributeB?: ArrayLike<number>
  /** 0 … styles − 1 */
  readonly styleA?: ArrayLike<number>
  readonly styleB?: ArrayLike<number>
  /** 1 where A is shown first, 0 where B is */
  readonly aShownFirst?: ArrayLike<number>
}

/**
 * Probability that A is preferred: with Δu = u(A) − u(B),
 *   z = β·Δu + λ·(len_A − len_B)/s + φ·(attribute_A − attribute_B) + δ·(2·[A first] − 1) + κ·C[style_A, style_B]
 *   p₀ = ρ·[A longer] + (1 − ρ)·σ(z), p₁ = ε + (1 − 2ε)·p₀, p = ℓ/2 + (1 − ℓ)·p₁.
 * An infinite β gives 0, ½ (equal utilities and no bias) or 1 before the noise. Source: paper 00-preference-testbed.
 * @param who made by `annotator`
 * @param flips ε of each label, where it differs from pair to pair
 * @returns n probabilities in [0, 1]
 * @throws GuerdonError ARGUMENT_INVALID when a bias needs a list that is absent, a list has another length, or a
 *   utility is not finite
 *
 * @example annotatorProbability({ utilityA: [1], utilityB: [1] }, annotator())[0] // 0.5
 */
export function annotatorProbability(
  pairs: ShownPairs,
  who: Annotator,
  flips?: ArrayLike<number>,
): Float64Array {
  const size = pairs.utilityA.length
  const list = (name: keyof ShownPairs, needed: boolean): ArrayLike<number> | undefined => {
    const values = pairs[name]
    if (!needed) return undefined
    if (values?.length !== size) {
      throw new GuerdonError('ARGUMENT_INVALID', 'this annotator needs a list with an entry a pair', {
        where: { field: name },
        expected: `${size} entries`,
        found: values?.length,
      })
    }
    return values
  }
  list('utilityB', true)
  const byLength = who.lengthBias !== 0 || who.longerShare !== 0
  const lengthA = list('lengthA', byLength)
  const lengthB = list('lengthB', byLength)
  const attributeA = list('attributeA', who.formatBias !== 0)
  const attributeB = list('attributeB', who.formatBias !== 0)
  const styleA = list('styleA', who.intransitivity !== 0)
  const styleB = list('styleB', who.intransitivity !== 0)
  const first = list('aShownFirst', who.positionBias !== 0)

  const probability = new Float64Array(size)
  for (let row = 0; row < size; row++) {
    const difference = pairs.utilityA[row]! - pairs.utilityB[row]!
    if (!Number.isFinite(difference)) {
      throw new GuerdonError('ARGUMENT_INVALID', 'a utility is not finite', {
        where: { row: String(row) },
        found: difference,
      })
    }
    // ∞ · 0 would be NaN: a deterministic annotator is indifferent between equals.
    let logit = difference === 0 ? 0 : who.rationality * difference
    let longer = 0.5
    if (lengthA !== undefined && lengthB !== undefined) {
      const excess = (lengthA[row]! - lengthB[row]!) / who.lengthScale
      logit += who.lengthBias * (who.lengthForm === 'saturating' ? Math.tanh(excess) : excess)
      longer = excess > 0 ? 1 : excess < 0 ? 0 : 0.5
    }
    if (attributeA !== undefined && attributeB !== undefined)
      logit += who.formatBias * (attributeA[row]! - attributeB[row]!)
    if (first !== undefined) logit += who.positionBias * (2 * first[row]! - 1)
    if (styleA !== undefined && styleB !== undefined)
      logit += who.intransitivity * cycleEntry(styleA[row]!, styleB[row]!, who.styles)
    const reasoned = who.longerShare * longer + (1 - who.longerShare) * sigmoid(logit)
    const flip = flips === undefined ? who.flip : flips[row]!
    const noisy = flip + (1 - 2 * flip) * reasoned
    probability[row] = who.lapse / 2 + (1 - who.lapse) * noisy
  }
  return probability
}
