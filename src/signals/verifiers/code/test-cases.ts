/**
 * Test cases of programs in the shapes that data sets use, and whether what a program returned is what was expected.
 */
import type { Rollout } from '../../../records/rollout.ts'

export type TestCase =
  | { readonly kind: 'stdin'; readonly stdin: string; readonly expected: string }
  /** `arguments` is a JSON list; `expected` is a parsed JSON value, whole numbers beyond 2⁵³ as bigint */
  | { readonly kind: 'call'; readonly name: string; readonly arguments: string; readonly expected: unknown }
  | { readonly kind: 'assert'; readonly assertion: string }

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Parses JSON; whole numbers that doubles cannot hold exactly become bigints. Throws a SyntaxError. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, value, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source
    return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value
  })
}

/** Writes what `parseExact` read. */
function writeExact(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(writeExact).join(',')}]`
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${JSON.stringify(key)}:${writeExact(entry)}`)
      .join(',')}}`
  }
  return JSON.stringify(value)
}

/** Whether two parsed JSON values are equal: lists in order, objects without order, 3 = 3.0, no tolerance. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) &&
      sameValue((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  )
}

/** Whether the JSON that a function's result was written as equals the expected value. */
export function sameResult(result: string, expected: unknown): boolean {
  try {
    return sameValue(parseExact(result), expected)
  } catch {
    return false
  }
}

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Input and output lines are text, or a list of lines; numbers are written as they are. */
function textOf(value: unknown, field: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (Array.isArray(value) && value.every((line) => typeof line !== 'object')) return value.join('\n')
  throw new Error(`${field} is neither text nor a list of lines`)
}

/** The arguments of a call: a list, or text with one JSON value a line. */
function argumentsOf(value: unknown): string {
  if (Array.isArray(value)) return writeExact(value)
  if (typeof value !== 'string') throw new Error('the arguments of a call are neither a list nor text')
  const lines = value.split('\n').filter((line) => line.trim() !== '')
  return writeExact(
    lines.map((line) => {
      try {
        return parseExact(line)
      } catch {
        throw new Error(`an argument is not JSON: ${line.slice(0, 40)}`)
      }
    }),
  )
}

/** An expected result: any JSON value; text that is itself JSON is read as such, other text stands for itself. */
function expectedOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return parseExact(value)
  } catch {
    return value
  }
}

function callCase(name: string, input: unknown, output: unknown): TestCase {
  if (!IDENTIFIER.test(name)) throw new Error(`"${name.slice(0, 40)}" is no name of a function`)
  return { kind: 'call', name, arguments: argumentsOf(input), expected: expectedOf(output) }
}

function assertCase(value: unknown): TestCase {
  if (typeof value !== 'string' || value.trim() === '') throw new Error('an assertion is not text')
  return { kind: 'assert', assertion: value }
}

function entryCase(entry: unknown, functionName: string | undefined): TestCase {
  if (typeof entry === 'string') return assertCase(entry)
  if (!isObject(entry)) throw new Error('a test is neither an object nor an assertion')
  if ('assert_case' in entry) return assertCase(entry.assert_case)
  const input = entry.stdin ?? entry.input ?? ''
  const output = entry.expected ?? entry.output ?? entry.expected_output ?? entry.stdout
  if (output === undefined) throw new Error('a test names no expected output')
  const name = entry.fn_name ?? functionName
  if (typeof name === 'string' && entry.testtype !== 'stdin') return callCase(name, input, output)
  return { kind: 'stdin', stdin: textOf(input, 'an input'), expected: textOf(output, 'an output') }
}

/**
 * The tests in a JSON text or an already parsed value. Shapes: `{inputs, outputs, fn_name?, assert_case?}` (with
 * `fn_name` each input is a list of arguments, or one JSON argument a line); a list of `{stdin, expected}` (also
 * `input`, `output`, `expected_output`, `fn_name`); a list of assertions as text. Empty when there is none.
 * @throws Error saying what is wrong with the tests
 * @example parseTests('[{"stdin": "2", "expected": "4"}]') // [{ kind: 'stdin', stdin: '2', expected: '4' }]
 */
export function parseTests(source: unknown): TestCase[] {
  if (source === undefined || source === null || source === '') return []
  let tests: unknown = source
  if (typeof source === 'string') {
    try {
      tests = parseExact(source)
    } catch {
      throw new Error('the tests are not JSON')
    }
    // Some data sets write JSON into JSON.
    if (typeof tests === 'string') return parseTests(tests)
  }
  if (Array.isArray(tests)) return tests.map((entry) => entryCase(entry, undefined))
  if (!isObject(tests)) throw new Error('the tests are neither a list nor an object')
  const { inputs, outputs, fn_name: name, assert_case: assertions } = tests
  if (Array.isArray(assertions) && assertions.length > 0) return assertions.map(assertCase)
  if (typeof assertions === 'string' && assertions !== '') return [assertCase(assertions)]
  if (inputs === undefined && outputs === undefined) {
    throw new Error('the tests have none of inputs, outputs and assert_case')
  }
  if (!Array.isArray(inputs) || !Array.isArray(outputs) || inputs.length !== outputs.length) {
    throw new Error('inputs and outputs are not two lists of the same length')
  }
  return inputs.map((input, index) =>
    typeof name === 'string' && name !== ''
      ? callCase(name, input, outputs[index])
      : { kind: 'stdin', stdin: textOf(input, 'an input'), expected: textOf(outputs[index], 'an output') },
  )
}

/** The tests that a rollout carries: `metadata.tests`, else the column `tests`. */
export function testsOf(rollout: Rollout): unknown {
  return rollout.metadata?.tests ?? rollout.columns?.tests
}
