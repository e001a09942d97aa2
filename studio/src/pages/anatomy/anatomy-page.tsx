import type { Anatomy, RunDetail } from '../../../../src/server/studio/schemas.ts'
import { apiAddress } from '../../api/client.ts'
import { useQuery } from '../../api/use-query.ts'
import { CorrelationTable } from '../../charts/correlation-table.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { Sentence } from '../../components/sentence.tsx'
import { counted } from '../../format/number.ts'
import { useLive } from '../../live/live-context.tsx'
import { useAddress } from '../../router/location.ts'
import { rangeOf } from '../../router/route.ts'
import { RunHeading } from '../run-heading.tsx'
import { ColumnPanel } from './column-panel.tsx'
import { VarianceShares } from './variance-shares.tsx'

/** Which signal decides? */
export function AnatomyPage({ detail }: { detail: RunDetail }) {
  const { run } = detail
  const { charts } = useLive()
  const range = rangeOf(useAddress().searchParams)
  const query = useQuery<Anatomy>(
    apiAddress(`/runs/${encodeURIComponent(run.id)}/anatomy`, { ...range }),
    charts,
  )
  const about = new Map(detail.columns.map((column) => [column.name, column]))
  return (
    <>
      <RunHeading title="Anatomy" detail={detail} />
      <Loaded query={query} height={220} count={4}>
        {({ finding, columns, correlation, matching, used }) => (
          <>
            <p className="lead">
              <Sentence text={finding} />
            </p>
            {used < matching && (
              <p className="sampled">
                Computed from {counted(used, 'row')} of {counted(matching, 'row')}, evenly spread.
              </p>
            )}
            <div className="pair">
              <section aria-label="Share of variance" className="panel">
                <h2>What moves the reward inside a group</h2>
                <VarianceShares columns={columns} />
              </section>
              {correlation.names.length > 1 && (
                <section aria-label="Correlation" className="panel">
                  <h2>Which columns move together inside a group</h2>
                  <CorrelationTable correlation={correlation} />
                </section>
              )}
            </div>
            <section aria-label="Columns" className="column-panels">
              {columns.map((column) => (
                <ColumnPanel key={column.name} run={run.id} column={column} about={about.get(column.name)} />
              ))}
            </section>
          </>
        )}
      </Loaded>
    </>
  )
}
