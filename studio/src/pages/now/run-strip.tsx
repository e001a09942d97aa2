import type { RunSummary } from '../../../../src/server/studio/schemas.ts'
import { Sparkline } from '../../charts/sparkline.tsx'
import { ago, counted, decimal, percent, whole } from '../../format/number.ts'
import { Link } from '../../router/link.tsx'
import { runAddress } from '../../router/route.ts'

type Points = RunSummary['sparks']['reward']

/** One run in one line: what it is and its five vital curves. */
export function RunStrip({ run }: { run: RunSummary }) {
  const here = runAddress(run.id)
  const { reward, heldBack, length, invalidShare, groupsWithoutSpread } = run.sparks
  return (
    <article className="strip" aria-label={`Run ${run.id}`}>
      <div className="strip-name">
        <h2>
          <Link href={runAddress(run.id)}>{run.id}</Link>
        </h2>
        <p>
          <code>{run.reward}</code>
        </p>
        <p>
          {run.live ? (
            <strong>● live</strong>
          ) : run.lastAt === null ? (
            'no batch yet'
          ) : (
            ago(run.lastAt, Date.now())
          )}
          {run.lastStep !== null && ` · step ${whole(run.lastStep)}`} · {counted(run.rows, 'row')}
        </p>
      </div>
      <Vital name="reward" href={here} points={reward} colour="var(--ink)" format={decimal} />
      {heldBack === null ? (
        <div className="vital">
          <span className="vital-name">held back</span>
          <span className="spark-empty">none named</span>
        </div>
      ) : (
        <Vital name="held back" href={here} points={heldBack} colour="var(--accent)" format={decimal} />
      )}
      <Vital
        name="length"
        href={here}
        points={length}
        colour="var(--soft-ink)"
        format={(value) => decimal(value, 1)}
      />
      <Vital
        name="equal groups"
        href={`${runAddress(run.id, 'groups')}?filter=all-equal`}
        points={groupsWithoutSpread}
        colour="var(--soft-ink)"
        format={percent}
      />
      <Vital
        name="invalid"
        href={`${here}?rows=invalid`}
        points={invalidShare}
        colour="var(--alert)"
        format={percent}
      />
    </article>
  )
}

interface VitalProps {
  readonly name: string
  /** the rows or groups behind the number */
  readonly href: string
  readonly points: Points
  readonly colour: string
  format(value: number | null): string
}

function Vital({ name, href, points, colour, format }: VitalProps) {
  const known = points.filter(([, value]) => value !== null)
  const first = known[0]?.[1] ?? null
  const last = known.at(-1)?.[1] ?? null
  return (
    <Link className="vital" href={href}>
      <span className="vital-name">{name}</span>
      <span className="vital-value">{format(last)}</span>
      <Sparkline
        points={points}
        colour={colour}
        label={
          known.length === 0 ? `${name}: no values` : `${name}: from ${format(first)} to ${format(last)}`
        }
      />
    </Link>
  )
}
