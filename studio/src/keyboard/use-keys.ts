import { useEffect, useRef } from 'react'

/** Whether the person is writing or the focused element uses the key itself. */
function taken(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('input, textarea, select, [contenteditable], dialog') !== null) return true
  return event.key === ' ' && target.closest('button, a, summary, [role="grid"]') !== null
}

/**
 * Calls an action for a key or a sequence of two (`g r`) anywhere on the page, never while a person writes. A second
 * key that comes later than two seconds after the first begins anew.
 */
export function useKeys(actions: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    let first = ''
    let at = 0
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || taken(event)) return
      const key = event.key === ' ' ? 'space' : event.key
      const sequence = event.timeStamp - at < 2000 ? `${first} ${key}` : key
      const action = latest.current[sequence] ?? latest.current[key]
      first = key
      at = event.timeStamp
      if (action === undefined) return
      event.preventDefault()
      first = ''
      action(event)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
