import type { RunList } from '../../../../src/server/studio/schemas.ts'
import type { QueryState } from '../../api/use-query.ts'
import { AlertList } from '../../components/alert-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { counted } from '../../format/number.ts'
import { RunStrip } from './run-strip.tsx'

/** Is my run healthy? One strip a run, and every alert as a sentence. */
export function NowPage({ runs }: { runs: QueryState<RunList> & { retry(): void } }) {
  return (
    <Loaded query={runs} height={92} count={3}>
      {({ runs }) => {
        if (runs.length === 0) {
          return (
            <>
              <h1 className="unseen">Now</h1>
              <EmptyState title="No run yet." command="guerdon serve examples/specs/arithmetic.yaml">
                <p>Serve a spec, point your trainer at it, and each batch that it scores shows here.</p>
              </EmptyState>
            </>
          )
        }
        const alerts = runs.flatMap(({ alerts }) => alerts).sort((a, b) => b.at - a.at)
        const live = runs.filter(({ live }) => live).length
        return (
          <>
            <div className="heading">
              <h1>{alerts.length === 0 ? 'No alerts' : counted(alerts.length, 'alert')}</h1>
              <p className="heading-facts">
                {counted(runs.length, 'run')}
                {live > 0 && `, ${live} live`}
              </p>
            </div>
            {alerts.length > 0 && (
              <section aria-label="Alerts">
                <AlertList alerts={alerts} now={Date.now()} />
              </section>
            )}
            <section aria-label="Runs" className="strips">
              {runs.map((run) => (
                <RunStrip key={run.id} run={run} />
              ))}
            </section>
          </>
        )
      }}
    </Loaded>
  )
}
