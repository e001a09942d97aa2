import { useState } from 'react'
import type { RunList } from '../../src/server/studio/schemas.ts'
import { apiAddress } from './api/client.ts'
import { useQuery } from './api/use-query.ts'
import { HelpDialog } from './keyboard/help-dialog.tsx'
import { useKeys } from './keyboard/use-keys.ts'
import { LiveProvider, useLive } from './live/live-context.tsx'
import { SpecNotice } from './live/spec-notice.tsx'
import { NowPage } from './pages/now/now-page.tsx'
import { RunFrame } from './pages/run-frame.tsx'
import { Link } from './router/link.tsx'
import { navigate, useAddress } from './router/location.ts'
import { type Route, type RunPage, rangeOf, routeOf, runAddress } from './router/route.ts'
import { TopBar } from './top-bar.tsx'

export function App() {
  const route = routeOf(useAddress().pathname)
  return (
    <LiveProvider run={'run' in route ? route.run : null}>
      <Shell route={route} />
    </LiveProvider>
  )
}

function Shell({ route }: { route: Route }) {
  const live = useLive()
  const runs = useQuery<RunList>(apiAddress('/runs'), live.charts + live.alerts)
  const [help, setHelp] = useState(false)
  const address = useAddress()
  const known = runs.answer?.runs ?? []
  const run = 'run' in route ? route.run : (known.find(({ live }) => live) ?? known[0])?.id
  const range = rangeOf(address.searchParams)
  const go = (page: RunPage): void => {
    if (run !== undefined) navigate(runAddress(run, page, 'run' in route ? range : undefined))
  }
  useKeys({
    'g n': () => navigate('/'),
    'g r': () => go('run'),
    'g a': () => go('anatomy'),
    'g g': () => go('groups'),
    '?': () => setHelp(true),
    space: live.togglePause,
    '/': () => {
      const search = document.getElementById('row-search')
      if (search !== null) search.focus()
      else if (run !== undefined) navigate(`${runAddress(run)}#row-search`)
    },
  })

  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <TopBar route={route} run={run} runs={known} range={range} onHelp={() => setHelp(true)} />
      <main id="content" tabIndex={-1}>
        <SpecNotice />
        {route.page === 'now' ? (
          <NowPage runs={runs} />
        ) : route.page === 'unknown' ? (
          <div className="empty">
            <h1>There is no such page.</h1>
            <p>
              <Link href="/">All runs</Link>
            </p>
          </div>
        ) : (
          <RunFrame key={route.run} route={route} />
        )}
      </main>
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </>
  )
}
