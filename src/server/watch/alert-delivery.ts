/** Where an alert of the watch goes: to the log, into the store, to the open pages, to the user's own address. */
import type { Logger } from 'pino'
import type { Alert } from '../../audit/alert.ts'
import { sendAlert, type WebhookOptions } from '../../audit/webhook.ts'
import type { Store, StoredAlert } from '../../store/store.ts'

export interface AlertDeliveryOptions {
  readonly run: string
  readonly store: Pick<Store, 'saveAlert'> | undefined
  /** shows a stored alert to who is looking */
  show(alert: StoredAlert): Promise<void>
  /** address and form of the posts; undefined = none are made */
  readonly webhook: Pick<WebhookOptions, 'url' | 'secret' | 'includeText' | 'pauseMilliseconds'> | undefined
  readonly logger: Logger
  /** milliseconds that posts under way get when the server stops; default 3000 */
  readonly grace?: number | undefined
}

export class AlertDelivery {
  readonly #options: AlertDeliveryOptions
  readonly #stop = new AbortController()
  readonly #open = new Set<Promise<void>>()

  constructor(options: AlertDeliveryOptions) {
    this.#options = options
  }

  /** Sends an alert on its ways and returns at once; what fails is logged. */
  tell(alert: Alert): void {
    const { diagnostic, verdict, step } = alert
    // The sentence may quote rollouts, and logs travel further than the store.
    this.#options.logger.warn({ diagnostic, verdict, step }, diagnostic)
    const at = Date.now()
    const work = Promise.all([this.#keep(alert, at), this.#post(alert, at)]).then(() => {
      this.#open.delete(work)
    })
    this.#open.add(work)
  }

  /** Resolves when every alert is stored, and posted or given up after the grace. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), this.#options.grace ?? 3000)
    await Promise.all(this.#open)
    clearTimeout(timer)
  }

  async #keep(alert: Alert, at: number): Promise<void> {
    const { store, run, show, logger } = this.#options
    if (store === undefined) return
    try {
      await show(await store.saveAlert(run, alert, at))
    } catch (error) {
      logger.error({ err: error }, 'an alert could not be stored')
    }
  }

  async #post(alert: Alert, at: number): Promise<void> {
    const { webhook, run, logger } = this.#options
    if (webhook === undefined) return
    const { delivered, reason } = await sendAlert(alert, { ...webhook, run, at, signal: this.#stop.signal })
    if (!delivered) logger.warn(`the webhook did not take an alert: ${reason}`)
  }
}
