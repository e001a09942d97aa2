/**
 * Runs the program in a completion against tests, in a sandbox. The program is never told what a test expects: it
 * gets the input, and what it wrote or returned is compared outside. A program that is wrong, raises or does not
 * compile fails its tests. An attempt to leave the sandbox, a limit that was hit or a breakdown makes the row
 * invalid with its reason, because nothing was measured.
 */
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { defineSignal, type SignalContext } from '../../../kinds/signal.ts'
import { createColumn, invalidate } from '../../../records/column.ts'
import { GuerdonError, messageOf } from '../../../records/error.ts'
import { sameOutput } from './compare-stdout.ts'
import { extractCode } from './extract-code.ts'
import type { SandboxPool } from './pool.ts'
import { SANDBOX_LANGUAGES, type SandboxEnd, type SandboxJob, type SandboxOutcome } from './sandbox-job.ts'
import { scoreTests, TEST_SCORES } from './score-tests.ts'
import { parseTests, sameResult, type TestCase, testsOf } from './test-cases.ts'

const SHOWN_CHARACTERS = 400

/** Ends after which nothing was measured. */
const UNUSABLE: readonly SandboxEnd[] = ['escape', 'crash', 'broken-test']
/** Limits of the sandbox that a program can run into; whether that fails its test is the parameter `limits`. */
const LIMITS: readonly SandboxEnd[] = ['time-limit', 'memory-limit', 'output-limit', 'stack-limit']

export interface TestEvidence {
  readonly passed: boolean
  readonly end: SandboxEnd
  readonly reason?: string
  readonly stdout: string
  readonly stderr: string
  readonly result?: string
}

export interface CodeTestsEvidence {
  readonly passed: number
  readonly total: number
  readonly tests: readonly TestEvidence[]
  readonly note?: string
}

const parameters = z.object({
  language: z.enum(SANDBOX_LANGUAGES).default('python').describe('language of the program and its fence tag'),
  tests: z
    .unknown()
    .optional()
    .describe('tests for every row, as JSON text or a value; without it metadata.tests or the column tests'),
  score: z
    .enum(TEST_SCORES)
    .default('pass-fail')
    .describe('all tests passed; share passed; all passed plus 0.1 of the share; share above 0.99'),
  noCode: z.number().default(0).describe('score of a completion without a program (open-r1 also uses −1)'),
  compileError: z
    .number()
    .default(0)
    .describe('score of a program that does not compile (open-r1 uses −0.1)'),
  limits: z
    .enum(['invalid', 'fail'])
    .default('invalid')
    .describe('what hitting a limit of time, memory, output or stack does: invalid row, or that test fails'),
  testSeconds: z.number().positive().max(3600).default(5).describe('wall-clock limit of one test in seconds'),
  rowSeconds: z.number().positive().max(36000).default(60).describe('limit of all tests of a row in seconds'),
  memoryMegabytes: z
    .int()
    .min(64)
    .max(2048)
    .default(256)
    .describe('limit of the interpreter and the program in MB'),
  outputBytes: z
    .int()
    .min(1)
    .max(2 ** 28)
    .default(2 ** 20)
    .describe('limit of what a program writes in bytes'),
  workers: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('programs that run side by side; without it the number of cores, at most 4'),
})
type Parameters = z.output<typeof parameters>

type RowResult =
  | { readonly score: number; readonly evidence: CodeTestsEvidence }
  | { readonly invalid: string; readonly evidence?: CodeTestsEvidence }

function jobOf(source: string, test: TestCase): SandboxJob {
  if (test.kind === 'stdin') return { source, stdin: test.stdin }
  if (test.kind === 'call') return { source, call: { name: test.name, arguments: test.arguments } }
  return { source, assertion: test.assertion }
}

/** Whether a run that ended by itself gave what the test expects. */
function passes(test: TestCase, outcome: SandboxOutcome): boolean {
  if (outcome.end !== 'finished') return false
  if (test.kind === 'stdin') return sameOutput(outcome.stdout, test.expected)
  if (test.kind === 'call') return outcome.result !== undefined && sameResult(outcome.result, test.expected)
  return true
}

function evidenceOf(passed: boolean, { end, reason, stdout, stderr, result }: SandboxOutcome): TestEvidence {
  return {
    passed,
    end,
    ...(reason === undefined ? {} : { reason }),
    stdout: stdout.slice(0, SHOWN_CHARACTERS),
    stderr: stderr.slice(0, SHOWN_CHARACTERS),
    ...(result === undefined ? {} : { result: result.slice(0, SHOWN_CHARACTERS) }),
  }
}

