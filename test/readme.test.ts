/** Every example in the README prints what it says, and everything it names exists. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Results, readmeTable } from '../speed/readme-table.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The speed differs from run to run; everything else must be the same. */
const withoutSpeed = (text: string): string =>
  text.replace(/[\d ,.]+ rows a second/g, ' N rows a second').trimEnd()

function run(command: string): string {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NO_COLOR: '1' }
  return execFileSync('bash', ['-c', command], {
    cwd: root,
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

const examples = [...readme.matchAll(/```sh\n(npm run -s guerdon[^\n]+)\n```\n\n```text\n([\s\S]*?)\n```/g)]

describe('the README', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4)
  })

  it.each(examples.map(([, command, output]) => [command!, output!]))('%s', (command, output) => {
    expect(withoutSpeed(run(command))).toBe(withoutSpeed(output))
  })

  it('shows what npm start prints', () => {
    const shown = /shows what a reward does to them:\n\n```text\n([\s\S]*?)\n```/.exec(readme)![1]!
    expect(withoutSpeed(run('npm -s start'))).toBe(withoutSpeed(shown))
  })

  it('shows the code of examples/score-in-code.ts and what it prints', () => {
    const [, code, output] = /```ts\n([\s\S]*?)\n```\n\n```text\n([\s\S]*?)\n```/.exec(readme)!
    const file = readFileSync(join(root, 'examples/score-in-code.ts'), 'utf8').replace(
      "'../src/index.ts'",
      "'guerdon'",
    )
    expect(file).toContain(code)
    expect(run('node examples/score-in-code.ts').trimEnd()).toBe(output)
  })

  it('shows the speed that the last benchmark measured', () => {
    const results = JSON.parse(readFileSync(join(root, 'speed/results.json'), 'utf8')) as Results
    expect(readme).toContain(readmeTable(results))
  })

  it('shows the spec that is shipped', () => {
    const shown = /```yaml\n([\s\S]*?)\n```/.exec(readme)![1]!
    expect(readFileSync(join(root, 'examples/specs/arithmetic.yaml'), 'utf8')).toContain(shown)
  })

  it('names files that exist and scripts that are there', () => {
    const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<
      string,
      string
    >
    for (const [, path] of readme.matchAll(/`((?:examples|docs|src|speed)\/[\w./-]+)`/g)) {
      // Written by the benchmark where it runs.
      if (path !== 'speed/results.json') expect(existsSync(join(root, path!)), path).toBe(true)
    }
    for (const [, script] of readme.matchAll(/npm run (?:-s )?(\w+)/g))
      expect(scripts).toHaveProperty(script!)
  })
})
