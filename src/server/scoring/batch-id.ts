/** Ids of batches: `b_`, the time and a counter, and what tells processes apart; they sort in the order of making. */
import { randomBytes } from 'node:crypto'

export class BatchIds {
  readonly #process = randomBytes(5).toString('hex')
  #time = 0
  #count = 0
  #last = ''

  get last(): string {
    return this.#last
  }

  /** The next id, greater than every one this object gave before. */
  next(): string {
    const now = Date.now()
    if (now > this.#time) {
      this.#time = now
      this.#count = 0
    } else this.#count++
    this.#last = `b_${this.#time.toString(36).padStart(9, '0')}${this.#count.toString(36).padStart(4, '0')}${this.#process}`
    return this.#last
  }
}
