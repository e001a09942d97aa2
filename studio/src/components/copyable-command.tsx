import { useState } from 'react'

/** A command line with a button that copies it. */
export function CopyableCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <div className="command">
      <code>{command}</code>
      <button
        type="button"
        className="button"
        onClick={() => {
          void navigator.clipboard?.writeText(command).then(() => setCopied(true))
        }}
      >
        <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
      </button>
    </div>
  )
}
