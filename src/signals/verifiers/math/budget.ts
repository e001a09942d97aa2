/**
 * The bounds of one comparison: a deadline, checked every 1,000 operations, and one signal that a bound was met.
 * Whatever exceeds a bound ends as "undecided", never as an exception for the caller.
 */

/** Operations between two looks at the clock. */
const OPERATIONS_BETWEEN_CHECKS = 1000

/**
 * Thrown inside the verifier when an exact result would become too large; whoever catches it goes on without the exact
 * form. One object for all uses: making an error with a stack costs more than most comparisons.
 */
export const limitExceeded: Error = new Error('a size bound of the comparison was met')

/** Thrown when the deadline has passed; ends the comparison. */
export const timeExceeded: Error = new Error('the deadline of the comparison has passed')

/** Counts work and stops it after a deadline. */
export class Budget {
  readonly #milliseconds: number
  #operations = 0
  #started: number

  /** @param milliseconds wall-clock time from now, in ms */
  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
    this.#started = performance.now()
  }

  /** Counts `operations` units of work; throws `timeExceeded` when a check finds the deadline passed. */
  spend(operations: number): void {
    this.#operations += operations
    if (this.#operations < OPERATIONS_BETWEEN_CHECKS) return
    this.#operations = 0
    if (performance.now() - this.#started > this.#milliseconds) throw timeExceeded
  }
}
