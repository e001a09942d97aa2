import { useHues } from '../colour/hues-context.tsx'
import { signalColour } from '../colour/signal-colour.ts'

/** A column's name with the spot of its colour. */
export function SignalName({ name }: { name: string }) {
  const hues = useHues()
  return (
    <span className="signal-name">
      <span className="spot" style={{ background: signalColour(hues, name) }} aria-hidden="true" />
      {name}
    </span>
  )
}
