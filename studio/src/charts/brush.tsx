import { type PointerEvent, useState } from 'react'
import type { Range } from '../router/route.ts'
import { marginLeft, marginRight } from './margins.ts'

interface Props {
  readonly width: number
  /** positions that have a point, in order */
  readonly positions: readonly number[]
  readonly domain: readonly [number, number]
  readonly range: Range | undefined
  onRange(range: Range): void
}

/**
 * Chooses a range by dragging; a click chooses the one point under it, with the positions up to the next. It lets
 * the pointer through to the chart below while nothing is dragged, so that the chart's tips work. The Run page has
 * number fields that do the same by keyboard.
 */
export function Brush({ width, positions, domain, range, onRange }: Props) {
  const [drag, setDrag] = useState<readonly [number, number] | null>(null)
  const inner = Math.max(1, width - marginLeft - marginRight)
  const extent = Math.max(1e-9, domain[1] - domain[0])
  const toPixel = (position: number): number =>
    marginLeft + Math.min(1, Math.max(0, (position - domain[0]) / extent)) * inner
  const toPosition = (event: PointerEvent<HTMLElement>): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left
    return Math.round(domain[0] + Math.min(1, Math.max(0, (x - marginLeft) / inner)) * extent)
  }

  const chosen =
    drag !== null
      ? { from: Math.min(...drag), to: Math.max(...drag) }
      : range !== undefined && (range.from !== null || range.to !== null)
        ? { from: range.from ?? domain[0], to: range.to ?? domain[1] }
        : null
  const left = chosen === null ? 0 : toPixel(chosen.from)
  return (
    <div
      className="brush"
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const position = toPosition(event)
        setDrag([position, position])
      }}
      onPointerMove={(event) => {
        if (drag !== null) setDrag([drag[0], toPosition(event)])
        else passOn(event)
      }}
      onPointerLeave={passOn}
      onPointerUp={() => {
        if (drag === null || chosen === null) return
        setDrag(null)
        onRange(chosen.from === chosen.to ? bucketAt(positions, chosen.from, domain[1]) : chosen)
      }}
      onPointerCancel={() => setDrag(null)}
    >
      {chosen !== null && (
        <div
          className={`chosen ${drag === null ? '' : 'dragging'}`}
          style={{ left, width: Math.max(2, toPixel(chosen.to) - left) }}
        />
      )}
    </div>
  )
}

/** Gives a pointer movement to the drawing below, which shows the values under the pointer. */
function passOn(event: PointerEvent<HTMLElement>): void {
  const svg = event.currentTarget.parentElement?.querySelector('svg')
  svg?.dispatchEvent(
    new window.PointerEvent(event.type === 'pointermove' ? 'pointermove' : 'pointerleave', {
      clientX: event.clientX,
      clientY: event.clientY,
      pointerType: event.pointerType,
    }),
  )
}

/** The positions that one drawn point stands for: its own up to just before the next. */
function bucketAt(positions: readonly number[], position: number, last: number): Range {
  let index = positions.findLastIndex((start) => start <= position)
  if (index === -1) index = 0
  const from = positions[index] ?? position
  const next = positions[index + 1]
  return { from, to: next === undefined ? Math.max(from, last) : Math.max(from, next - 1) }
}
