import { createContext, type ReactNode, use, useMemo } from 'react'
import { assignHues } from './signal-colour.ts'

const HuesContext = createContext<ReadonlyMap<string, number>>(new Map())

/** Gives the columns of a run their hues for everything inside. */
export function HuesProvider({ names, children }: { names: readonly string[]; children: ReactNode }) {
  const key = names.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names, not the list that holds them, decide
  const hues = useMemo(() => assignHues(names), [key])
  return <HuesContext value={hues}>{children}</HuesContext>
}

export function useHues(): ReadonlyMap<string, number> {
  return use(HuesContext)
}
