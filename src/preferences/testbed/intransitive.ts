/** Preferences that no single score can explain: a cycle of styles, and how much of a preference matrix is cyclic. */
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

/**
 * Entry C[p][q] of the style cycle over m styles: +1 when (q − p) mod m is in 1 … ⌊(m − 1)/2⌋, −1 when it is larger,
 * 0 on the diagonal and, for even m, between opposite styles. Skew-symmetric; m = 3 is rock–paper–scissors.
 * Source: paper 00-preference-testbed.
 *
 * @example cycleEntry(0, 1, 3) // 1
 */
export function cycleEntry(p: number, q: number, styles: number): number {
  const step = (q - p + styles) % styles
  if (step === 0 || step * 2 === styles) return 0
  return step <= (styles - 1) / 2 ? 1 : -1
}

/** The whole cycle, m × m row-major. */
export function cycleMatrix(styles: number): Float64Array {
  const matrix = new Float64Array(styles * styles)
  for (let p = 0; p < styles; p++)
    for (let q = 0; q < styles; q++) matrix[p * styles + q] = cycleEntry(p, q, styles)
  return matrix
}

/**
 * Logits of every comparison of n items, n × n row-major and skew-symmetric: Y_ij = u_i − u_j + κ·C[style_i, style_j].
 * @throws GuerdonError ARGUMENT_INVALID when utilities and styles differ in length
 *
 * @example preferenceLogits([0, 1], [0, 1], { styles: 3, intransitivity: 2 }) // [0, 1, −1, 0]
 */
export function preferenceLogits(
  utilities: ArrayLike<number>,
  styleOf: ArrayLike<number>,
  { styles, intransitivity }: { readonly styles: number; readonly intransitivity: number },
): Float64Array {
  const size = utilities.length
  if (styleOf.length !== size) {
    throw new GuerdonError('ARGUMENT_INVALID', `${size} utilities and ${styleOf.length} styles`, {
      expected: 'a style for every utility',
    })
  }
  const logits = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      logits[row * size + column] =
        utilities[row]! -
        utilities[column]! +
        intransitivity * cycleEntry(styleOf[row]!, styleOf[column]!, styles)
    }
  }
  return logits
}

/** Probabilities of a matrix of logits: P_ij = σ(Y_ij); ½ on the diagonal. */
export function preferenceProbabilities(logits: Float64Array): Float64Array {
  return logits.map(sigmoid)
}

/**
 * How much of a complete preference matrix is cyclic: with the potential s_i = mean_j Y_ij,
 * share = ‖Y − (s_i − s_j)‖² / ‖Y‖² in [0, 1]. 0: a Bradley–Terry reward explains everything; 1: it explains nothing.
 * A matrix of zeros has share 0.
 * @param logits n × n row-major, skew-symmetric
 * @throws GuerdonError ARGUMENT_INVALID for a matrix that is not square or not skew-symmetric (to 1e-9)
 *
 * @example cyclicShare(cycleMatrix(3)).share // 1
 */
export function cyclicShare(logits: Float64Array): {
  readonly potential: Float64Array
  readonly share: number
} {
  const size = Math.round(Math.sqrt(logits.length))
  if (size * size !== logits.length || size === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', `${logits.length} logits are no square matrix`, {
      expected: 'n × n logits',
    })
  }
  const potential = new Float64Array(size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const logit = logits[row * size + column]!
      if (!(Math.abs(logit + logits[column * size + row]!) <= 1e-9 * Math.max(1, Math.abs(logit)))) {
        throw new GuerdonError('ARGUMENT_INVALID', `the logits of ${row} and ${column} are not opposite`, {
          expected: 'a skew-symmetric matrix',
          found: [logit, logits[column * size + row]!],
        })
      }
      potential[row]! += logit / size
    }
  }
  let residual = 0
  let total = 0
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const logit = logits[row * size + column]!
      residual += (logit - (potential[row]! - potential[column]!)) ** 2
      total += logit * logit
    }
  }
  return { potential, share: total === 0 ? 0 : residual / total }
}
