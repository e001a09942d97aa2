/** Runs one file of vectors against its adapter. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { GuerdonError, messageOf } from '../../src/records/error.ts'
import { firstDifference, plain } from './compare.ts'

export type AdapterFunction = (input: never) => unknown

interface VectorCase {
  readonly name: string
  readonly function: string
  readonly input: unknown
  readonly expected: Record<string, unknown>
  readonly tolerance: number | null
}

export interface FileResult {
  readonly file: string
  passed: number
  failed: number
  readonly failures: { readonly case: string; readonly function: string; readonly difference: string }[]
  /** function name → number of cases without an adapter */
  readonly notCovered: Record<string, number>
  /** shares that a rule of the vectors' page asks for */
  readonly shares: Record<string, string>
}

/** Columns whose agreement is a share over the file: name → least share; 0 = shown only. */
const shareColumns = new Map([
  ['prm800k', 0.97],
  ['openrlhf', 0.97],
  ['openrlhfExtract', 0.97],
  ['mathVerify', 0],
])

export async function runFile(path: string, skip: ReadonlySet<string> = new Set()): Promise<FileResult> {
  const file = basename(path, '.json')
  const result: FileResult = { file, passed: 0, failed: 0, failures: [], notCovered: {}, shares: {} }
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: VectorCase[] }
  const adapter = join(import.meta.dirname, 'adapters', `${file}.ts`)
  const functions: Record<string, AdapterFunction> = existsSync(adapter)
    ? (await import(pathToFileURL(adapter).href)).functions
    : {}
  const tally = new Map<string, { agreed: number; of: number }>()
  const truths = new Map<string, Truth>()
  for (const vector of cases) {
    if (skip.has(vector.function)) continue
    const run = Object.hasOwn(functions, vector.function) ? functions[vector.function] : undefined
    if (run === undefined) {
      result.notCovered[vector.function] = (result.notCovered[vector.function] ?? 0) + 1
      continue
    }
    const difference = await runCase(vector, run, tally, truths)
    if (difference === undefined) result.passed++
    else {
      result.failed++
      result.failures.push({ case: vector.name, function: vector.function, difference })
    }
  }
  const fail = (name: string, difference: string): void => {
    result.failed++
    result.failures.push({ case: 'over the file', function: name, difference })
  }
  for (const [column, { agreed, of }] of tally) {
    const least = shareColumns.get(column)!
    result.shares[column] = `${agreed} of ${of}`
    if (agreed < least * of) fail(column, `${agreed} of ${of} agree, expected ${100 * least} %`)
  }
  for (const [column, { right, rightAccepted, wrong, wrongAccepted }] of truths) {
    result.shares[`${column}: right accepted`] = `${rightAccepted} of ${right}`
    result.shares[`${column}: wrong accepted`] = `${wrongAccepted.length} of ${wrong}`
    if (rightAccepted < leastRightAccepted * right) {
      fail(column, `${rightAccepted} of ${right} right ones accepted, expected ${100 * leastRightAccepted} %`)
    }
    if (wrongAccepted.length > 1)
      fail(column, `wrong ones accepted: ${wrongAccepted.join(', ')}; expected at most one`)
  }
  return result
}

/** Columns that say what is true by construction: our verdict is judged over the file; null says nothing. */
const truthColumns = ['truth', 'finalAnswerIsRight']
const leastRightAccepted = 0.93

type Truth = { right: number; rightAccepted: number; wrong: number; wrongAccepted: string[] }

async function runCase(
  vector: VectorCase,
  run: AdapterFunction,
  tally: Map<string, { agreed: number; of: number }>,
  truths: Map<string, Truth>,
): Promise<string | undefined> {
  const { expected } = vector
  let actual: Record<string, unknown>
  const started = performance.now()
  try {
    actual = plain(await run(vector.input as never)) as Record<string, unknown>
  } catch (error) {
    if ('error' in expected && error instanceof GuerdonError) return undefined
    return `threw ${error instanceof GuerdonError ? error.toString() : messageOf(error)}`
  }
  const elapsed = performance.now() - started
  if ('error' in expected) {
    return 'error' in actual ? undefined : `answered ${JSON.stringify(actual)}, expected an error`
  }
  const limit = (vector.input as { maxMillis?: number } | null)?.maxMillis
  if (limit !== undefined && elapsed > limit) return `took ${Math.round(elapsed)} ms, limit ${limit} ms`
  const wanted = { ...expected }
  for (const column of shareColumns.keys()) {
    if (!(column in wanted)) continue
    const count = tally.get(column) ?? { agreed: 0, of: 0 }
    count.of++
    if (firstDifference(actual[column], wanted[column], 1e-9) === undefined) count.agreed++
    tally.set(column, count)
    delete wanted[column]
  }
  for (const column of truthColumns) {
    if (!(column in wanted)) continue
    if (typeof actual[column] !== 'boolean')
      return `${column} is ${JSON.stringify(actual[column])}, expected a verdict`
    const truth = truths.get(column) ?? { right: 0, rightAccepted: 0, wrong: 0, wrongAccepted: [] }
    truths.set(column, truth)
    if (wanted[column] === true) {
      truth.right++
      if (actual[column]) truth.rightAccepted++
    } else if (wanted[column] === false) {
      truth.wrong++
      if (actual[column]) truth.wrongAccepted.push(vector.name)
    }
    delete wanted[column]
  }
  // Notes of the vectors' authors are commentary, not output.
  delete wanted.note
  return firstDifference(actual, wanted, vector.tolerance ?? 1e-9)
}
