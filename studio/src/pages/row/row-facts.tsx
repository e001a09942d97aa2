import type { Row } from '../../../../src/server/studio/schemas.ts'
import { decimal, whole } from '../../format/number.ts'

/** Where a row came from and what the trainer logged with it. */
export function RowFacts({ row }: { row: Row }) {
  const facts: readonly (readonly [string, string])[] = [
    ['protocol', row.protocol],
    ['batch', row.batch],
    ['received', new Date(row.receivedAt).toLocaleString()],
    ['place in the run', whole(row.sequence)],
    ...(row.length === null ? [] : [['length', whole(row.length)] as const]),
    ...(row.finishReason === null ? [] : [['finished by', row.finishReason] as const]),
    ...(row.repeats === 0 ? [] : [['asked again', `${whole(row.repeats)} times`] as const]),
    ...Object.entries(row.logged).map(
      ([name, value]) => [name, typeof value === 'number' ? decimal(value) : String(value)] as const,
    ),
  ]
  return (
    <dl className="fact-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
