/** Rows of other groups whose completions are like a row's. */
import { completionText } from '../../records/rollout.ts'
import type { RunRecord, Store, StoredRow } from '../../store/store.ts'
import { AnswerCache } from './query/answer-cache.ts'
import type { QueryClient } from './query/query-client.ts'

/** the newest so many rows are looked through */
const MOST_RECENT = 5000
/** Small pages: decoding one holds up the thread that serves. */
const PAGE = 100
const MOST_NEIGHBOURS = 8

interface Recent {
  readonly sequence: number
  readonly group: string
  readonly text: string
}

const waitsForever = new AbortController().signal

export class NeighbourSearch {
  readonly #store: Store
  readonly #worker: QueryClient
  /** Going from row to row in a run that stands still reads the texts once. */
  readonly #recent = new AnswerCache(2)

  constructor(store: Store, worker: QueryClient) {
    this.#store = store
    this.#worker = worker
  }

  /** At most 8, closest first (word 3-gram Jaccard). */
  async of(
    { id }: RunRecord,
    version: string,
    row: StoredRow,
  ): Promise<{ readonly similarity: number; readonly row: StoredRow }[]> {
    const recent = await this.#recent.get(id, version, waitsForever, () => this.#read(id))
    const others = recent.filter(({ group }) => group !== row.rollout.group)
    const found = await this.#worker.ask(
      'neighbours',
      completionText(row.rollout.completion),
      others.map(({ text }) => text),
      MOST_NEIGHBOURS,
    )
    const rows = await Promise.all(
      found.map(async ({ index, similarity }) => {
        const neighbour = await this.#store.row(id, others[index]!.sequence)
        return neighbour === undefined ? [] : [{ similarity, row: neighbour }]
      }),
    )
    return rows.flat()
  }

  async #read(run: string): Promise<Recent[]> {
    const recent: Recent[] = []
    let after: string | undefined
    do {
      const page = await this.#store.rows(run, {}, { order: 'newest', limit: PAGE, after })
      for (const { sequence, rollout } of page.rows)
        recent.push({ sequence, group: rollout.group, text: completionText(rollout.completion) })
      after = page.next ?? undefined
    } while (after !== undefined && recent.length < MOST_RECENT)
    return recent
  }
}
