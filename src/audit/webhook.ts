/** Sends an alert to a URL as JSON: signed when a secret is given, tried again, never with text unless asked for. */
import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { GuerdonError, messageOf } from '../records/error.ts'
import type { Alert } from './alert.ts'

export interface WebhookOptions {
  readonly url: string
  /** key of the signature; without one there is no signature header */
  readonly secret?: string | undefined
  /** id of the run the alert is about */
  readonly run?: string | undefined
  /** milliseconds since 1970 at which it was raised; now unless told */
  readonly at?: number | undefined
  /** lets words quoted from rollouts leave the machine; off unless asked for */
  readonly includeText?: boolean | undefined
  readonly attempts?: number | undefined
  /** for one attempt */
  readonly timeoutMilliseconds?: number | undefined
  /** before the second attempt; doubled for each further one */
  readonly pauseMilliseconds?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface WebhookOutcome {
  readonly delivered: boolean
  readonly attempts: number
  /** HTTP status of the last answer; null when there was none */
  readonly status: number | null
  /** why it was not delivered, one sentence */
  readonly reason: string | null
}

export const SIGNATURE_HEADER = 'x-guerdon-signature'

/** `sha256=` and the HMAC-SHA256 of the body's bytes in hex, what `SIGNATURE_HEADER` carries. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** Words quoted from rollouts stand in “…”. */
function withoutText(alert: Alert): Alert {
  return { ...alert, sentence: alert.sentence.replace(/“[^”]*”/g, 'a phrase') }
}

function checkedUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw new GuerdonError('ARGUMENT_INVALID', 'alerts cannot be sent there', {
      found: url,
      expected: 'an http or https URL',
    })
  }
  return parsed
}

/**
 * POSTs `{ run, at, alert }`. An answer of 2xx is delivery; no answer, 408, 429 and 5xx are tried again (3 attempts, 5 s
 * each, half a second before the second); other answers, redirects among them, are final. Never throws for a receiver.
 * @throws GuerdonError ARGUMENT_INVALID for a URL that is not http or https
 */
export async function sendAlert(alert: Alert, options: WebhookOptions): Promise<WebhookOutcome> {
  const url = checkedUrl(options.url)
  const most = options.attempts ?? 3
  const body = JSON.stringify({
    run: options.run ?? null,
    at: options.at ?? Date.now(),
    alert: options.includeText === true ? alert : withoutText(alert),
  })
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'guerdon' }
  if (options.secret !== undefined) headers[SIGNATURE_HEADER] = signatureOf(body, options.secret)
  let status: number | null = null
  let reason = 'no attempt was made'
  for (let attempt = 1; attempt <= most; attempt++) {
    const timeout = AbortSignal.timeout(options.timeoutMilliseconds ?? 5000)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal])
    status = null
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
      // The answer's body is of no interest and must not hold the connection.
      await answer.body?.cancel()
      status = answer.status
      if (answer.ok) return { delivered: true, attempts: attempt, status, reason: null }
      reason = `the receiver answered ${status}`
      if (status !== 408 && status !== 429 && status < 500)
        return { delivered: false, attempts: attempt, status, reason }
    } catch (error) {
      reason = messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error)
    }
    if (options.signal?.aborted === true)
      return { delivered: false, attempts: attempt, status, reason: 'cancelled' }
    if (attempt < most) {
      await pause((options.pauseMilliseconds ?? 500) * 2 ** (attempt - 1), undefined, {
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }).catch(() => undefined)
    }
  }
  return { delivered: false, attempts: most, status, reason }
}
