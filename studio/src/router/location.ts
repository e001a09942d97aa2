/** The address bar as the studio's state: reading it, changing it, and hearing of changes. */
import { useSyncExternalStore } from 'react'

const moved = 'studio:moved'

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener)
  window.addEventListener(moved, listener)
  return () => {
    window.removeEventListener('popstate', listener)
    window.removeEventListener(moved, listener)
  }
}

const current = (): string => location.pathname + location.search + location.hash

/** Path, query and hash of the page, kept up to date. */
export function useAddress(): URL {
  return new URL(useSyncExternalStore(subscribe, current), location.origin)
}

/** Goes to an address of the studio; `replace` leaves no entry in the history (typing in a search box). */
export function navigate(address: string, { replace = false } = {}): void {
  if (address === current()) return
  const before = location.pathname
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  window.dispatchEvent(new Event(moved))
  if (location.pathname !== before) window.scrollTo(0, 0)
}

/** The address with some of its parameters changed; null and the empty text remove one. */
export function withParameters(
  address: URL,
  changes: Readonly<Record<string, string | number | null>>,
): string {
  const query = new URLSearchParams(address.search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, String(value))
  }
  const text = query.toString()
  return address.pathname + (text === '' ? '' : `?${text}`)
}
