/** Curation of small random data against the plain definitions, row by row. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jaccard } from '../../numerics/word-grams.ts'
import { curate } from './curate.ts'
import { PairGrams } from './find-near-copies.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-curate-property-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const texts = ['a plain answer', 'a  plain answer', 'another answer', 'no answer at all, really none', 'x']
const text = fc.constantFrom(...texts)
const row = fc.record({ prompt: fc.constantFrom('p', 'q'), chosen: text, rejected: text })

interface Line {
  readonly action: string
  readonly findings: readonly string[]
}

test('copies, conflicts, equal sides and near copies are what their definitions say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 14 }), async (rows) => {
      const file = join(folder, 'input.jsonl')
      writeFileSync(file, rows.map((fields) => `${JSON.stringify(fields)}\n`).join(''))
      const report = await curate([file], {
        output: join(folder, 'out.jsonl'),
        rows: join(folder, 'rows.jsonl'),
      })
      const read = (name: string) =>
        readFileSync(join(folder, name), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
      const lines: Line[] = read('rows.jsonl')
      const has = (at: number, kind: string): boolean => lines[at]!.findings.includes(kind)
      const plain = (value: string): string => value.replace(/\s+/g, ' ')
      const keys = rows.map(
        ({ prompt, chosen, rejected }) => [prompt, plain(chosen), plain(rejected)] as const,
      )
      const grams = rows.map(
        (fields, at) => new PairGrams(3).read({ ...fields, id: String(at), source: '' }).sets,
      )
      const near = (one: number, other: number): boolean =>
        grams[one]!.every((set, field) => jaccard(set, grams[other]![field]!) >= 0.8)
      for (const [at, [prompt, chosen, rejected]] of keys.entries()) {
        const same = chosen === rejected
        expect(has(at, 'same-sides')).toBe(same)
        const earlier = keys
          .slice(0, at)
          .some((key) => key.join('|') === [prompt, chosen, rejected].join('|'))
        expect(has(at, 'copy')).toBe(earlier && !same)
        const against = keys.some((key) => key.join('|') === [prompt, rejected, chosen].join('|'))
        expect(has(at, 'conflict')).toBe(against && !same)
        if (has(at, 'near-copy')) {
          const other = keys.findIndex(
            (key, place) => place !== at && key.join('|') !== keys[at]!.join('|') && near(at, place),
          )
          expect(other).not.toBe(-1)
        }
      }
      expect(Object.values(report.actions).reduce((sum, count) => sum + count, 0)).toBe(rows.length)
      expect(read('out.jsonl')).toHaveLength(report.remaining)
      expect(lines.filter(({ action }) => action !== 'drop')).toHaveLength(report.remaining)
      // Of every text that was not dropped for another reason, one row is left.
      const kept = keys.filter((_, at) => lines[at]!.action !== 'drop').map((key) => key.join('|'))
      expect(new Set(kept).size).toBe(kept.length)
    }),
    { numRuns: 40 },
  )
})
