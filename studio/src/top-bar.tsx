import type { RunSummary } from '../../src/server/studio/schemas.ts'
import { ThemeToggle } from './components/theme-toggle.tsx'
import { LiveBar } from './live/live-bar.tsx'
import { Link } from './router/link.tsx'
import { navigate } from './router/location.ts'
import { type Range, type Route, type RunPage, runAddress } from './router/route.ts'

const pages: readonly (readonly [RunPage, string, string])[] = [
  ['run', 'Run', 'g r'],
  ['anatomy', 'Anatomy', 'g a'],
  ['groups', 'Groups', 'g g'],
]
/** A row belongs to its run, a group to the groups. */
const home: Readonly<Record<string, string>> = { row: 'run', group: 'groups' }

interface Props {
  readonly route: Route
  readonly run: string | undefined
  readonly runs: readonly RunSummary[]
  readonly range: Range
  onHelp(): void
}

/** Where one is, where one can go, and whether the page is live. */
export function TopBar({ route, run, runs, range, onHelp }: Props) {
  const here = home[route.page] ?? route.page
  return (
    <header className="top">
      <Link href="/" className="brand">
        guerdon <span>studio</span>
      </Link>
      <nav aria-label="Pages">
        <Link href="/" aria-current={here === 'now' ? 'page' : undefined} title="g n">
          Now
        </Link>
        {run !== undefined &&
          pages.map(([page, title, keys]) => (
            <Link
              key={page}
              href={runAddress(run, page, 'run' in route ? range : undefined)}
              aria-current={here === page ? 'page' : undefined}
              title={keys}
            >
              {title}
            </Link>
          ))}
      </nav>
      {runs.length > 0 && 'run' in route && (
        <select
          aria-label="Run"
          value={route.run}
          onChange={(event) =>
            navigate(runAddress(event.target.value, here === 'anatomy' || here === 'groups' ? here : 'run'))
          }
        >
          {runs.some(({ id }) => id === route.run) || <option>{route.run}</option>}
          {runs.map(({ id, live }) => (
            <option key={id} value={id}>
              {id}
              {live ? ' (live)' : ''}
            </option>
          ))}
        </select>
      )}
      <div className="top-end">
        <LiveBar />
        <ThemeToggle />
        <button type="button" className="button" onClick={onHelp} aria-label="Keys" aria-keyshortcuts="?">
          ?
        </button>
      </div>
    </header>
  )
}
