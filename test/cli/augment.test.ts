/** `guerdon augment` as a person runs it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './run-command.ts'

let folder: string
const path = (name: string): string => join(folder, name)

const questions = ['capital of France', 'capital of Spain', 'river of France', 'colour of the evening sky']
const pairs = questions.map((about, row) => ({
  id: `q${row}`,
  prompt: `What is the ${about}? Please answer in one short sentence.`,
  chosen: `The answer about the ${about} follows in this sentence.`,
  rejected: 'I do not know.',
}))

const rowsOf = (name: string): Record<string, unknown>[] =>
  readFileSync(path(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-augment-'))
  writeFileSync(path('pairs.jsonl'), pairs.map((row) => `${JSON.stringify(row)}\n`).join(''))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('guerdon augment', () => {
  it('rewords chosen answers and keeps the originals', async () => {
    const { code, out } = await run('augment', path('pairs.jsonl'), '--convex', '-o', path('convex.jsonl'))
    expect(code).toBe(0)
    expect(out).toContain('4 of 4 chosen answers reworded')
    expect(out).toContain('n-gram')
    for (const [row, { chosen, chosenOriginal, rejected }] of rowsOf('convex.jsonl').entries()) {
      expect(chosen).not.toBe(pairs[row]!.chosen)
      expect(chosenOriginal).toBe(pairs[row]!.chosen)
      expect(rejected).toBe(pairs[row]!.rejected)
    }
    await run('augment', path('pairs.jsonl'), '--convex', '-o', path('again.jsonl'))
    expect(readFileSync(path('again.jsonl'), 'utf8')).toBe(readFileSync(path('convex.jsonl'), 'utf8'))
  })

  it('prefers an answer to that of a similar prompt', async () => {
    const { code } = await run(
      ...[
        'augment',
        path('pairs.jsonl'),
        '--contrast',
        '-o',
        path('contrast.jsonl'),
        '--low',
        '0.5',
        '--high',
        '0.99',
      ],
    )
    expect(code).toBe(0)
    const rows = rowsOf('contrast.jsonl')
    expect(rows.length).toBeGreaterThan(1)
    const france = rows.find(({ id }) => id === 'contrast-q0')!
    expect(france.chosen).toBe(pairs[0]!.chosen)
    expect(pairs.map(({ chosen }) => chosen)).toContain(france.rejected)
    expect(france.rejected).not.toBe(france.chosen)
    expect(france.source).toBe('contrast')
  })

  it('says what is wrong, and leaves nothing behind', async () => {
    const neither = await run('augment', path('pairs.jsonl'), '-o', path('x.jsonl'))
    expect(neither.code).toBe(2)
    expect(neither.error).toContain('either --convex or --contrast')
    const itself = await run('augment', path('pairs.jsonl'), '--convex', '-o', path('pairs.jsonl'))
    expect(itself.error).toContain('is the input itself')
    const absent = await run('augment', path('none.jsonl'), '--convex', '-o', path('x.jsonl'))
    expect(absent.code).toBe(2)
    expect(existsSync(path('x.jsonl'))).toBe(false)
  })
})
