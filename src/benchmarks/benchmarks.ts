/** Every benchmark, by the name it has on the command line. */
import type { Benchmark } from './benchmark.ts'
import { pairs } from './pairs/pairs.ts'

export const benchmarks: readonly Benchmark[] = [pairs]
