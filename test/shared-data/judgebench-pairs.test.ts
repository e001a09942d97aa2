/** Published scores of three reward models on JudgeBench through `bench pairs`, and their ensemble. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { BenchmarkItem } from '../../src/benchmarks/benchmark.ts'
import { pairs } from '../../src/benchmarks/pairs/pairs.ts'
import { aggregateEnsemble } from '../../src/numerics/ensemble-aggregate.ts'
import { referenceMoments, standardiseMembers } from '../../src/numerics/standardise-members.ts'

const folder = join(import.meta.dirname, '../../../shared/data/judgebench')
const present = existsSync(folder)
if (!present) console.warn('skipped: JudgeBench’s scores are not beside the repository')

interface Judged {
  readonly pair_id: string
  readonly label: string
  readonly judgments: readonly { readonly judgment: { readonly scores: readonly [number, number] } }[]
}

const models = [
  'internlm_internlm2-7b-reward',
  'ray2333_grm-gemma-2b-rewardmodel-ft',
  'skywork_skywork-reward-llama-3.1-8b',
]

/** Chosen and rejected score of every pair in the first order. */
function scoresOf(model: string): { readonly chosen: Float64Array; readonly rejected: Float64Array } {
  const text = gunzipSync(readFileSync(join(folder, `scores-${model}.jsonl.gz`))).toString()
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Judged)
    .sort((a, b) => (a.pair_id < b.pair_id ? -1 : 1))
  const at = (row: Judged, right: boolean): number =>
    row.judgments[0]!.judgment.scores[(row.label === 'A>B') === right ? 0 : 1]
  return {
    chosen: Float64Array.from(rows, (row) => at(row, true)),
    rejected: Float64Array.from(rows, (row) => at(row, false)),
  }
}

/** A tie is wrong, as in the card. */
function accuracyOf(chosen: Float64Array, rejected: Float64Array): number {
  const gatherer = pairs.gather({ seed: 1, worst: 0, by: 'category' })
  for (let pair = 0; pair < chosen.length; pair++) {
    const item: BenchmarkItem = {
      id: String(pair),
      prompt: String(pair),
      completions: ['a', 'b'],
      gold: [1, 0],
    }
    gatherer.add(item, { scores: [chosen[pair]!, rejected[pair]!] })
  }
  return gatherer.report().strictAccuracy
}

describe.skipIf(!present)('JudgeBench’s published scores', () => {
  it('give the accuracies of card 17: three models alone and joined', () => {
    const members = models.map(scoresOf)
    const single = members.map(({ chosen, rejected }) => accuracyOf(chosen, rejected))
    for (const [index, expected] of [0.65, 0.58, 0.65].entries())
      expect(single[index]).toBeCloseTo(expected, 9)
    const moments = members.map(({ chosen, rejected }) => referenceMoments([...chosen, ...rejected]))
    const joined = (['mean', 'median', 'min', 'mean-minus-std'] as const).map((aggregate) => {
      const side = (name: 'chosen' | 'rejected') =>
        aggregateEnsemble(
          standardiseMembers(
            members.map((member) => member[name]),
            moments,
          ),
          { aggregate },
        )
      return accuracyOf(side('chosen'), side('rejected'))
    })
    for (const [index, expected] of [0.61, 0.65, 0.66, 0.63].entries())
      expect(joined[index]).toBeCloseTo(expected, 9)
  })
})