/** Runs the tests of one row one after another; the first thing that makes the row invalid ends it. */
async function scoreRow(
  pool: SandboxPool,
  source: string,
  tests: readonly TestCase[],
  parameters: Parameters,
  abort: AbortSignal,
): Promise<RowResult> {
  const shown: TestEvidence[] = []
  let passed = 0
  let milliseconds = 0
  const evidence = (note?: string): CodeTestsEvidence => ({
    passed,
    total: tests.length,
    tests: shown,
    ...(note === undefined ? {} : { note }),
  })
  for (const [index, test] of tests.entries()) {
    const left = parameters.rowSeconds * 1000 - milliseconds
    if (left <= 0) {
      return {
        invalid: `its tests took longer than ${parameters.rowSeconds} s together`,
        evidence: evidence(),
      }
    }
    const outcome = await pool.run(jobOf(source, test), Math.min(parameters.testSeconds * 1000, left), abort)
    milliseconds += outcome.milliseconds
    const passedTest = passes(test, outcome)
    shown.push(evidenceOf(passedTest, outcome))
    if (passedTest) passed++
    const { end, reason } = outcome
    if (end === 'compile-error')
      return { score: parameters.compileError, evidence: evidence('does not compile') }
    if (UNUSABLE.includes(end) || (LIMITS.includes(end) && parameters.limits === 'invalid')) {
      return {
        invalid: `test ${index + 1} of ${tests.length}: ${end}: ${reason ?? end}`,
        evidence: evidence(),
      }
    }
  }
  return { score: scoreTests(passed, tests.length, parameters.score), evidence: evidence() }
}

function openPool(context: SignalContext, parameters: Parameters): Promise<SandboxPool> {
  const { language, memoryMegabytes, outputBytes } = parameters
  const size = parameters.workers ?? Math.min(availableParallelism(), 4)
  const limits = { memoryBytes: memoryMegabytes * 2 ** 20, outputBytes }
  return context.resource(
    `code-sandbox:${language}:${size}:${memoryMegabytes}:${outputBytes}`,
    // The interpreters are loaded by the first program, not by importing the package.
    async () => (await import('./sandbox.ts')).openSandbox(language, size, limits),
    (pool) => pool.close(),
  )
}

export const codeTests = defineSignal({
  name: 'code-tests',
  summary: 'Runs the program in the completion against tests in a sandbox and scores how many it passes.',
  paper: {
    slug: '00-verifiers',
    title: 'open-r1: code rewards',
    source: 'rewards.py, cf_scoring.score_submission',
  },
  formula: 'pass-fail [p = n]; partial p/n; weighted [p = n] + 0.1·p/n; binary [p/n > 0.99]',
  range: '[0, 1]; weighted [0, 1.1]; noCode and compileError may lie outside',
  grain: 'rollout',
  aliases: ['code execution', 'unit tests', 'sandbox', 'ioi_code_reward', 'binary_code_reward', 'prime_code'],
  parameters,
  examples: [
    {
      title: 'half of the tests pass; a row without tests',
      parameters: { language: 'javascript', score: 'partial' },
      input: {
        rollouts: [
          {
            completion: "```javascript\nconsole.log(require('fs').readFileSync(0, 'utf8') * 2)\n```",
            columns: { tests: '{"inputs": ["1", "3"], "outputs": ["2", "9"]}' },
          },
          { completion: '```javascript\nconsole.log(1)\n```' },
        ],
      },
      result: [0.5, null],
    },
  ],
  async score(batch, parameters, context) {
    const column = createColumn(batch.size)
    const seconds = new Float64Array(batch.size)
    if (context.evidence) column.evidence = new Array(batch.size).fill(undefined)
    const settle = (row: number, result: RowResult) => {
      if ('invalid' in result) invalidate(column, row, result.invalid)
      else column.values[row] = result.score
      if (column.evidence !== undefined) column.evidence[row] = result.evidence
    }
    const waiting: { row: number; source: string; tests: TestCase[] }[] = []
    for (let row = 0; row < batch.size; row++) {
      let tests: TestCase[]
      try {
        tests = parseTests(parameters.tests ?? testsOf(batch.rollouts[row]!))
      } catch (error) {
        settle(row, { invalid: messageOf(error) })
        continue
      }
      const source = extractCode(batch.completions[row]!, parameters.language)
      if (tests.length === 0) settle(row, { invalid: 'has no tests' })
      else if (source.trim() === '') {
        const evidence = { passed: 0, total: tests.length, tests: [], note: 'contains no program' }
        settle(row, { score: parameters.noCode, evidence })
      } else waiting.push({ row, source, tests })
    }
    if (waiting.length === 0) return { column, seconds }
    const pool = await openPool(context, parameters)
    let next = 0
    const lane = async () => {
      for (let entry = waiting[next++]; entry !== undefined; entry = waiting[next++]) {
        const { row, source, tests } = entry
        const started = performance.now()
        try {
          settle(row, await scoreRow(pool, source, tests, parameters, context.abort))
        } catch (error) {
          // A pool that cannot start fails the signal, not the rows.
          if (!(error instanceof GuerdonError) || error.code !== 'RUN_CANCELLED') throw error
          settle(row, { invalid: 'cancelled before its tests had run' })
        }
        seconds[row] = (performance.now() - started) / 1000
      }
    }
    await Promise.all(Array.from({ length: Math.min(pool.size, waiting.length) }, lane))
    return { column, seconds }
  },
})
