/** docs/train.md, followed as a reader would: every command in one folder, in the order of the page. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkTrainConfig } from '../src/reward-models/train-config.ts'
import { run } from './document-examples.ts'
import { ServeProcess } from './server/serve-process.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/train.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'guerdon-guide-'))
symlinkSync(join(root, 'examples'), join(folder, 'examples'))
afterAll(() => rmSync(folder, { recursive: true }))

const NUMBER = /-?\d+(?:\.\d+)?/g

/** Words must be the same, numbers near: sums are rounded differently on another processor, and speeds differ. */
function expectLike(printed: string, shown: string, command: string): void {
  const still = (text: string): string =>
    text
      .trim()
      .replace(/[\d ,.]+ rows a second/g, ' N rows a second')
      .replace(/in [\d.]+ s$/gm, 'in N s')
  const words = (text: string): string => still(text).replace(NUMBER, '#').replace(/ {2,}/g, '  ')
  expect(words(printed), command).toBe(words(shown))
  const numbers = (text: string): number[] => (still(text).match(NUMBER) ?? []).map(Number)
  for (const [index, value] of numbers(printed).entries()) {
    const expected = numbers(shown)[index]!
    expect(Math.abs(value - expected), `${command}: ${value} for ${expected}`).toBeLessThanOrEqual(
      0.02 + 0.02 * Math.abs(expected),
    )
  }
}

test('every command prints what the page says', async () => {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)\n```(?:\n\n```(?:text|json)\n([\s\S]*?)\n```)?/g)]
  expect(blocks.length).toBeGreaterThanOrEqual(7)
  let server: ServeProcess | undefined
  try {
    for (const [, commands, shown] of blocks) {
      if (commands!.includes(' serve ')) {
        const args = commands!.slice(commands!.indexOf(' serve ') + 7).split(' ')
        server = await ServeProcess.start([...args, '--port', '0'], { cwd: folder })
        continue
      }
      expect(shown, commands).toBeDefined()
      const here = commands!.replaceAll('http://127.0.0.1:8765', server?.url ?? '')
      expectLike(run(here, folder), shown!, commands!)
    }
  } finally {
    await server?.kill('SIGTERM')
  }
}, 120_000)

test('the configs shown are those that are shipped, and the long one is one', () => {
  const shown = [...page.matchAll(/```yaml\n([\s\S]*?)\n```/g)].map(([, text]) => text!)
  expect(shown).toHaveLength(3)
  for (const [index, file] of ['preferences.yaml', 'advice.yaml'].entries())
    expect(shown[index]).toBe(readFileSync(join(root, 'examples/train', file), 'utf8').trimEnd())
  const config = checkTrainConfig(parse(shown[2]!))
  expect(config.recipe.name).toBe('ensemble')
  expect(config.data.map(({ weight }) => weight)).toEqual([1, 0.5])
})

test('the program runs', () => {
  const [, code] = /```ts\n([\s\S]*?)\n```/.exec(page)!
  const entry = JSON.stringify(join(root, 'src/reward-models.ts'))
  writeFileSync(join(folder, 'program.ts'), code!.replace("'guerdon/reward-models'", entry))
  const [accuracy, reward] = run('node program.ts', folder).trim().split(' ').map(Number)
  expect(accuracy).toBeGreaterThan(0.6)
  expect(Number.isFinite(reward)).toBe(true)
}, 60_000)
