/** Every `@example expression // result` of the sources is run, and gives what it says. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as guerdon from '../src/index.ts'
import { plain } from './parity/compare.ts'

const root = join(import.meta.dirname, '..')

interface DocumentedExample {
  readonly file: string
  readonly expression: string
  readonly said: string
}

const examples: DocumentedExample[] = []
for (const file of globSync('src/**/*.ts', { cwd: root }).sort()) {
  if (/\.(test|contract)\.ts$/.test(file) || file.endsWith('-worker.ts')) continue
  for (const [, expression, said] of readFileSync(join(root, file), 'utf8').matchAll(
    /^ *\*+ @example (.+?) \/\/ (.+)$/gm,
  )) {
    examples.push({ file, expression: expression!, said: said! })
  }
}

/** The result in words a person writes: typed arrays as they print, a proper minus, ≈ for rounded numbers. */
function expectedOf(said: string): { readonly value: unknown; readonly digits: number } | undefined {
  const rounded = said.includes('≈')
  const text = (rounded ? said.slice(said.lastIndexOf('≈') + 1) : said)
    .replaceAll('−', '-')
    .replace(/\b(Float64Array|Float32Array|Int32Array|Uint8Array)\s*(?=\[)/g, '')
    .trim()
  // What follows the literal is commentary: "-60; logSigmoid(60) is …", "0.5 (a tie)".
  for (const candidate of [text, text.split(/;| \(|, not |: /)[0]!]) {
    try {
      const value: unknown = new Function(`"use strict"; return (${candidate})`)()
      const longest = Math.max(
        0,
        ...[...candidate.matchAll(/\d\.(\d+)(?!\d*e)/g)].map(([, decimals]) => decimals!.length),
      )
      return { value, digits: rounded ? Math.min(longest, 4) : longest >= 4 ? Math.min(longest, 12) : 9 }
    } catch {
      // Prose: no value to compare with.
    }
  }
  return undefined
}

/** Compares with as many decimals as the example shows. */
function expectShown(actual: unknown, expected: unknown, digits: number): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    if (Number.isNaN(expected)) expect(actual).toBeNaN()
    else
      expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(
        0.6 * 10 ** -digits * Math.max(1, Math.abs(expected)),
      )
  } else if (Array.isArray(expected)) {
    expect((actual as unknown[]).length).toBe(expected.length)
    for (const [index, entry] of expected.entries()) expectShown((actual as unknown[])[index], entry, digits)
  } else if (expected !== null && typeof expected === 'object') {
    for (const [key, entry] of Object.entries(expected))
      expectShown((actual as Record<string, unknown>)[key], entry, digits)
  } else expect(actual).toEqual(expected)
}

async function scopeOf(file: string): Promise<Record<string, unknown>> {
  const own = (await import(pathToFileURL(join(root, file)).href)) as Record<string, unknown>
  const source = readFileSync(join(root, file), 'utf8')
  const scope: Record<string, unknown> = { ...guerdon }
  // What the file imports is at hand in its examples, too.
  for (const [, path] of source.matchAll(/^(?:import|export)[^'"]*from '(\.[^']+\.ts)'/gm)) {
    Object.assign(scope, await import(pathToFileURL(join(root, file, '..', path!)).href))
  }
  return { ...scope, ...own }
}

const runnable = examples.filter(({ said }) => expectedOf(said) !== undefined)

describe('examples in the documentation of functions', () => {
  it('are many, and nearly all have a result that can be compared', () => {
    expect(examples.length).toBeGreaterThan(120)
    expect(runnable.length / examples.length).toBeGreaterThan(0.85)
  })

  it.each(runnable.map((example) => [example.file, example.expression, example]))(
    '%s: %s',
    async (file, expression, { said }) => {
      const scope = await scopeOf(file as string)
      const names = Object.keys(scope).filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default')
      const statements = (expression as string).split(/;\s+/)
      const last = statements.pop()!
      const body = `"use strict"; return (async () => { ${statements.join('; ')}; return (${last}) })()`
      const actual = plain(await new Function(...names, body)(...names.map((name) => scope[name])))
      const { value, digits } = expectedOf(said)!
      expectShown(actual, value, digits)
    },
  )
})
