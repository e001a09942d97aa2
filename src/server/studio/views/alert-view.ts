/** Alerts as the pages show them: with the places of the rows they name. */
import { LRUCache } from 'lru-cache'
import type { Store, StoredAlert } from '../../../store/store.ts'
import type { Alert } from '../schemas.ts'

const MOST_KNOWN = 2000

/** Finds the rows of alerts once; an alert never changes after it was raised. */
export class AlertViews {
  readonly #store: Store
  readonly #known = new LRUCache<string, Alert>({ max: MOST_KNOWN })

  constructor(store: Store) {
    this.#store = store
  }

  async of(alert: StoredAlert): Promise<Alert> {
    const key = JSON.stringify([alert.run, alert.id])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const rows = await Promise.all(
      alert.rows.map(async (id) => ({ id, sequence: await this.#sequenceOf(alert.run, id) })),
    )
    const view: Alert = {
      id: alert.id,
      run: alert.run,
      at: alert.at,
      diagnostic: alert.diagnostic,
      verdict: alert.verdict,
      column: alert.column,
      sentence: alert.sentence,
      guard: alert.guard,
      step: alert.step,
      rows,
      numbers: alert.numbers,
    }
    this.#known.set(key, view)
    return view
  }

  /** Newest first. */
  async list(run: string, most?: number): Promise<Alert[]> {
    const alerts = [...(await this.#store.alerts(run))].sort((a, b) => b.at - a.at || b.id - a.id)
    return Promise.all(alerts.slice(0, most).map((alert) => this.of(alert)))
  }

  /** An id may come again at every step; the newest row is the one that the alert was raised about. */
  async #sequenceOf(run: string, id: string): Promise<number | null> {
    const { rows } = await this.#store.rows(run, { id }, { order: 'newest', limit: 1 })
    return rows[0]?.sequence ?? null
  }
}
