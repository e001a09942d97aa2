import type { RunDetail } from '../../../src/server/studio/schemas.ts'
import { apiAddress } from '../api/client.ts'
import { useQuery } from '../api/use-query.ts'
import { HuesProvider } from '../colour/hues-context.tsx'
import { Loaded } from '../components/loaded.tsx'
import { useLive } from '../live/live-context.tsx'
import type { Route } from '../router/route.ts'
import { AnatomyPage } from './anatomy/anatomy-page.tsx'
import { GroupPage } from './groups/group-page.tsx'
import { GroupsPage } from './groups/groups-page.tsx'
import { NoBatches } from './no-batches.tsx'
import { RowPage } from './row/row-page.tsx'
import { RunPage } from './run/run-page.tsx'

type InRun = Extract<Route, { run: string }>

/** What every page of a run needs: the run itself and the hues of its columns. */
export function RunFrame({ route }: { route: InRun }) {
  const { charts, alerts } = useLive()
  const query = useQuery<RunDetail>(apiAddress(`/runs/${encodeURIComponent(route.run)}`), charts + alerts)
  return (
    <>
      {query.error !== undefined && query.answer === undefined && <h1>{route.run}</h1>}
      <Loaded query={query} height={120} count={3}>
        {(detail) => (
          <HuesProvider names={detail.columns.map(({ name }) => name)}>
            <Page route={route} detail={detail} />
          </HuesProvider>
        )}
      </Loaded>
    </>
  )
}

function Page({ route, detail }: { route: InRun; detail: RunDetail }) {
  if (detail.run.rows === 0) return <NoBatches run={detail.run.id} />
  switch (route.page) {
    case 'run':
      return <RunPage detail={detail} />
    case 'anatomy':
      return <AnatomyPage detail={detail} />
    case 'groups':
      return <GroupsPage detail={detail} />
    case 'group':
      return <GroupPage detail={detail} group={route.group} />
    case 'row':
      return <RowPage detail={detail} sequence={Number(route.sequence)} />
  }
}
