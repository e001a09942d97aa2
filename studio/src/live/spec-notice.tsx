import { useLive } from './live-context.tsx'

/** Says that another spec is served now, or that one was refused and why. */
export function SpecNotice() {
  const { spec, dismissSpec } = useLive()
  if (spec === null) return null
  return (
    <p className={`notice ${spec.accepted ? '' : 'failed'}`} role="status">
      <strong>{spec.accepted ? 'New spec served.' : '■ Spec refused.'}</strong> {spec.sentence}
      <button type="button" className="button" onClick={dismissSpec}>
        Close
      </button>
    </p>
  )
}
