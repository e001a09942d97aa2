import type { RunDetail } from '../../../src/server/studio/schemas.ts'
import { ago, counted, whole } from '../format/number.ts'
import { navigate, useAddress, withParameters } from '../router/location.ts'
import { rangeOf } from '../router/route.ts'

/** The page's name, the run, and the range that the page is narrowed to. */
export function RunHeading({ title, detail }: { title: string; detail: RunDetail }) {
  const { run } = detail
  return (
    <div className="heading">
      <h1>{title}</h1>
      <p className="heading-facts">
        {title !== run.id && (
          <>
            <strong>{run.id}</strong> ·{' '}
          </>
        )}
        reward <code>{run.reward}</code> · {counted(run.rows, 'row')} in{' '}
        {counted(run.batches, 'batch', 'batches')}
        {run.lastStep !== null && ` · step ${whole(run.lastStep)}`} ·{' '}
        {run.live ? 'live' : `last batch ${run.lastAt === null ? 'never' : ago(run.lastAt, Date.now())}`}
      </p>
      <RangeFields axis={run.axis} />
    </div>
  )
}

/** The range of steps in the address, as two fields: what the brush does, by keyboard. */
function RangeFields({ axis }: { axis: 'step' | 'row' }) {
  const address = useAddress()
  const range = rangeOf(address.searchParams)
  const change = (side: 'from' | 'to', text: string): void =>
    navigate(withParameters(address, { [side]: text.trim() === '' ? null : Math.round(Number(text)) }))
  const field = (side: 'from' | 'to', label: string) => (
    <input
      // The address may change from outside; the field then begins anew with it.
      key={`${side}${range[side]}`}
      type="number"
      aria-label={label}
      placeholder={side === 'from' ? 'first' : 'last'}
      defaultValue={range[side] ?? ''}
      onBlur={(event) => change(side, event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') change(side, event.currentTarget.value)
      }}
    />
  )
  return (
    <div className="range" role="group" aria-label={`Range of ${axis}s`}>
      <span>{axis === 'step' ? 'Steps' : 'Rows'}</span>
      {field('from', `first ${axis}`)}
      <span aria-hidden="true">–</span>
      {field('to', `last ${axis}`)}
      {(range.from !== null || range.to !== null) && (
        <button
          type="button"
          className="button"
          onClick={() => navigate(withParameters(address, { from: null, to: null }))}
        >
          × All
        </button>
      )}
    </div>
  )
}
