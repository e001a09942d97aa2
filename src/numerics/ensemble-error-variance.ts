/** Why an ensemble helps, and where its help ends. */

/**
 * Variance of the error of the mean of M members whose errors have variance v and pairwise correlation ρ:
 * v·(ρ + (1 − ρ)/M). More members take it down to v·ρ, the part of the error that all share. Source: paper 17.
 *
 * @example ensembleErrorVariance(2, 0.5, 2) // 1.5
 */
export function ensembleErrorVariance(variance: number, correlation: number, members: number): number {
  return variance * (correlation + (1 - correlation) / members)
}
