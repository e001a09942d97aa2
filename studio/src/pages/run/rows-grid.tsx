import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Row } from '../../../../src/server/studio/schemas.ts'
import type { Pager, PagerState } from '../../api/pager.ts'
import { Bar } from '../../charts/bar.tsx'
import { decimal, whole } from '../../format/number.ts'
import { useKeys } from '../../keyboard/use-keys.ts'
import { Link } from '../../router/link.tsx'
import { navigate, withParameters } from '../../router/location.ts'
import { rowAddress } from '../../router/route.ts'
import { oneLine } from '../../text/pieces.ts'

const rowHeight = 32

interface Props {
  readonly run: string
  readonly pager: Pager<Row>
  readonly state: PagerState
  /** least and largest reward of the run */
  readonly rewards: readonly [number, number] | null
}

/** Rows as a grid of fixed lines; only those in view are in the document. */
export function RowsGrid({ run, pager, state, rewards }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const [selected, setSelected] = useState(-1)
  const virtualizer = useVirtualizer({
    count: state.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: rowHeight,
  })
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  // A page that comes changes the count, and the rows in view may need the next one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => pager.need(first, last), [pager, first, last, state.count])

  const select = (index: number): void => {
    const next = Math.min(state.count - 1, Math.max(0, index))
    setSelected(next)
    virtualizer.scrollToIndex(next)
  }
  const open = (row: Row | undefined): void => {
    if (row === undefined) return
    // Coming back finds the row that was opened.
    const here = new URL(location.href)
    navigate(withParameters(here, { row: row.sequence }), { replace: true })
    navigate(rowAddress(run, row.sequence))
  }
  useOpenedRow(pager, state.count, select)
  useKeys({ j: () => select(selected + 1), k: () => select(selected - 1) })
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: selected + 1,
    ArrowUp: selected - 1,
    PageDown: selected + page,
    PageUp: selected - page,
    Home: 0,
    End: state.count - 1,
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') open(pager.item(selected))
    else if (moves[event.key] !== undefined) select(moves[event.key]!)
    else return
    event.preventDefault()
  }
  useEffect(() => {
    // `j` and `k` work from anywhere; Enter then has to find the grid.
    if (selected >= 0 && document.activeElement === document.body)
      scroller.current?.focus({ preventScroll: true })
  }, [selected])

  return (
    <div
      ref={scroller}
      className="rows-grid"
      role="grid"
      aria-label="Rows"
      aria-rowcount={(state.matching ?? state.count) + 1}
      aria-activedescendant={items.some(({ index }) => index === selected) ? `row-${selected}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="row" aria-rowindex={1} className="row-line row-head" tabIndex={-1}>
        <span role="columnheader">row</span>
        <span role="columnheader" className="number">
          step
        </span>
        <span role="columnheader" className="number">
          reward
        </span>
        <span role="columnheader" className="bar-cell">
          <span className="unseen">reward as a bar</span>
        </span>
        <span role="columnheader" className="number">
          advantage
        </span>
        <span role="columnheader">completion</span>
      </div>
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start }) => (
          <RowLine
            key={index}
            run={run}
            row={pager.item(index)}
            index={index}
            start={start}
            selected={index === selected}
            domain={rewards ?? [0, 1]}
            onOpen={open}
          />
        ))}
      </div>
    </div>
  )
}

/** Chooses the row that the address names, once, when it is among the rows that are there first. */
function useOpenedRow(pager: Pager<Row>, count: number, select: (index: number) => void): void {
  const done = useRef(false)
  useEffect(() => {
    const wanted = new URL(location.href).searchParams.get('row')
    if (done.current || wanted === null || count === 0) return
    done.current = true
    for (let index = 0; index < count; index++) {
      if (String(pager.item(index)?.sequence) === wanted) return select(index)
    }
  })
}

interface LineProps {
  readonly run: string
  readonly row: Row | undefined
  readonly index: number
  readonly start: number
  readonly selected: boolean
  readonly domain: readonly [number, number]
  onOpen(row: Row): void
}

function RowLine({ run, row, index, start, selected, domain, onOpen }: LineProps) {
  const line = {
    id: `row-${index}`,
    role: 'row',
    'aria-rowindex': index + 2,
    'aria-selected': selected,
    className: `row-line ${selected ? 'selected' : ''} ${row?.reward === null ? 'invalid' : ''}`,
    style: { transform: `translateY(${start}px)` },
    tabIndex: -1,
  }
  if (row === undefined) {
    return (
      <div {...line}>
        <span role="gridcell" className="waiting">
          loading
        </span>
      </div>
    )
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of its active row
    // biome-ignore lint/a11y/noStaticElementInteractions: it is a row of the grid
    <div
      {...line}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a') === null) onOpen(row)
      }}
    >
      <span role="gridcell" className="row-id">
        <Link
          href={rowAddress(run, row.sequence)}
          tabIndex={-1}
          onClick={(event) => {
            if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
            event.preventDefault()
            onOpen(row)
          }}
        >
          {row.id}
        </Link>
      </span>
      <span role="gridcell" className="number">
        {row.step === null ? '–' : whole(row.step)}
      </span>
      <span role="gridcell" className="number">
        {row.reward === null ? <span className="invalid-mark">■ invalid</span> : decimal(row.reward)}
      </span>
      <span role="gridcell" className="bar-cell">
        <Bar value={row.reward} domain={domain} colour="var(--soft-ink)" />
      </span>
      <span role="gridcell" className="number">
        {decimal(row.advantage)}
      </span>
      <span role="gridcell" className="row-text">
        {row.reward === null && (
          <span className="row-reason">{row.reasons.reward ?? 'no reason given'} </span>
        )}
        {oneLine(row.completion, 300)}
      </span>
    </div>
  )
}
