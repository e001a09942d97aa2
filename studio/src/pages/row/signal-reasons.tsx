import type { RowDetail } from '../../../../src/server/studio/schemas.ts'
import { SignalName } from '../../components/signal-name.tsx'
import { valueText } from '../../format/column-value.ts'
import { Evidence } from './evidence.tsx'

/** For each signal: its formula, what it has to say about the row, and what it rests on. */
export function SignalReasons({ signals }: { signals: RowDetail['signals'] }) {
  return (
    <dl className="signal-reasons">
      {signals.map(({ name, value, reason, formula, parameters, evidence, shaping }) => (
        <div key={name}>
          <dt>
            <SignalName name={name} />
            <span className={value === null ? 'invalid-mark' : 'number'}>
              {value === null ? '■ invalid' : valueText(value)}
            </span>
          </dt>
          <dd>
            {reason !== null && <p className={value === null ? 'row-reason' : ''}>{reason}</p>}
            {formula !== null && <p className="quiet">{formula}</p>}
            {shaping.map(
              (stage, index) =>
                (stage.formula !== null || stage.reason !== null) && (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a method may come twice in a chain; its place is what it is
                  <p key={`${index} ${stage.method}`} className="quiet">
                    → {stage.method}: {stage.reason ?? stage.formula}
                  </p>
                ),
            )}
            {evidence !== null && evidence !== undefined && <Evidence value={evidence} />}
            {parameters !== null && typeof parameters === 'object' && Object.keys(parameters).length > 0 && (
              <details>
                <summary>Parameters</summary>
                <Evidence value={parameters} />
              </details>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
