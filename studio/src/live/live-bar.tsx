import { counted } from '../format/number.ts'
import { useLive } from './live-context.tsx'

const words = {
  connecting: 'connecting…',
  open: 'live',
  lost: 'connection lost, trying again',
  stopping: 'the server is stopping',
} as const

/** Whether the page is live, and what has come that it does not show yet. */
export function LiveBar() {
  const { connection, paused, waitingBatches, show, togglePause } = useLive()
  const says = connection === 'open' && paused ? 'paused' : words[connection]
  return (
    <div className="live">
      {waitingBatches > 0 && (
        <button type="button" className="button emphasised" onClick={show}>
          {counted(waitingBatches, 'new batch', 'new batches')} — show
        </button>
      )}
      <span className="live-state" role="status">
        <span className={`dot ${paused ? 'paused' : connection}`} aria-hidden="true" />
        {says}
      </span>
      <button
        type="button"
        className="button"
        onClick={togglePause}
        aria-pressed={paused}
        aria-keyshortcuts="Space"
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
    </div>
  )
}
