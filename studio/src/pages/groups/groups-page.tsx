import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { GroupPage, GroupSummary, RunDetail } from '../../../../src/server/studio/schemas.ts'
import { apiAddress, ask } from '../../api/client.ts'
import { Pager } from '../../api/pager.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Failure } from '../../components/failure.tsx'
import { Sentence } from '../../components/sentence.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { counted } from '../../format/number.ts'
import { useLive } from '../../live/live-context.tsx'
import { navigate, useAddress, withParameters } from '../../router/location.ts'
import { rangeOf } from '../../router/route.ts'
import { RunHeading } from '../run-heading.tsx'
import { GroupCards } from './group-cards.tsx'

const filters = {
  all: 'All',
  spread: 'With spread',
  'all-equal': 'All equal',
  'all-right': 'All right',
  'all-wrong': 'All wrong',
  disagreement: 'Signals disagree',
} as const
const sorts = { newest: 'newest', widest: 'widest spread', best: 'best mean', worst: 'worst mean' } as const

const oneOf = <Name extends string>(
  name: string | null,
  known: Readonly<Record<Name, string>>,
  otherwise: Name,
): Name => (name !== null && Object.hasOwn(known, name) ? (name as Name) : otherwise)

/** What does the policy see? One prompt a card. */
export function GroupsPage({ detail }: { detail: RunDetail }) {
  const run = detail.run.id
  const address = useAddress()
  const { lists } = useLive()
  const { from, to } = rangeOf(address.searchParams)
  const filter = oneOf(address.searchParams.get('filter'), filters, 'all')
  const sort = oneOf(address.searchParams.get('sort'), sorts, 'newest')
  const [finding, setFinding] = useState('')

  // biome-ignore lint/correctness/useExhaustiveDependencies: `lists` grows when the person asks for what is new
  const pager = useMemo(
    () =>
      new Pager<GroupSummary>(async (after, abort) => {
        const query = { from, to, filter, sort, after, limit: 50 }
        const page = await ask<GroupPage>(apiAddress(`/runs/${encodeURIComponent(run)}/groups`, query), abort)
        setFinding(page.finding)
        return { items: page.groups, next: page.next, matching: page.matching }
      }),
    [run, from, to, filter, sort, lists],
  )
  useEffect(() => {
    pager.need(0, 0)
    return () => pager.close()
  }, [pager])
  const state = useSyncExternalStore(pager.subscribe, pager.read)

  return (
    <>
      <RunHeading title="Groups" detail={detail} />
      <p className="lead">
        <Sentence text={finding} />
      </p>
      <div className="rows-bar">
        <div className="segments" role="group" aria-label="Which groups">
          {Object.entries(filters).map(([name, title]) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === filter}
              onClick={() => navigate(withParameters(address, { filter: name === 'all' ? null : name }))}
            >
              {title}
            </button>
          ))}
        </div>
        <label>
          Order{' '}
          <select
            value={sort}
            onChange={(event) =>
              navigate(
                withParameters(address, {
                  sort: event.target.value === 'newest' ? null : event.target.value,
                }),
              )
            }
          >
            {Object.entries(sorts).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {state.matching !== null && <span className="quiet">{counted(state.matching, 'group')}</span>}
      </div>
      {state.error !== undefined && <Failure error={state.error} retry={() => pager.retry()} />}
      {!state.started ? (
        state.error === undefined && <Skeleton height={340} count={3} />
      ) : state.count === 0 ? (
        <EmptyState
          title={
            filter === 'all' ? 'No group in this range.' : `No group in this range is “${filters[filter]}”.`
          }
        />
      ) : (
        <GroupCards detail={detail} pager={pager} state={state} />
      )}
    </>
  )
}
