/** Keeps the memory of a long run flat: V8 would rather let short-lived rows pile up than collect them. */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Room for rows that die young; beyond it more room saves little time and costs three times its size in memory. */
const youngBytes = 8 << 20

/** Call it now and then during a run. It lets the young generation grow to a fixed size and no further. */
export function flatMemory(): () => void {
  // The old generation may grow by half between collections instead of by a multiple.
  setFlagsFromString('--heap-growing-percent=50')
  let limited = false
  return () => {
    if (limited) return
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    if (young === undefined || young.space_size < youngBytes) return
    setFlagsFromString('--semi-space-growth-factor=1')
    limited = true
  }
}
