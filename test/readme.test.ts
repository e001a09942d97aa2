/** Every example in the README and in docs prints what it says, and everything they name exists. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Results, readmeTable } from '../speed/readme-table.ts'
import { ERROR_CODES } from '../src/records/error.ts'
import { play, run, scenesOf, withoutSpeed } from './document-examples.ts'

const root = join(import.meta.dirname, '..')
const pageOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const readme = pageOf('README.md')
const pages = [
  'README.md',
  'docs/serving.md',
  'docs/operating.md',
  'docs/audit.md',
  'docs/curation.md',
  'docs/encoders.md',
  'docs/engine.md',
]

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const scenes = pages.flatMap((page) =>
  scenesOf(pageOf(page)).map((scene) => ({ page, scene, name: scene.serve ?? scene.examples[0]!.commands })),
)

describe('the pages', () => {
  it('have examples', () => {
    expect(scenes.length).toBeGreaterThanOrEqual(10)
    expect(scenes.filter(({ scene }) => scene.serve !== undefined).length).toBeGreaterThanOrEqual(3)
  })

  const printsWhatItSays = async ({ scene }: (typeof scenes)[number]): Promise<void> => {
    for (const { commands, printed, shown } of await play(scene)) expect(printed, commands).toEqual(shown)
  }
  const served = scenes.filter(({ scene }) => scene.serve !== undefined)
  it.each(scenes.filter((scene) => !served.includes(scene)))('$page: $name', printsWhatItSays)
  // The pages ask the server with curl.
  it.skipIf(!has('curl')).each(served)('$page: serve $name', printsWhatItSays)

  it.each([
    ['README.md', 'examples/score-in-code.ts', "'../src/index.ts'", "'guerdon'"],
    ['docs/serving.md', 'examples/serve-in-code.ts', "'../src/server.ts'", "'guerdon/server'"],
    ['docs/engine.md', 'examples/train-in-code.ts', "'../src/engine.ts'", "'guerdon/engine'"],
    ['docs/encoders.md', 'examples/encode-in-code.ts', "'../src/inference.ts'", "'guerdon/inference'"],
  ])('%s: shows the code of %s and what it prints', (page, path, from, name) => {
    const [, code, output] = /```ts\n([\s\S]*?)\n```\n\n```text\n([\s\S]*?)\n```/.exec(pageOf(page))!
    expect(pageOf(path).replace(from, name)).toContain(code)
    expect(run(`node ${path}`).trimEnd()).toBe(output)
  })

  it('link to files that exist', () => {
    for (const page of [...pages, 'docs/architecture.md', 'clients/python/README.md']) {
      const folder = join(root, page, '..')
      for (const [, target] of pageOf(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        expect(existsSync(join(folder, target!)), `${page}: ${target}`).toBe(true)
    }
  })

  it('name figures that the server has', () => {
    const metrics = pageOf('src/server/http/metrics.ts')
    for (const [name] of pageOf('docs/operating.md').matchAll(/\bguerdon_[a-z_]+/g))
      expect(metrics, name).toContain(`'${name.replace(/_(bucket|sum|count)$/, '')}'`)
  })

  it('list every error code with its statuses', () => {
    const listed = [...pageOf('docs/serving.md').matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (\d) \|/gm)].map(
      ([, code, httpStatus, exitCode]) => [code, Number(httpStatus), Number(exitCode)],
    )
    const known = Object.entries(ERROR_CODES).map(([code, { httpStatus, exitCode }]) => [
      code,
      httpStatus,
      exitCode,
    ])
    expect(listed).toEqual(known)
  })
})

describe('the README', () => {
  it('shows what npm start prints', () => {
    const shown = /shows what a reward does to them[^\n]*:\n\n```text\n([\s\S]*?)\n```/.exec(readme)![1]!
    expect(withoutSpeed(run('npm -s start -- --no-studio'))).toBe(withoutSpeed(shown))
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
    for (const [, path] of pages
      .map(pageOf)
      .join('\n')
      .matchAll(/`((?:examples|docs|src|speed|clients)\/[\w./-]+)`/g)) {
      // Written by the benchmark where it runs.
      if (path !== 'speed/results.json') expect(existsSync(join(root, path!)), path).toBe(true)
    }
    for (const [, script] of readme.matchAll(/npm run (?:-s )?(\w+)/g))
      expect(scripts).toHaveProperty(script!)
  })
})
