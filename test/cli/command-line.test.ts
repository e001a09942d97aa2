/** The command line as a person meets it: help, JSON, exit codes, and one clear sentence for every bad input. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'guerdon-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function guerdon(...words: readonly string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [join(root, 'bin/guerdon.js'), ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { code: run.status, out: run.stdout, err: run.stderr }
}

function write(name: string, text: string | Buffer): string {
  writeFileSync(join(folder, name), text)
  return name
}

const good = write(
  'good.jsonl',
  [0, 1, 2, 3]
    .map(
      (row) =>
        `${JSON.stringify({ id: `r${row}`, group: `g${row >> 1}`, prompt: 'p', completion: 'word '.repeat(row), reference: 'x' })}\n`,
    )
    .join(''),
)
const spec = write(
  'spec.yaml',
  'name: words\nsignals:\n  size: { use: length, unit: words }\nadvantage: { use: dr-grpo }\n',
)
const yaml = (name: string, signals: string, rest = ''): string =>
  write(name, `name: x\nsignals:\n${signals}\n${rest}`)

describe('help and JSON', () => {
  it.each([['score'], ['explain'], ['diff'], ['methods'], ['methods', 'show'], ['init'], ['validate'], []])(
    'guerdon %s --help has an example',
    (...words) => {
      const { code, out } = guerdon(...words, '--help')
      expect(code).toBe(0)
      expect(out).toMatch(/Example:\n {2}guerdon /)
    },
  )

  it('every command answers in JSON', () => {
    for (const words of [
      ['score', spec, good],
      ['explain', spec, good, '--row', 'r1'],
      ['diff', spec, spec, good],
      ['methods', 'bnpo'],
      ['methods', 'show', 'grpo'],
      ['validate', spec, '--for', 'trl'],
      ['validate', good],
      ['init', 'starter.yaml'],
    ]) {
      const { code, out, err } = guerdon(...words, '--json')
      expect(err).toBe('')
      expect(code).toBe(0)
      expect(() => JSON.parse(out), words.join(' ')).not.toThrow()
    }
  })

  it('the starter spec runs as it is', () => {
    guerdon('init', 'mine.yaml')
    const { code, out } = guerdon('score', 'mine.yaml', good, '-o', 'mine.jsonl')
    expect(code).toBe(0)
    expect(out).toMatch(/4 rollouts in 2 groups/)
    expect(readFileSync(join(folder, 'mine.jsonl'), 'utf8').trim().split('\n')).toHaveLength(4)
  })

  it('finds methods by a paper’s name, and says so when there is none', () => {
    for (const [word, method] of [
      ['bnpo', 'beta'],
      ['dapo', 'soft-overlong'],
      ['dr. grpo', 'dr-grpo'],
      ['kimi', 'kimi-length'],
      ['rloo', 'rloo'],
    ]) {
      expect(guerdon('methods', word!).out, word).toContain(method)
    }
    expect(guerdon('methods', 'nosuchthing').code).toBe(1)
  })

  it('writes the same rows in every format', () => {
    for (const file of ['a.jsonl', 'a.jsonl.gz', 'a.csv', 'a.parquet']) {
      const { code, err } = guerdon('score', spec, good, '-o', file)
      expect(err).toBe('')
      expect(code).toBe(0)
      expect(existsSync(join(folder, file))).toBe(true)
    }
    expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toMatch(
      /^id,group,reward,advantage,valid,columns\.size,reasons\nr0,g0,0,-0\.5,true,0/,
    )
  })

  it('a TypeScript spec and a YAML spec are the same reward', () => {
    const digest = (file: string): string =>
      JSON.parse(guerdon('validate', join(root, 'examples/specs', file), '--json').out).digest
    expect(digest('arithmetic.ts')).toBe(digest('arithmetic.yaml'))
  })
})

const length = '  size: { use: length }'
const bad: readonly (readonly [what: string, words: readonly string[], sentence: RegExp])[] = [
  ['a missing file', ['score', spec, 'none.jsonl'], /^FILE_MISSING none\.jsonl: there is no such file$/],
  ['a missing spec', ['score', 'none.yaml', good], /^FILE_MISSING none\.yaml: there is no such file$/],
  [
    'a line that is not JSON',
    ['score', spec, write('b1.jsonl', '{"prompt":"p","completion":"c"}\n{oops\n')],
    /^DATA_NOT_JSON b1\.jsonl line 2: is not JSON: .*\(found: "\{oops"\)$/,
  ],
  [
    'NaN in JSON',
    ['score', spec, write('b2.jsonl', '{"prompt":"p","completion":"c","logprobs":[NaN]}\n')],
    /^DATA_NOT_JSON b2\.jsonl line 1: .*NaN and Infinity are not JSON: write null$/,
  ],
  [
    'a missing completion',
    ['score', spec, write('b3.jsonl', '{"prompt":"p","response":"c"}\n')],
    /^DATA_FIELD_MISSING b3\.jsonl line 1 "completion": is missing.*Did you mean --map completion=response\?$/,
  ],
  [
    'a completion of the wrong type',
    ['score', spec, write('b4.jsonl', '{"prompt":"p","completion":7}\n')],
    /^DATA_FIELD_INVALID b4\.jsonl line 1 "completion": .*expected a string or a list of .* \(found: 7\)$/,
  ],
  ['an empty file', ['score', spec, write('b5.jsonl', '')], /^DATA_EMPTY b5\.jsonl: has no rows/],
  [
    'a cut gzip file',
    [
      'score',
      spec,
      write('b6.jsonl.gz', gzipSync(`${'{"prompt":"p","completion":"c"}\n'.repeat(500)}`).subarray(0, 40)),
    ],
    /^\w+ b6\.jsonl\.gz.*(gzip|damaged|cut|truncated)/i,
  ],
  ['an unknown layout', ['score', spec, good, '--format', 'nosuch'], /^FILE_FORMAT_UNKNOWN .*no such layout/],
  ['a bad --map', ['score', spec, good, '--map', 'completion'], /^ARGUMENT_INVALID .*completion/],
  [
    'pairs instead of rollouts',
    ['score', spec, write('b7.jsonl', '{"prompt":"p","chosen":"a","rejected":"b"}\n')],
    /^FILE_FORMAT_UNKNOWN b7\.jsonl: the layout trl-preference holds other records/,
  ],
  [
    'YAML that is broken',
    ['validate', write('b8.yaml', 'name: x\nsignals: { a: [\n')],
    /^SPEC_INVALID b8\.yaml line \d+: is not valid YAML/,
  ],
  [
    'a field that no spec has',
    ['validate', yaml('b9.yaml', length, 'shaping: {}\n')],
    /^SPEC_INVALID b9\.yaml line 4 "shaping": a spec has no such field; expected one of/,
  ],
  [
    'an unknown method',
    ['validate', yaml('b10.yaml', '  size: { use: lenght }')],
    /^SPEC_UNKNOWN_METHOD b10\.yaml line 3 "signals\.size\.use": there is no signal "lenght"\. Did you mean length\?$/,
  ],
  [
    'a method of another kind',
    ['validate', yaml('b11.yaml', '  size: { use: grpo }')],
    /^SPEC_UNKNOWN_METHOD b11\.yaml line 3 .*"grpo" is a advantage|"grpo" is an advantage/,
  ],
  [
    'a parameter that is none',
    ['validate', yaml('b12.yaml', '  size: { use: length, units: words }')],
    /^PARAMETER_INVALID b12\.yaml line 3 "signals\.size\.units": length.* has no parameter "units"; expected one of unit/,
  ],
  [
    'a value that is not allowed',
    ['validate', yaml('b13.yaml', '  size: { use: length, unit: miles }')],
    /^PARAMETER_INVALID b13\.yaml line 3 "signals\.size\.unit": .*tokens.*\(found: "miles"\)$/,
  ],
  [
    'a column that is not there',
    ['validate', yaml('b14.yaml', length, 'combine: { use: weighted-sum, weights: { sise: 1 } }\n')],
    /^SPEC_UNKNOWN_COLUMN b14\.yaml line 4 "combine": there is no column "sise"; expected one of size\. Did you mean size\?$/,
  ],
  [
    'two signals and no combiner',
    ['validate', yaml('b15.yaml', `${length}\n  more: { use: length }`)],
    /^SPEC_INVALID b15\.yaml .*"combine": has 2 signals and nothing that combines them/,
  ],
  [
    'a pattern that RE2 lacks',
    ['validate', yaml('b16.yaml', "  m: { use: regular-expression, pattern: '(?<=a)b' }")],
    /^PARAMETER_INVALID b16\.yaml line 3 .*linear time/,
  ],
  [
    'an unknown preset',
    ['validate', write('b17.yaml', 'name: x\nuse: preset/dlre\n')],
    /^SPEC_UNKNOWN_METHOD b17\.yaml line 2 "use": there is no preset "dlre"\. Did you mean dler\?$/,
  ],
  [
    'an unknown trainer',
    ['validate', spec, '--for', 'trll'],
    /^ARGUMENT_INVALID "--for": there is no trainer "trll"; expected one of trl, verl/,
  ],
  [
    'an unknown row',
    ['explain', spec, good, '--row', 'zzz'],
    /^DATA_ROW_UNKNOWN good\.jsonl row "zzz": is not in the file$/,
  ],
  [
    'an unknown option',
    ['score', spec, good, '--outputs', 'x'],
    /^ARGUMENT_INVALID unknown option '--outputs'/,
  ],
  ['a missing argument', ['score', spec], /^ARGUMENT_INVALID missing required argument 'rollouts'/],
  [
    'an output in a folder that is not there',
    ['score', spec, good, '-o', 'nowhere/x.jsonl'],
    /^FILE_MISSING nowhere\/x\.jsonl: the file cannot be written; expected an existing folder/,
  ],
  ['an output of unknown kind', ['score', spec, good, '-o', 'x.docx'], /^FILE_FORMAT_UNKNOWN x\.docx/],
  [
    'a spec that throws',
    ['score', write('b18.ts', "throw new Error('no luck')\n"), good],
    /^SPEC_INVALID b18\.ts: cannot be loaded: no luck$/,
  ],
  [
    'a spec that exports nothing',
    ['score', write('b19.ts', 'export const x = 1\n'), good],
    /^SPEC_INVALID b19\.ts: has no default export/,
  ],
]

describe('bad input', () => {
  it.each(bad)('%s: one sentence, exit code 2, nothing written', (_, words, sentence) => {
    const before = readdirSync(folder).sort()
    const { code, out, err } = guerdon(...words)
    const [first, ...more] = err.trimEnd().split('\n')
    expect(first).toMatch(sentence)
    // Commander adds its own suggestion on a second line; nothing else may follow.
    expect(more.every((line) => /^\(Did you mean/.test(line))).toBe(true)
    expect(err).not.toMatch(/\n\s+at /)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(
      readdirSync(folder)
        .sort()
        .filter((name) => !name.endsWith('.journal')),
    ).toEqual(before.filter((name) => !name.endsWith('.journal')))
  })

  it('leaves rows out when asked, counts them and says why', () => {
    const file = write('mixed.jsonl', '{"prompt":"p","completion":"c"}\n{"prompt":"p"}\nnot json\n')
    const { code, out, err } = guerdon('score', spec, file, '--skip-invalid')
    expect(code).toBe(0)
    expect(out).toMatch(/^1 rollouts/)
    expect(err).toMatch(/^2 of 3 rows left out: 1 × "completion" is missing, 1 × not readable as a row/)
  })

  it('validate lists every broken row of a data file', () => {
    const { code, out } = guerdon('validate', 'mixed.jsonl')
    expect(code).toBe(2)
    expect(out).toMatch(/DATA_FIELD_MISSING mixed\.jsonl line 2/)
    expect(out).toMatch(/DATA_NOT_JSON mixed\.jsonl line 3/)
  })
})
