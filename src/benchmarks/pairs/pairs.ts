/** Preference pairs of any file as a benchmark: does the reward prefer what people prefer, and how sure may it be? */
import type { Benchmark } from '../benchmark.ts'
import { PairGatherer, type PairReport } from './pair-gatherer.ts'
import { readPairs } from './read-pairs.ts'

export const pairs: Benchmark<PairReport> = {
  name: 'pairs',
  summary: 'Accuracy, calibration and length effect of a reward on preference pairs of any known layout.',
  read: readPairs,
  gather: (options) => new PairGatherer(options),
}
