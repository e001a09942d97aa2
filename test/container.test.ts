/** The container's files name what the server has; building an image needs an engine, which is not needed here. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseServeOptions } from '../src/server/options.ts'

const root = resolve(import.meta.dirname, '..')
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8')) as {
  services: Record<
    string,
    {
      environment?: Record<string, string>
      read_only?: boolean
      cap_drop?: string[]
      depends_on?: Record<string, unknown>
      healthcheck?: unknown
    }
  >
}

describe('the image', () => {
  it('runs without root and keeps data outside of what may be read-only', () => {
    expect(dockerfile).toMatch(/^USER node$/m)
    expect(dockerfile).toMatch(/^VOLUME \/data$/m)
    expect(dockerfile).toMatch(/GUERDON_STORE=\/data\//)
  })

  it('copies only what there is', () => {
    const copied = [...dockerfile.matchAll(/^COPY ([^-\n].*) \S+$/gm)].flatMap(([, from]) => from!.split(' '))
    expect(copied).toContain('package-lock.json')
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true)
    const built = [...dockerfile.matchAll(/\/app\/(\S+) \.\//g)].map(([, path]) => path!)
    for (const path of built.filter((name) => name !== 'dist' && name !== 'node_modules'))
      expect(existsSync(join(root, path)), path).toBe(true)
  })

  it('sets options that the server takes', () => {
    const set = [...dockerfile.matchAll(/(GUERDON_\w+)=(\S+)/g)].map(
      ([, name, value]) => [name!, value!] as const,
    )
    const options = parseServeOptions({}, Object.fromEntries(set))
    expect(options).toMatchObject({ host: '0.0.0.0', port: 8765, store: '/data/store.sqlite' })
  })
})

describe('the composition', () => {
  const { guerdon, ...others } = compose.services

  it('gives the server keys, PostgreSQL and Redis under names that it takes', () => {
    const environment = { ...guerdon!.environment, GUERDON_KEY: 'a-key-of-sixteen-characters' }
    const options = parseServeOptions({}, environment)
    expect(options.store).toMatch(/^postgres:/)
    expect(options.redis).toBe('redis://redis:6379')
    expect(options.key).toHaveLength(1)
    // Every variable is an option: one that is misspelt would change nothing.
    for (const name of Object.keys(environment)) {
      const without = parseServeOptions({}, { ...environment, [name]: '' })
      expect(without, name).not.toEqual(options)
    }
  })

  it('waits for what the server needs and gives it no more rights than it needs', () => {
    expect(guerdon).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    expect(Object.keys(guerdon!.depends_on!)).toEqual(Object.keys(others))
    for (const [name, service] of Object.entries(others)) expect(service.healthcheck, name).toBeDefined()
  })
})
