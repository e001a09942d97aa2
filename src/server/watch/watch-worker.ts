/** The far end of the watch: looks at scored rows in a thread of its own, so that no request waits for a detector. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Alert } from '../../audit/alert.ts'
import type { AuditRow } from '../../audit/audit-table.ts'
import { Watch, type WatchOptions } from '../../audit/watch.ts'
import { messageOf } from '../../records/error.ts'

/** What is sent to the worker: rows to look at, or the wish for an evaluation. */
export type WatchMessage =
  | { readonly kind: 'rows'; readonly rows: readonly AuditRow[] }
  | { readonly kind: 'evaluate' }

/** What comes back: rows taken in, or the outcome of an evaluation. */
export type WatchReply =
  | { readonly kind: 'seen'; readonly rows: number }
  | { readonly kind: 'evaluated'; readonly alerts: readonly Alert[]; readonly seconds: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly rows: number; readonly evaluated: boolean }

const port = parentPort
if (port !== null) {
  const watch = new Watch(workerData as WatchOptions)
  port.on('message', (message: WatchMessage) => {
    const reply = (answer: WatchReply): void => port.postMessage(answer)
    try {
      if (message.kind === 'rows') {
        watch.observe({ rows: message.rows })
        reply({ kind: 'seen', rows: message.rows.length })
        return
      }
      const started = performance.now()
      const alerts = watch.evaluate()
      reply({ kind: 'evaluated', alerts, seconds: (performance.now() - started) / 1000 })
    } catch (error) {
      const rows = message.kind === 'rows' ? message.rows.length : 0
      reply({ kind: 'failed', reason: messageOf(error), rows, evaluated: message.kind === 'evaluate' })
    }
  })
}
