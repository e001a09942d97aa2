import { afterAll, expect, test } from 'vitest'
import { parseParameters } from '../../../kinds/method.ts'
import type { SignalContext, SignalResult } from '../../../kinds/signal.ts'
import { RandomStream } from '../../../numerics/random.ts'
import { RolloutBatch } from '../../../records/batch.ts'
import type { Column } from '../../../records/column.ts'
import type { Rollout } from '../../../records/rollout.ts'
import { type CodeTestsEvidence, codeTests } from './code-tests.ts'

const opened = new Map<string, { resource: Promise<unknown>; close: () => Promise<void> }>()
afterAll(async () => {
  for (const { close } of opened.values()) await close()
})

/** A context whose resources live as long as this file. */
function contextWith(abort: AbortSignal = new AbortController().signal, evidence = false): SignalContext {
  return {
    abort,
    evidence,
    random: new RandomStream(1),
    inner: new Map(),
    folder: '.',
    resource: (key, open, close) => {
      let entry = opened.get(key)
      if (entry === undefined) {
        const resource = Promise.resolve(open())
        entry = { resource, close: async () => close?.(await resource) }
        opened.set(key, entry)
      }
      return entry.resource as Promise<Awaited<ReturnType<typeof open>>>
    },
  }
}

const rollout = (completion: string, tests?: unknown, index = 0): Rollout => ({
  id: `r${index}`,
  group: 'g',
  prompt: 'p',
  completion,
  ...(tests === undefined ? {} : { metadata: { tests } }),
})
const fenced = (language: string, source: string) => `Here it is:\n\`\`\`${language}\n${source}\n\`\`\`\n`
const python = (source: string) => fenced('python', source)

async function score(
  rollouts: readonly Rollout[],
  given: Record<string, unknown> = {},
  context = contextWith(),
): Promise<Column> {
  const result = await codeTests.score(
    new RolloutBatch(rollouts),
    parseParameters(codeTests, { workers: 2, ...given }),
    context,
  )
  return (result as SignalResult).column
}

const entries = (column: Column) =>
  Array.from(column.values, (value, row) => (column.valid[row] ? value : null))

const DOUBLE = 'print(int(input()) * 2)'
const DOUBLES = { inputs: ['1', '2', '10', '-4'], outputs: ['2', '4\n', '20', '-8'] }

test.each(codeTests.examples.map((example) => [example.title, example] as const))(
  'example: %s',
  async (_, example) => {
    const rollouts = example.input.rollouts!.map((part, index) => ({
      ...rollout('', undefined, index),
      ...part,
    }))
    expect(entries(await score(rollouts, example.parameters))).toEqual(example.result)
  },
)

test('every score of a program that passes two of four tests', async () => {
  const half = [
    rollout(python('print(abs(int(input())) * 2 if int(1) else 0)'), {
      ...DOUBLES,
      outputs: ['2', '5', '20', '-8'],
    }),
  ]
  expect(entries(await score(half))).toEqual([0])
  expect(entries(await score(half, { score: 'partial' }))).toEqual([0.5])
  expect((await score(half, { score: 'weighted' })).values[0]).toBeCloseTo(0.05, 12)
  expect(entries(await score(half, { score: 'binary' }))).toEqual([0])
  const whole = [rollout(python(DOUBLE), DOUBLES)]
  expect(entries(await score(whole))).toEqual([1])
  expect((await score(whole, { score: 'weighted' })).values[0]).toBeCloseTo(1.1, 12)
})

