import { RolloutText } from '../../components/rollout-text.tsx'

/** Whatever a signal kept as evidence: names and values, nested as they are; texts as data, never as HTML. */
export function Evidence({ value }: { value: unknown }) {
  if (typeof value === 'string') return <RolloutText text={value} budget={900} />
  if (value === null || typeof value !== 'object')
    return <span className="evidence-value">{String(value)}</span>
  const entries = Object.entries(value)
  if (entries.length === 0) return <span className="evidence-value">none</span>
  return (
    <ul className="evidence-list">
      {entries.map(([name, inner]) => (
        <li key={name}>
          <span className="evidence-name">{name}</span>
          <Evidence value={inner} />
        </li>
      ))}
    </ul>
  )
}
