import { useMemo } from 'react'
import type { RowDetail, RunDetail } from '../../../../src/server/studio/schemas.ts'
import { apiAddress } from '../../api/client.ts'
import { useQuery } from '../../api/use-query.ts'
import { Loaded } from '../../components/loaded.tsx'
import { PromptText } from '../../components/prompt-text.tsx'
import { RolloutText } from '../../components/rollout-text.tsx'
import { decimal } from '../../format/number.ts'
import { useKeys } from '../../keyboard/use-keys.ts'
import { Link } from '../../router/link.tsx'
import { navigate } from '../../router/location.ts'
import { groupAddress, rowAddress, runAddress } from '../../router/route.ts'
import { evidenceMarks } from '../../text/evidence-marks.ts'
import { Pipeline } from './pipeline.tsx'
import { RowFacts } from './row-facts.tsx'
import { RowTable } from './row-table.tsx'
import { SignalReasons } from './signal-reasons.tsx'

/** Why this number? */
export function RowPage({ detail, sequence }: { detail: RunDetail; sequence: number }) {
  const { run } = detail
  const query = useQuery<RowDetail>(apiAddress(`/runs/${encodeURIComponent(run.id)}/rows/${sequence}`))
  const go = (next: number): void => {
    if (next >= 0 && next < run.rows) navigate(rowAddress(run.id, next))
  }
  useKeys({ j: () => go(sequence + 1), k: () => go(sequence - 1) })
  return (
    <Loaded query={query} height={160} count={4}>
      {(answer) => <RowContent run={run.id} detail={answer} />}
    </Loaded>
  )
}

function RowContent({ run, detail }: { run: string; detail: RowDetail }) {
  const { row, signals, siblings, neighbours, explained } = detail
  const marks = useMemo(
    () => signals.flatMap(({ evidence }) => evidenceMarks(evidence, row.completion)),
    [signals, row],
  )
  return (
    <>
      <div className="heading">
        <h1>
          {row.id}{' '}
          {row.reward === null ? (
            <span className="invalid-mark">■ has no reward</span>
          ) : (
            <>
              got <b>{decimal(row.reward)}</b>
            </>
          )}
        </h1>
        <p className="heading-facts">
          <Link href={runAddress(run)}>{run}</Link> · group{' '}
          <Link href={groupAddress(run, row.group, row.step)}>{row.group}</Link>
          {row.step !== null && ` · step ${row.step}`}
        </p>
      </div>
      <Pipeline detail={detail} />
      {!explained && (
        <p className="notice" role="note">
          The spec that scored this row is no longer served: the stored numbers are shown, without evidence.
        </p>
      )}
      <div className="pair texts">
        <div>
          <section aria-label="Completion" className="panel">
            <h2>
              Completion
              {marks.length > 0 && <span className="legend evidence">what a signal judged</span>}
            </h2>
            <RolloutText text={row.completion} marks={marks} />
            {row.reference.length > 0 && (
              <p className="reference">
                Reference <code>{row.reference.join(' or ')}</code>
              </p>
            )}
          </section>
          <section aria-label="Prompt" className="panel">
            <h2>Prompt</h2>
            <PromptText prompt={row.prompt} />
          </section>
          <section aria-label="Facts" className="panel">
            <h2>Where it came from</h2>
            <RowFacts row={row} />
          </section>
        </div>
        <div>
          <section aria-label="Reasons" className="panel">
            <h2>Why each signal says so</h2>
            <SignalReasons signals={signals} />
          </section>
        </div>
      </div>
      <section aria-label="Group" className="panel">
        <h2>Its group, best first</h2>
        <RowTable
          run={run}
          current={row.sequence}
          rows={siblings.map((sibling) => ({ row: sibling, note: null }))}
        />
      </section>
      {neighbours.length > 0 && (
        <section aria-label="Neighbours" className="panel">
          <h2>Most alike in other groups</h2>
          <RowTable
            run={run}
            current={row.sequence}
            noteTitle="alike"
            rows={neighbours.map(({ row: other, similarity }) => ({
              row: other,
              note: decimal(similarity, 2),
            }))}
          />
        </section>
      )}
    </>
  )
}
