/** `guerdon train reward-model` from outside: what it prints, its exit codes, and Ctrl-C. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { madePairs, writePairs } from '../../src/reward-models/made-preferences.contract.ts'

const bin = join(import.meta.dirname, '../../bin/guerdon.js')
const folder = mkdtempSync(join(tmpdir(), 'guerdon-cli-train-'))
afterAll(() => rmSync(folder, { recursive: true }))
writePairs(join(folder, 'pairs.jsonl'), madePairs(200, 1))

function write(name: string, more: string): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    `name: courtesy\ndata: pairs.jsonl\nholdOut: { share: 0.4 }\nencoder: { use: hashed-n-grams, width: 64 }\n${more}`,
  )
  return path
}
const quick = write('quick.yaml', 'recipe: { use: bradley-terry-head, hidden: [], epochs: 5, rate: 0.03 }\n')

function guerdon(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [bin, 'train', 'reward-model', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
}

test('it says what it learned, with which encoder, and how to go on', () => {
  const { status, stdout, stderr } = guerdon(quick, '--output', 'model')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^courtesy: bradley-terry-head on \d+ of 200 pairs, 100 prompts/)
  expect(stdout).toMatch(/without a model/)
  expect(stdout).toMatch(/accuracy +\d+\.\d %/)
  expect(stdout).toContain('{ use: reward-model, model: model, output: standardised }')
})

test('--json, --seed and --data', () => {
  writePairs(join(folder, 'other.jsonl'), madePairs(120, 2))
  const { status, stdout } = guerdon(
    quick,
    '--output',
    'json',
    '--json',
    '--seed',
    '9',
    '--data',
    'other.jsonl',
  )
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    seed: 9,
    name: 'courtesy',
    data: { pairs: 120 },
    encoder: { width: 64 },
  })
})

test.each([
  ['a model in the way', [quick, '--output', 'model'], /holds a reward model already.*--restart/],
  ['no config', ['absent.yaml'], /absent\.yaml: there is no such file/],
  ['a seed that is none', [quick, '--seed', 'x'], /"--seed": is no seed/],
  ['a wrong field', [write('wrong.yaml', 'epochs: 3\n')], /wrong\.yaml line \d+ "epochs"/],
  ['data that are not there', [quick, '--data', 'none.jsonl', '--output', 'none'], /none\.jsonl/],
])('%s: exit code 2 and one sentence', (_, args, sentence) => {
  const { status, stderr } = guerdon(...args)
  expect(status).toBe(2)
  expect(stderr).toMatch(sentence)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('Ctrl-C ends it with exit code 1 and says how to go on; the same command goes on', async () => {
  const long = write(
    'long.yaml',
    'recipe: { use: bradley-terry-head, hidden: [64], epochs: 3000, batchSize: 16 }\n',
  )
  const child = spawn(process.execPath, [bin, 'train', 'reward-model', long, '--output', 'long'], {
    cwd: folder,
  })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const checkpoint = join(folder, 'long/.work/checkpoints/head.safetensors')
  while (!existsSync(checkpoint) && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill('SIGINT')
  expect(await ended).toBe(1)
  expect(stderr).toMatch(/^RUN_CANCELLED .*The same command continues/)
  expect(existsSync(join(folder, 'long/reward-model.json'))).toBe(false)
  expect(readFileSync(checkpoint).length).toBeGreaterThan(0)
  const other = guerdon(quick, '--output', 'long')
  expect(other.status).toBe(2)
  expect(other.stderr).toMatch(/RESUME_MISMATCH/)
  expect(guerdon(quick, '--output', 'long', '--restart').status).toBe(0)
}, 60_000)
