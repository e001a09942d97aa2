/** Prime factors of a positive rational number, as far as trial division reaches. */
import type { Budget } from './budget.ts'
import type { Rational } from './rational.ts'

/** `prime` is certainly prime only where `certain`; a large rest of the division is kept whole. */
export interface PrimePower {
  readonly base: bigint
  readonly exponent: number
  readonly certain: boolean
}

/** Divisors beyond this are not tried. */
const DIVISOR_LIMIT = 20_000

function factorsOf(value: bigint, direction: 1 | -1, budget: Budget, into: PrimePower[]): void {
  let rest = value
  const strip = (divisor: bigint): void => {
    let exponent = 0
    while (rest % divisor === 0n) {
      rest /= divisor
      exponent++
    }
    if (exponent > 0) into.push({ base: divisor, exponent: direction * exponent, certain: true })
  }
  let divisor = 2
  // one double remainder a divisor while the rest fits; BigInts cost far more
  while (rest > 1n && divisor <= DIVISOR_LIMIT) {
    if (rest <= BigInt(Number.MAX_SAFE_INTEGER)) {
      const small = Number(rest)
      while (divisor <= DIVISOR_LIMIT && divisor * divisor <= small && small % divisor !== 0) {
        divisor += divisor === 2 ? 1 : 2
        budget.spend(1)
      }
      if (divisor > DIVISOR_LIMIT) break
      if (divisor * divisor > small) {
        into.push({ base: rest, exponent: direction, certain: true })
        return
      }
    } else budget.spend(10)
    strip(BigInt(divisor))
    divisor += divisor === 2 ? 1 : 2
  }
  if (rest > 1n) into.push({ base: rest, exponent: direction, certain: false })
}

/**
 * value = Π baseᵏ; value > 0. Bases are distinct.
 *
 * @example primePowers(rational(45, 8), budget) // 3², 5¹, 2⁻³
 */
export function primePowers(value: Rational, budget: Budget): PrimePower[] {
  const factors: PrimePower[] = []
  factorsOf(BigInt(value.numerator), 1, budget, factors)
  factorsOf(BigInt(value.denominator), -1, budget, factors)
  return factors
}
