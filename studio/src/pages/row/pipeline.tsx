import type { ReactNode } from 'react'
import type { RowDetail } from '../../../../src/server/studio/schemas.ts'
import { useHues } from '../../colour/hues-context.tsx'
import { signalColour } from '../../colour/signal-colour.ts'
import { type ColumnValue, valueText } from '../../format/column-value.ts'
import { decimal } from '../../format/number.ts'

/** The row's way through the reward, left to right, with its value at every stage. */
export function Pipeline({ detail }: { detail: RowDetail }) {
  const { signals, combine, reward, advantage } = detail
  const hues = useHues()
  const weights = weightsOf(combine?.parameters)
  return (
    <section className="pipeline" aria-label="How the number was made" tabIndex={0}>
      <ol className="pipeline-signals" aria-label="Signals">
        {signals.map(({ name, method, value, shaping }) => (
          <li key={name}>
            <Box title={name} method={method} value={value} colour={signalColour(hues, name)} />
            {shaping.map((stage, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a method may come twice in a chain; its place is what it is
              <Step key={`${index} ${stage.method}`}>
                <Box
                  title={stage.method}
                  method="shaping"
                  value={stage.value}
                  colour={signalColour(hues, name)}
                />
              </Step>
            ))}
            <span className="wire" aria-hidden="true">
              {weights[name] !== undefined && <span className="weight">× {decimal(weights[name], 2)}</span>}
            </span>
            {weights[name] !== undefined && (
              <span className="unseen">weight {decimal(weights[name], 2)}</span>
            )}
          </li>
        ))}
      </ol>
      {combine !== null && (
        <Step>
          <Box title="combined" method={combine.method} value={combine.value} />
        </Step>
      )}
      <Step>
        <Box title="reward" method={null} value={reward.value} strong />
      </Step>
      {advantage !== null && (
        <Step>
          <Box title="advantage" method={advantage.method} value={advantage.value} strong />
        </Step>
      )}
    </section>
  )
}

function Step({ children }: { children: ReactNode }) {
  return (
    <div className="pipeline-step">
      <span className="arrow" aria-hidden="true">
        →
      </span>
      {children}
    </div>
  )
}

interface BoxProps {
  readonly title: string
  readonly method: string | null
  readonly value: ColumnValue
  readonly colour?: string
  readonly strong?: boolean
}

function Box({ title, method, value, colour, strong = false }: BoxProps) {
  return (
    <div
      className={`box ${strong ? 'strong' : ''} ${value === null ? 'invalid' : ''}`}
      style={colour === undefined ? undefined : { borderLeftColor: colour }}
    >
      <span className="box-title">{title}</span>
      <span className="box-value">{value === null ? '■ invalid' : valueText(value)}</span>
      {method !== null && <code>{method}</code>}
    </div>
  )
}

/** The weights of a combiner that has them by column. */
function weightsOf(parameters: unknown): Readonly<Record<string, number>> {
  const { weights } = (parameters ?? {}) as { weights?: unknown }
  if (weights === null || typeof weights !== 'object') return {}
  return Object.fromEntries(Object.entries(weights).filter(([, weight]) => typeof weight === 'number'))
}
