import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-first-use-'))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const spec = file('length.yaml', 'name: a\nsignals:\n  n: { use: length }\n')

async function failing(...argv: string[]): Promise<[number, string]> {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  return [await main(argv), error.mock.calls.flat().join('\n')]
}
afterEach(() => vi.restoreAllMocks())

test('scored rows never replace the rollouts they were made from', async () => {
  const text = '{"id":"a","prompt":"p","completion":"x"}\n'
  const rollouts = file('rollouts.jsonl', text)
  const [code, said] = await failing('score', spec, rollouts, '-o', rollouts)
  expect(code).toBe(2)
  expect(said).toContain('would overwrite a file that is read')
  expect(readFileSync(rollouts, 'utf8')).toBe(text)
})

test('an empty file leaves no journal that would refuse the next one', async () => {
  const output = join(folder, 'scored.jsonl')
  expect((await failing('score', spec, file('empty.jsonl', ''), '-o', output))[0]).toBe(2)
  expect(existsSync(`${output}.journal`)).toBe(false)
})

test.each([
  ['an alias without its anchor', 'name: a\nsignals: { n: *none }\n', 'Unresolved alias'],
  [
    'a number as the name of a column',
    'name: a\nsignals: { 5: { use: length } }\n',
    'starting with a letter',
  ],
])('%s is one sentence', async (_, text, words) => {
  const [code, said] = await failing('validate', file('broken.yaml', text))
  expect(code).toBe(2)
  expect(said).toContain(words)
  expect(said).not.toContain('\n')
})

test('a folder that does not exist is one sentence', async () => {
  const [code, said] = await failing('init', join(folder, 'none', 'reward.yaml'))
  expect([code, said.includes('\n')]).toEqual([2, false])
})
