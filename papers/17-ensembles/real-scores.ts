/**
 * Published scores of real reward models, joined: RewardMATH's (one right and nine wrong solutions a problem) and
 * JudgeBench's (pairs). The data lie beside the repository; without them there is no table.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Aggregate, aggregateEnsemble } from '../../src/numerics/ensemble-aggregate.ts'
import { correlation } from '../../src/numerics/rank-correlation.ts'
import { referenceMoments, standardiseMembers } from '../../src/numerics/standardise-members.ts'

const data = join(import.meta.dirname, '../../../shared/data')
const read = (file: string): string => gunzipSync(readFileSync(join(data, file))).toString()

const mathModels = ['beaver_reward', 'grm_gemma_reward', 'internlm2_reward', 'oasst-rm_reward']
const judgeFiles = {
  'internlm2-7b': 'judgebench/scores-internlm_internlm2-7b-reward.jsonl.gz',
  'GRM-2b': 'judgebench/scores-ray2333_grm-gemma-2b-rewardmodel-ft.jsonl.gz',
  'Skywork-8b': 'judgebench/scores-skywork_skywork-reward-llama-3.1-8b.jsonl.gz',
}
const aggregates = ['mean', 'median', 'min', 'mean-minus-std'] as const satisfies readonly Aggregate[]
const RIGHT = 'human_to_GPT-4'

export const present = existsSync(join(data, 'rewardmath')) && existsSync(join(data, 'judgebench'))

export interface MathRow {
  readonly who: string
  /** share of wrong solutions that score below the right one, ties ½ */
  readonly pairs: number
  /** share of problems whose best score is the right solution's */
  readonly bestOfTen: number
}

const standardised = (members: readonly Float64Array[]): Float64Array[] =>
  standardiseMembers(members, members.map(referenceMoments))

/** RewardMATH: problems with ten different solution sources, the same in all four files; scores standardised over them. */
export function rewardMathTable(): {
  readonly problems: number
  readonly rows: readonly MathRow[]
  readonly correlations: readonly number[]
} {
  interface Problem {
    readonly problem: string
    readonly solution_reference: readonly string[]
    readonly score: readonly number[]
  }
  const files = mathModels.map(
    (model) => JSON.parse(read(`rewardmath/scores-${model}.json.gz`)) as readonly Problem[],
  )
  const byProblem = files.map((problems) => new Map(problems.map((problem) => [problem.problem, problem])))
  const kept = files[0]!.filter(
    ({ problem, solution_reference: sources }) =>
      new Set(sources).size === 10 &&
      byProblem.every((own) => own.get(problem)?.solution_reference.join() === sources.join()),
  )
  const members = standardised(
    byProblem.map((own) => Float64Array.from(kept.flatMap(({ problem }) => own.get(problem)!.score))),
  )
  const right = kept.map(({ solution_reference }) => solution_reference.indexOf(RIGHT))
  const rowOf = (who: string, scores: Float64Array): MathRow => {
    let pairs = 0
    let best = 0
    right.forEach((place, problem) => {
      const own = scores.subarray(10 * problem, 10 * problem + 10)
      let below = 0
      own.forEach((score, at) => {
        if (at !== place) below += score < own[place]! ? 1 : score === own[place] ? 0.5 : 0
      })
      pairs += below / 9
      if (own.indexOf(Math.max(...own)) === place) best++
    })
    return { who, pairs: pairs / kept.length, bestOfTen: best / kept.length }
  }
  return {
    problems: kept.length,
    rows: [
      ...mathModels.map((model, index) => rowOf(model, members[index]!)),
      ...aggregates.map((aggregate) => rowOf(aggregate, aggregateEnsemble(members, { aggregate }))),
    ],
    correlations: members.flatMap((one, index) =>
      members.slice(0, index).map((other) => correlation(one, other)),
    ),
  }
}

/** JudgeBench: accuracy on 100 pairs, replies in their first order. */
export function judgeBenchTable(): readonly { readonly who: string; readonly accuracy: number }[] {
  interface Line {
    readonly label: string
    readonly judgments: readonly { readonly judgment: { readonly scores: readonly [number, number] } }[]
  }
  const files = Object.values(judgeFiles).map((file) =>
    read(file)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  )
  const first = files[0]!.map(({ label }) => label === 'A>B')
  const members = standardised(
    files.map((lines) => Float64Array.from(lines.flatMap(({ judgments }) => judgments[0]!.judgment.scores))),
  )
  const accuracy = (scores: Float64Array): number =>
    first.reduce((sum, prefersA, pair) => {
      const difference = scores[2 * pair]! - scores[2 * pair + 1]!
      return sum + (difference === 0 ? 0.5 : difference > 0 === prefersA ? 1 : 0)
    }, 0) / first.length
  return [
    ...Object.keys(judgeFiles).map((who, index) => ({ who, accuracy: accuracy(members[index]!) })),
    ...aggregates.map((aggregate) => ({
      who: aggregate,
      accuracy: accuracy(aggregateEnsemble(members, { aggregate })),
    })),
  ]
}

/** Both tables as lines of text. */
export function realScores(): string[] {
  if (!present) return ['The published scores are not beside the repository: no table of real reward models.']
  const math = rewardMathTable()
  return [
    `RewardMATH, ${math.problems} problems: right solution above a wrong one; best of ten`,
    ...math.rows.map(({ who, pairs, bestOfTen }) => `  ${who}: ${pairs.toFixed(3)}; ${bestOfTen.toFixed(3)}`),
    `  correlations of members: ${Math.min(...math.correlations).toFixed(2)} to ${Math.max(...math.correlations).toFixed(2)}`,
    'JudgeBench, 100 pairs: accuracy',
    ...judgeBenchTable().map(({ who, accuracy }) => `  ${who}: ${accuracy.toFixed(2)}`),
  ]
}
