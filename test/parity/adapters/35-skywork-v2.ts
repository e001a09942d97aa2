/** Vectors of card 35-skywork-v2. */
import { adaptiveK } from '../../../src/preferences/curation/adaptive-k.ts'
import { adaptiveRetrieval } from '../../../src/preferences/curation/adaptive-retrieval.ts'
import { consistencyFilter } from '../../../src/preferences/curation/consistency-filter.ts'
import { exactDeduplication } from '../../../src/preferences/curation/exact-deduplication.ts'
import { judgeAggregation } from '../../../src/preferences/curation/judge-aggregation.ts'
import { ngramOverlap } from '../../../src/preferences/curation/ngram-overlap.ts'
import { pairConfidence } from '../../../src/preferences/curation/pair-confidence.ts'
import type { AdapterFunction } from '../run-file.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

export const functions: Record<string, AdapterFunction> = {
  'adaptive-k': ({ p, kMax }: Vector) => ({ k: p.map((value: number) => adaptiveK(value, kMax)) }),
  'pair-confidence': ({ chosen, rejected, kMax }: Vector) => {
    const p = Array.from(pairConfidence(chosen, rejected))
    return { p, k: p.map((value) => adaptiveK(value, kMax)) }
  },
  'adaptive-retrieval': ({ pool, queries, p, kMax }: Vector) => {
    const found = adaptiveRetrieval(pool, queries, p, kMax)
    return {
      indices: found.map(({ indices }) => Array.from(indices)),
      similarity: found.map(({ similarity }) => Array.from(similarity)),
    }
  },
  'judge-aggregation': ({ items }: Vector) => {
    const results = items.map(judgeAggregation)
    return {
      perModel: results.map(({ perModel }: Vector) => perModel),
      verdict: results.map(({ verdict }: Vector) => verdict),
    }
  },
  'consistency-filter': ({ pGold, pBest, judgeAgrees }: Vector) => {
    const { decisions, kept, recycled } = consistencyFilter(pGold, pBest, judgeAgrees)
    return { decisions, kept: Array.from(kept), recycled: Array.from(recycled) }
  },
  'exact-deduplication': ({ records }: Vector) => ({ kept: Array.from(exactDeduplication(records)) }),
  'ngram-overlap': ({ train, benchmark, n }: Vector) => ({
    contaminated: Array.from(ngramOverlap(train, benchmark, n), (flag) => flag === 1),
  }),
}
