import { useMemo } from 'react'
import type { Row, RunDetail } from '../../../../src/server/studio/schemas.ts'
import { Bar } from '../../charts/bar.tsx'
import { useHues } from '../../colour/hues-context.tsx'
import { signalColour } from '../../colour/signal-colour.ts'
import { RolloutText } from '../../components/rollout-text.tsx'
import { barValue, valueText } from '../../format/column-value.ts'
import { decimal } from '../../format/number.ts'
import { Link } from '../../router/link.tsx'
import { rowAddress } from '../../router/route.ts'
import { differences } from '../../text/word-difference.ts'

interface Props {
  readonly detail: RunDetail
  readonly rows: readonly Row[]
  /** clipped to a fixed height (cards) or whole (the group's own page) */
  readonly folded: boolean
}

const score = ({ advantage, reward }: Row): number => advantage ?? reward ?? Number.NEGATIVE_INFINITY

/** Completions of a prompt, best first, each with its columns as bars; words that the best one lacks are marked. */
export function CompletionColumns({ detail, rows, folded }: Props) {
  const hues = useHues()
  const names = detail.columns.filter(({ kind }) => kind === 'signal').map(({ name }) => name)
  const shown = folded ? names.slice(0, 4) : names
  const sorted = useMemo(() => [...rows].sort((a, b) => score(b) - score(a)), [rows])
  const marks = useMemo(
    () => sorted.map(({ completion }) => differences(sorted[0]!.completion, completion)),
    [sorted],
  )
  const domains = new Map(
    shown.map((name) => {
      const values = rows.map((row) => barValue(row.columns[name]) ?? 0)
      return [name, [Math.min(0, ...values), Math.max(0, ...values)] as const]
    }),
  )
  return (
    <div
      className={folded ? 'completions folded' : 'completions'}
      role="region"
      aria-label={`Completions of ${rows[0]?.group ?? 'the group'}`}
      tabIndex={0}
    >
      {sorted.map((row, index) => (
        <section key={row.sequence} className="completion" aria-label={`Completion ${row.id}`}>
          <header>
            <Link href={rowAddress(detail.run.id, row.sequence)}>{row.id}</Link>
            {row.reward === null ? (
              <span className="invalid-mark">■ invalid</span>
            ) : (
              <span className="completion-reward">{decimal(row.reward)}</span>
            )}
          </header>
          <p className="completion-advantage">
            advantage{' '}
            <b>
              {row.advantage !== null && row.advantage > 0
                ? `+${decimal(row.advantage)}`
                : decimal(row.advantage)}
            </b>
            {index === 0 && <span className="tag">best</span>}
          </p>
          <dl className="bars">
            {shown.map((name) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Bar
                    value={barValue(row.columns[name])}
                    domain={domains.get(name)!}
                    colour={signalColour(hues, name)}
                  />
                  <span className="number">{valueText(row.columns[name])}</span>
                </dd>
              </div>
            ))}
          </dl>
          {row.reward === null && (
            <p className="row-reason">{row.reasons.reward ?? Object.values(row.reasons)[0]}</p>
          )}
          <RolloutText text={row.completion} marks={marks[index]!} budget={folded ? 420 : 2400} />
        </section>
      ))}
    </div>
  )
}
