import { useEffect, useRef } from 'react'

const keys = [
  ['g n', 'Now: all runs'],
  ['g r', 'Run: what changed, when'],
  ['g a', 'Anatomy: which signal decides'],
  ['g g', 'Groups: what the policy sees'],
  ['/', 'Search the rows of the run'],
  ['j k', 'Next and previous row or group'],
  ['Enter', 'Open the row'],
  ['Space', 'Pause and resume live charts'],
  ['?', 'This help'],
] as const

/** Every key of the studio. */
export function HelpDialog({ open, onClose }: { open: boolean; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open) dialog.current?.showModal()
    else dialog.current?.close()
  }, [open])
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((part, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: `g g` has the same key twice
                <kbd key={index}>{part}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>
        The address holds the whole view: run, range, filters and order. Drag over a chart of the Run page to
        narrow everything to some steps.
      </p>
      <button type="button" className="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  )
}