test('functions, methods of Solution and assertions', async () => {
  const call = { fn_name: 'add', inputs: ['1\n2', [[1, 2], 3]], outputs: [3, [4, 5]] }
  const overloaded = 'def add(a, b): return a + b if isinstance(a, int) else [x + b for x in a]'
  const method =
    'class Solution:\n  def add(self, a, b): return a + b if isinstance(a, int) else tuple(x + b for x in a)'
  const column = await score([
    rollout(python(overloaded), call),
    rollout(python(method), JSON.stringify(call)),
    rollout(python('def add(a, b): return a + b'), call),
    rollout(python('def add(a, b): return a + b'), ['assert add(1, 2) == 3', 'assert add("a", "b") == "ab"']),
    rollout(python('def add(a, b): return a - b'), ['assert add(1, 2) == 3']),
    rollout(python('def add(a, b): return a + b\nif __name__ == "__main__": print(input())'), [
      'assert add(1, 2) == 3',
    ]),
    rollout(python('def add(a, b): return 2**70 + a'), {
      fn_name: 'add',
      inputs: [[1, 2]],
      outputs: [2 ** 70],
    }),
    rollout(
      python('def add(a, b): return 2**70 + a'),
      '{"fn_name": "add", "inputs": [[1, 2]], "outputs": [1180591620717411303425]}',
    ),
  ])
  expect(entries(column)).toEqual([1, 1, 0, 1, 0, 1, 0, 1])
})

test('tests come from the parameter, the metadata or the column; a row without any is invalid', async () => {
  const program = python(DOUBLE)
  const column = await score([
    rollout(program, DOUBLES),
    rollout(program),
    rollout(program, '{broken'),
    rollout(program, []),
  ])
  expect(entries(column)).toEqual([1, null, null, null])
  expect(column.reasons?.slice(1)).toEqual(['has no tests', 'the tests are not JSON', 'has no tests'])
  const shared = await score([rollout(program), rollout(python('print(1)'))], {
    tests: DOUBLES,
    score: 'partial',
  })
  expect(entries(shared)).toEqual([1, 0])
  const columns = { ...rollout(program), columns: { tests: JSON.stringify(DOUBLES) } }
  expect(entries(await score([columns]))).toEqual([1])
})

test('no program and no compilation have scores of their own', async () => {
  const rows = [
    rollout('I do not know.', DOUBLES),
    rollout(python('print('), DOUBLES),
    rollout(fenced('cpp', '1'), DOUBLES),
  ]
  expect(entries(await score(rows))).toEqual([0, 0, 0])
  expect(entries(await score(rows, { noCode: -1, compileError: -0.1 }))).toEqual([-1, -0.1, -1])
})

test('a wrong or raising program scores 0; limits and escapes make the row invalid with their reason', async () => {
  const one = { inputs: ['1'], outputs: ['2'] }
  const rows = [
    rollout(python('print(3)'), one),
    rollout(python('raise ValueError("no")'), one),
    rollout(python('while True: pass'), one),
    rollout(python('import js'), one),
    rollout(python('x = bytearray(10**9)'), one),
  ]
  const column = await score(rows, { testSeconds: 1.5 })
  expect(entries(column)).toEqual([0, 0, null, null, null])
  expect(column.reasons?.slice(2)).toEqual([
    'test 1 of 1: time-limit: ran longer than 1.5 s',
    'test 1 of 1: escape: tried to use js',
    'test 1 of 1: memory-limit: needed more than 256 MB of memory',
  ])
  expect(entries(await score(rows, { testSeconds: 1.5, limits: 'fail' }))).toEqual([0, 0, 0, null, 0])
})

test('all tests of a row together have a limit', async () => {
  const many = { inputs: Array(8).fill(''), outputs: Array(8).fill('1') }
  const column = await score([rollout(python('import time\ntime.sleep(0.4)\nprint(1)'), many)], {
    rowSeconds: 1,
  })
  expect(entries(column)).toEqual([null])
  expect(column.reasons?.[0]).toMatch(/longer than/)
})

test('evidence shows each test and why it failed', async () => {
  const context = contextWith(undefined, true)
  const rows = [
    rollout(python('import sys\nn = int(input())\nprint(4 // n)\nprint("note", file=sys.stderr)'), {
      inputs: ['2', '0'],
      outputs: ['2', '0'],
    }),
  ]
  const column = await score(rows, {}, context)
  expect(column.evidence?.[0]).toEqual({
    passed: 1,
    total: 2,
    tests: [
      { passed: true, end: 'finished', stdout: '2\n', stderr: 'note\n' },
      {
        passed: false,
        end: 'failed',
        reason: expect.stringContaining('ZeroDivisionError'),
        stdout: '',
        stderr: '',
      },
    ],
  } satisfies CodeTestsEvidence)
})

