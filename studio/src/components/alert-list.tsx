import type { Alert } from '../../../src/server/studio/schemas.ts'
import { ago } from '../format/number.ts'
import { Link } from '../router/link.tsx'
import { rowAddress } from '../router/route.ts'
import { Sentence } from './sentence.tsx'

/** Alerts as sentences, each with what to do and the rows that show it. */
export function AlertList({ alerts, now }: { alerts: readonly Alert[]; now: number }) {
  return (
    <ol className="alerts">
      {alerts.map((alert) => (
        <li key={alert.id} className={`alert ${alert.verdict}`}>
          <span className="verdict">{alert.verdict === 'fail' ? '■ Fail' : '◇ Watch'}</span>
          <div>
            <p className="alert-sentence">
              <Sentence text={alert.sentence} />
            </p>
            <p className="alert-guard">
              <Sentence text={alert.guard} />
            </p>
            <p className="alert-place">
              <code>{alert.diagnostic}</code>
              {alert.step !== null && ` · since step ${alert.step}`}
              {' · '}
              <time dateTime={new Date(alert.at).toISOString()}>{ago(alert.at, now)}</time>
              {alert.rows.length > 0 && ' · rows '}
              {alert.rows.slice(0, 8).map(({ id, sequence }, index) => (
                <span key={id}>
                  {index > 0 && ', '}
                  {sequence === null ? id : <Link href={rowAddress(alert.run, sequence)}>{id}</Link>}
                </span>
              ))}
              {alert.rows.length > 8 && ` and ${alert.rows.length - 8} more`}
            </p>
          </div>
        </li>
      ))}
    </ol>
  )
}
