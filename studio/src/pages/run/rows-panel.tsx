import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { Row, RowPage } from '../../../../src/server/studio/schemas.ts'
import { apiAddress, ask } from '../../api/client.ts'
import { Pager } from '../../api/pager.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Failure } from '../../components/failure.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { counted } from '../../format/number.ts'
import { useLive } from '../../live/live-context.tsx'
import { navigate, useAddress, withParameters } from '../../router/location.ts'
import type { Range } from '../../router/route.ts'
import { RowsGrid } from './rows-grid.tsx'

const views = {
  newest: { title: 'Newest', order: 'newest', valid: undefined },
  worst: { title: 'Worst', order: 'lowest-reward', valid: true },
  best: { title: 'Best', order: 'highest-reward', valid: true },
  invalid: { title: 'Invalid', order: 'newest', valid: false },
} as const
type View = keyof typeof views
const isView = (name: string | null): name is View => name !== null && name in views

interface Props {
  readonly run: string
  readonly range: Range
  /** least and largest reward of the run, for the bars */
  readonly rewards: readonly [number, number] | null
}

/** The rows of the range: newest, worst, best or invalid, narrowed by a text. */
export function RowsPanel({ run, range: { from, to }, rewards }: Props) {
  const address = useAddress()
  const { lists } = useLive()
  const asked = address.searchParams.get('rows')
  const view = isView(asked) ? asked : 'newest'
  const text = address.searchParams.get('text') ?? ''
  const { order, valid } = views[view]

  // biome-ignore lint/correctness/useExhaustiveDependencies: `lists` grows when the person asks for what is new
  const pager = useMemo(
    () =>
      new Pager<Row>(async (after, abort) => {
        const query = { from, to, order, valid, text, after, limit: 200 }
        const address = apiAddress(`/runs/${encodeURIComponent(run)}/rows`, query)
        const { rows, next, matching } = await ask<RowPage>(address, abort)
        return { items: rows, next, matching }
      }),
    [run, from, to, order, valid, text, lists],
  )
  useEffect(() => {
    pager.need(0, 0)
    return () => pager.close()
  }, [pager])
  const state = useSyncExternalStore(pager.subscribe, pager.read)

  return (
    <section aria-label="Rows" className="panel rows-panel">
      <div className="rows-bar">
        <h2>
          {state.matching === null
            ? 'Rows'
            : `${counted(state.matching, 'row')}${view === 'invalid' ? ' without a reward' : ''}`}
        </h2>
        <div className="segments" role="group" aria-label="Which rows">
          {Object.entries(views).map(([name, { title }]) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === view}
              onClick={() => navigate(withParameters(address, { rows: name === 'newest' ? null : name }))}
            >
              {title}
            </button>
          ))}
        </div>
        <SearchField text={text} />
      </div>
      {state.error !== undefined && <Failure error={state.error} retry={() => pager.retry()} />}
      {!state.started ? (
        state.error === undefined && <Skeleton height={34} count={8} />
      ) : state.count === 0 ? (
        <EmptyState
          title={
            text !== ''
              ? `No row contains “${text}”.`
              : view === 'invalid'
                ? 'Every row in this range has a reward.'
                : 'No row in this range.'
          }
        />
      ) : (
        <RowsGrid run={run} pager={pager} state={state} rewards={rewards} />
      )}
    </section>
  )
}

/** Writes into the address a moment after the last key, so that a word is one request and one entry. */
function SearchField({ text }: { text: string }) {
  const [value, setValue] = useState(text)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const address = useAddress()
  useEffect(() => setValue(text), [text])
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <input
      id="row-search"
      type="search"
      aria-label="Search prompts and completions"
      aria-keyshortcuts="/"
      placeholder="Search prompts and completions  /"
      value={value}
      onChange={(event) => {
        const next = event.target.value
        setValue(next)
        clearTimeout(timer.current)
        timer.current = setTimeout(
          () => navigate(withParameters(new URL(location.href), { text: next }), { replace: true }),
          250,
        )
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur()
        if (event.key === 'Enter') {
          clearTimeout(timer.current)
          navigate(withParameters(address, { text: value }), { replace: true })
        }
      }}
    />
  )
}