test('an abort ends running programs and leaves their rows invalid', async () => {
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 500)
  const rows = Array.from({ length: 4 }, () => rollout(python('while True: pass'), DOUBLES))
  const column = await score(rows, { testSeconds: 60 }, contextWith(abort.signal))
  expect(entries(column)).toEqual([null, null, null, null])
  expect(column.reasons?.[3]).toBe('cancelled before its tests had run')
})

const HOSTILE = {
  python: [
    'while True: pass',
    'import os\nwhile True: os.fork()',
    'a = []\nwhile True: a.append(bytearray(10**7))',
    'while True: print("x" * 1000)',
    'import builtins\nbuiltins.print = lambda *a: None\nimport js',
    'import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()',
    'import os\nos.abort()',
    'import ctypes',
    'import socket\nsocket.socket()',
    'from pyodide.code import run_js',
  ],
  javascript: [
    'for (;;) {}',
    'try { for (;;) {} } catch { for (;;) {} }',
    'const a = []; for (;;) a.push(new Uint8Array(1e7))',
    'for (;;) console.log("x".repeat(1000))',
    'Object.prototype.x = 1; for (;;) console.log("x".repeat(1000))',
    'let x = []; for (let i = 0; i < 1e5; i++) x = [x]; String(x)',
    'JSON.stringify = null; const a = []; for (;;) a.push(new Uint8Array(1e7))',
    'setInterval(() => {}, 1)',
    '/(a+)+$/.test("a".repeat(40) + "b")',
    'const f = () => Promise.resolve().then(f); f()',
  ],
} as const
const DOUBLE_IN_JAVASCRIPT = "console.log(require('fs').readFileSync(0, 'utf8') * 2)"

test.each(['python', 'javascript'] as const)(
  'twenty hostile rows among twenty honest ones change none of them: %s',
  async (language) => {
    const right = language === 'python' ? DOUBLE : DOUBLE_IN_JAVASCRIPT
    const honest = Array.from({ length: 20 }, (_, index) => {
      const wrong = right.replace('* 2', '* 3')
      return rollout(fenced(language, index % 3 === 2 ? wrong : right), DOUBLES, index)
    })
    const alone = entries(await score(honest, { language, score: 'partial' }))
    expect(alone).toEqual(honest.map((_, index) => (index % 3 === 2 ? 0 : 1)))
    const mixed = honest.flatMap((row, index) => [
      rollout(fenced(language, HOSTILE[language][index % 10]!), DOUBLES, 100 + index),
      row,
    ])
    const column = await score(mixed, { language, score: 'partial', testSeconds: 2.5, workers: 2 })
    const scores = entries(column)
    expect(column.reasons?.filter((_, row) => row % 2 === 1).filter(Boolean)).toEqual([])
    expect(scores.filter((_, row) => row % 2 === 1)).toEqual(alone)
    expect(scores.filter((_, row) => row % 2 === 0)).toEqual(Array(20).fill(null))
    for (let row = 0; row < 40; row += 2) expect(column.reasons?.[row]).toMatch(/^test 1 of 4: [a-z-]+: ./)
  },
  180_000,
)

test('says how long each row took, so that the slow one can be named', async () => {
  const rows = [
    rollout(python('print(1)'), [{ stdin: '', expected: '1' }]),
    rollout(python('while True: pass'), [{ stdin: '', expected: '1' }], 1),
    rollout('no program', [{ stdin: '', expected: '1' }], 2),
  ]
  const parameters = parseParameters(codeTests, { workers: 2, testSeconds: 2 })
  const { seconds } = (await codeTests.score(
    new RolloutBatch(rows),
    parameters,
    contextWith(),
  )) as SignalResult
  expect(seconds![1]).toBeGreaterThanOrEqual(2)
  expect(seconds![0]).toBeLessThan(seconds![1]!)
  expect(seconds![2]).toBe(0)
})
