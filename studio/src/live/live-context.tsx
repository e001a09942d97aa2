import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from 'react'
import { LiveSource, type LiveState } from './live-source.ts'

type Live = LiveState & Pick<LiveSource, 'show' | 'togglePause' | 'dismissSpec'>

const LiveContext = createContext<Live | null>(null)

/** Listens to one run (all of them on the first page) for everything inside. */
export function LiveProvider({ run, children }: { run: string | null; children: ReactNode }) {
  const source = useMemo(() => new LiveSource(run), [run])
  useEffect(() => {
    source.open()
    return () => source.close()
  }, [source])
  const state = useSyncExternalStore(source.subscribe, source.read)
  const live = useMemo(
    () => ({ ...state, show: source.show, togglePause: source.togglePause, dismissSpec: source.dismissSpec }),
    [state, source],
  )
  return <LiveContext value={live}>{children}</LiveContext>
}

export function useLive(): Live {
  const live = use(LiveContext)
  if (live === null) throw new Error('useLive needs a LiveProvider around it')
  return live
}
