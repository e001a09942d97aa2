/**
 * Verifying mathematics: completion and gold answer in, right or wrong out, ours against Math-Verify with its defaults
 * (parse the gold answer, parse the completion, verify). Pairs: final answers with known truth, and solutions of GSM8K
 * with the official verdict. Both lie outside of the repository; a suite without them says so.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { RandomStream } from '../../src/numerics/random.ts'
import { equivalent } from '../../src/signals/verifiers/math/equivalent.ts'
import { extractAnswer } from '../../src/signals/verifiers/math/extract-answer.ts'
import { EXTRACTION_RULES } from '../../src/signals/verifiers/math/extraction-rules.ts'
import { type Clocks, clocked, inTurns, type Line } from '../measure.ts'
import type { Suite, SuiteContext } from './suite.ts'

interface Pair {
  readonly gold: string
  readonly completion: string
  readonly right: boolean
}

/** Ours is too quick for one clock reading a pass. */
const PASSES = 20

export const math: Suite = async (context) => {
  const lines: Line[] = []
  const notes: string[] = []
  const figures: Record<string, unknown> = {}
  const sets = [
    { name: 'answers', title: 'final answers in a box', pairs: finalAnswers(context.shared), wrap: true },
    { name: 'gsm8k', title: 'GSM8K solutions', pairs: solutions(context.shared), wrap: false },
  ]
  for (const { name, title, pairs, wrap } of sets) {
    if (pairs === undefined) {
      notes.push(
        `Skipped ${title}: ${context.shared} holds no data for it (--shared FOLDER names another place).`,
      )
      continue
    }
    const subset = pairs.slice(0, context.quick ? 60 : 300)
    const result = await compare(context, title, subset, wrap)
    lines.push(...result.lines)
    const all = pairs.map(judge)
    notes.push(
      `${title}, ${subset.length} pairs: ${agreement('Guerdon', subset, result.mine)}; ${agreement('Math-Verify', subset, result.theirs)}.`,
      `${title}, all ${pairs.length}: ${agreement('Guerdon', pairs, all)}.`,
    )
    figures[name] = {
      subset: {
        guerdon: counts(subset, result.mine),
        mathVerify: counts(subset, result.theirs),
      },
      all: { guerdon: counts(pairs, all) },
    }
  }
  return { lines, notes, figures }
}

async function compare(
  { peers, quick }: SuiteContext,
  title: string,
  pairs: readonly Pair[],
  wrap: boolean,
): Promise<{ lines: Line[]; mine: boolean[]; theirs: boolean[] }> {
  // Math-Verify reads LaTeX in a box or between dollar signs only; ours takes the gold answer as it stands.
  const request = pairs.map(({ gold, completion }) => ({
    gold: wrap ? `\\boxed{${gold}}` : gold,
    completion,
  }))
  await peers.ask('load-math', { pairs: request })
  let mine: boolean[] = []
  let theirs: boolean[] = []
  const ours = `Guerdon, ${title}`
  const peer = `Math-Verify, ${title}`
  const lines = await inTurns(
    [
      {
        name: ours,
        items: pairs.length * PASSES,
        cores: 1,
        run: () => {
          const { result, ...clocks } = clocked(() => {
            let verdicts: boolean[] = []
            for (let pass = 0; pass < PASSES; pass++) verdicts = pairs.map(judge)
            return verdicts
          })
          mine = result
          return clocks
        },
      },
      {
        name: peer,
        items: pairs.length,
        cores: 1,
        run: async () => {
          const { verdicts, ...clocks } = await peers.ask<Clocks & { verdicts: boolean[] }>('math')
          theirs = verdicts
          return clocks
        },
      },
    ],
    { suite: 'math', unit: 'pairs', rounds: quick ? 1 : 5, ours, targets: { [peer]: 100 } },
  )
  return { lines, mine, theirs }
}

function judge({ gold, completion }: Pair): boolean {
  const answer = extractAnswer(completion, { rules: EXTRACTION_RULES })
  return answer !== undefined && equivalent(gold, answer.text).verdict === 'equal'
}

interface Counts {
  readonly right: number
  readonly rightAccepted: number
  readonly wrong: number
  readonly wrongAccepted: number
  /** share of the pairs on which the verdict is the known one */
  readonly agreement: number
}

function counts(pairs: readonly Pair[], verdicts: readonly boolean[]): Counts {
  const count = (right: boolean, accepted?: boolean): number =>
    pairs.filter((pair, at) => pair.right === right && (accepted === undefined || verdicts[at] === accepted))
      .length
  return {
    right: count(true),
    rightAccepted: count(true, true),
    wrong: count(false),
    wrongAccepted: count(false, true),
    agreement: (count(true, true) + count(false, false)) / pairs.length,
  }
}

function agreement(who: string, pairs: readonly Pair[], verdicts: readonly boolean[]): string {
  const { right, rightAccepted, wrong, wrongAccepted, agreement: share } = counts(pairs, verdicts)
  return `${who} accepts ${rightAccepted} of ${right} right and ${wrongAccepted} of ${wrong} wrong ones (agrees on ${(100 * share).toFixed(1)} %)`
}

/** Answers whose truth is known by construction, each put into a box at the end of a sentence. */
function finalAnswers(shared: string): Pair[] | undefined {
  const path = join(shared, 'vectors', '00-verifiers.json')
  if (!existsSync(path)) return undefined
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
    cases: {
      function: string
      input: { gold: string; answer: string }
      expected: { truth?: boolean | null }
    }[]
  }
  return cases.flatMap(({ function: name, input, expected }) =>
    name === 'equivalent' && typeof expected.truth === 'boolean'
      ? [
          {
            gold: input.gold,
            completion: `So the answer is \\boxed{${input.answer}}.`,
            right: expected.truth,
          },
        ]
      : [],
  )
}

/** What four models wrote to the test questions, in an order drawn with a seed; the gold answer stands after "A: ". */
function solutions(shared: string): Pair[] | undefined {
  const path = join(shared, 'data', 'gsm8k', 'example_model_solutions.jsonl.gz')
  if (!existsSync(path)) return undefined
  const pairs: Pair[] = []
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').split('\n')) {
    if (line === '') continue
    const {
      question,
      ground_truth: truth,
      ...models
    } = JSON.parse(line) as { ground_truth: string } & Record<string, unknown>
    const gold = truth.slice(truth.lastIndexOf('A: ') + 3).trim()
    for (const model of Object.values(models) as { is_correct: boolean; solution: string }[])
      pairs.push({ gold, completion: model.solution, right: model.is_correct })
  }
  return new RandomStream(5).shuffle(pairs)
}
