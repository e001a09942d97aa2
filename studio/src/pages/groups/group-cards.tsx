import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import type { GroupSummary, RunDetail } from '../../../../src/server/studio/schemas.ts'
import type { Pager, PagerState } from '../../api/pager.ts'
import { useKeys } from '../../keyboard/use-keys.ts'
import { GroupCard } from './group-card.tsx'

const cardHeight = 322
const gap = 12

interface Props {
  readonly detail: RunDetail
  readonly pager: Pager<GroupSummary>
  readonly state: PagerState
}

/** Cards of groups in a long page; only those in view are in the document, and only they ask for their rows. */
export function GroupCards({ detail, pager, state }: Props) {
  const list = useRef<HTMLDivElement>(null)
  const [selected, setSelected] = useState(-1)
  const [margin, setMargin] = useState(0)
  useEffect(() => setMargin(list.current?.offsetTop ?? 0), [])
  const virtualizer = useWindowVirtualizer({
    count: state.count,
    estimateSize: () => cardHeight + gap,
    overscan: 1,
    scrollMargin: margin,
  })
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that comes changes the count
  useEffect(() => pager.need(first, last), [pager, first, last, state.count])

  const select = (index: number): void => {
    const next = Math.min(state.count - 1, Math.max(0, index))
    setSelected(next)
    virtualizer.scrollToIndex(next, { align: 'start' })
  }
  useKeys({ j: () => select(selected + 1), k: () => select(selected - 1) })

  return (
    <div ref={list} className="cards" style={{ height: virtualizer.getTotalSize() }}>
      {items.map(({ index, start }) => {
        const group = pager.item(index)
        return (
          <div
            key={index}
            className={`card-place ${index === selected ? 'selected' : ''}`}
            style={{ height: cardHeight, transform: `translateY(${start - margin}px)` }}
          >
            {group === undefined ? (
              <div className="skeleton" style={{ height: cardHeight }} />
            ) : (
              <GroupCard detail={detail} group={group} />
            )}
          </div>
        )
      })}
    </div>
  )
}
