/** Back-pressure: a scoring service that takes at most so many rows at a time and refuses the rest at once. */
import { GuerdonError } from '../../records/error.ts'
import type { Reward } from '../../reward/score.ts'
import type { ScoreAnswer, ScoreRequest, ScoringService } from '../scoring/scoring-service.ts'

export class BoundedService implements ScoringService {
  readonly #inner: ScoringService
  readonly #maximumRows: number
  #rows = 0

  constructor(inner: ScoringService, maximumRows: number) {
    this.#inner = inner
    this.#maximumRows = maximumRows
  }

  get reward(): Reward {
    return this.#inner.reward
  }

  get run(): string {
    return this.#inner.run
  }

  get columnNames(): readonly string[] {
    return this.#inner.columnNames
  }

  /** rows that wait or are in work */
  get rows(): number {
    return this.#rows
  }

  /**
   * Scores, or throws SERVER_BUSY when the rows of the request and those in work exceed the limit. A request that is
   * larger than the limit alone is taken when nothing else is there: refused, it would never pass.
   */
  async score(request: ScoreRequest): Promise<ScoreAnswer> {
    const rows = request.rollouts.length
    if (this.#rows > 0 && this.#rows + rows > this.#maximumRows) {
      throw new GuerdonError('SERVER_BUSY', `${this.#rows} rows wait or are in work already`, {
        expected: `at most ${this.#maximumRows} at a time`,
        hint: 'Try again, or raise --queue-rows',
      })
    }
    this.#rows += rows
    try {
      return await this.#inner.score(request)
    } finally {
      this.#rows -= rows
    }
  }
}
