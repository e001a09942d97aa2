/** How long the calls of each signal take. */
import { quantile } from '../../../numerics/quantile.ts'
import type { SignalWork } from '../../../store/store.ts'

export interface Latency {
  /** seconds */
  readonly p50: number
  readonly p99: number
  readonly calls: number
}

/** Median and 99 % quantile of the seconds of each signal's calls, over batches that it had rows to score in. */
export function latenciesOf(work: readonly (readonly SignalWork[])[]): Map<string, Latency> {
  const seconds = new Map<string, number[]>()
  for (const batch of work) {
    for (const { signal, rows, seconds: taken } of batch) {
      if (rows === 0 || !Number.isFinite(taken)) continue
      const list = seconds.get(signal)
      if (list === undefined) seconds.set(signal, [taken])
      else list.push(taken)
    }
  }
  return new Map(
    [...seconds].map(([signal, list]) => {
      const values = Float64Array.from(list)
      return [
        signal,
        {
          p50: quantile(values, 0, values.length, 0.5),
          p99: quantile(values, 0, values.length, 0.99),
          calls: values.length,
        },
      ]
    }),
  )
}
