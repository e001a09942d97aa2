/**
 * The examples of a page, to be run as a reader would: shell commands with the output that stands below them, against
 * the server that the page starts. Commands run in a folder of their own, in which `examples` is the repository's.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ServeProcess } from './server/serve-process.ts'

const root = join(import.meta.dirname, '..')
const command = 'npm run -s guerdon -- '
/** the address that the pages write, of the usual port */
const address = 'http://127.0.0.1:8765'

export interface Example {
  /** what stands in the block, one or several commands */
  readonly commands: string
  /** the block below it, when that is output */
  readonly output?: { readonly language: 'text' | 'json'; readonly text: string } | undefined
}

/** Examples that belong together: those after a command that starts a server use it. */
export interface Scene {
  readonly serve?: string | undefined
  readonly examples: readonly Example[]
}

/** The page's scenes; blocks of other programs (a trainer's flags, docker) are none. */
export function scenesOf(markdown: string): Scene[] {
  const scenes: { serve?: string; examples: Example[] }[] = []
  const block = /```(sh|python)\n([\s\S]*?)\n```(?:\n\n```(text|json)\n([\s\S]*?)\n```)?/g
  for (const [, program, written, language, text] of markdown.matchAll(block)) {
    const commands = program === 'python' ? asCommand(written!) : written
    if (commands === undefined) continue
    if (commands!.startsWith(`${command}serve `)) {
      scenes.push({ serve: commands!.slice(`${command}serve `.length), examples: [] })
      continue
    }
    if (!/^(npm run -s guerdon -- |curl |npx node |PYTHONPATH=)/.test(commands!)) continue
    const output = text === undefined ? undefined : { language: language as 'text' | 'json', text }
    const last = scenes.at(-1)
    // These need the server, or what it kept.
    const served = commands!.includes(address) || / export --from | prune /.test(commands!)
    if (served && last !== undefined) last.examples.push({ commands: commands!, output })
    else scenes.unshift({ examples: [{ commands: commands!, output }] })
  }
  return scenes.filter(({ examples }) => examples.length > 0)
}

/**
 * A use of the Python client by hand as a command; undefined for a trainer's configuration, which is tested beside the
 * client, and where there is no Python.
 */
function asCommand(python: string): string | undefined {
  if (!python.startsWith('from guerdon_client import Client\n')) return undefined
  if (spawnSync('python3', ['--version']).status !== 0) return undefined
  return `PYTHONPATH=${join(root, 'clients/python/src')} PYTHONDONTWRITEBYTECODE=1 python3 - <<'END'\n${python}\nEND`
}

/** What an example printed beside what the page says it prints, without what differs from run to run. */
export interface Printed {
  readonly commands: string
  readonly printed: unknown
  readonly shown: unknown
}

/** Runs a scene. @throws Error when a command that shows no output fails */
export async function play({ serve, examples }: Scene): Promise<Printed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guerdon-page-'))
  let server: ServeProcess | undefined
  try {
    mkdirSync(join(root, 'examples/out'), { recursive: true })
    symlinkSync(join(root, 'examples'), join(folder, 'examples'))
    if (serve !== undefined) {
      const args = serve.replace(/\\\n/g, ' ').trim().split(/\s+/)
      server = await ServeProcess.start([...args, '--port', '0'], { cwd: folder })
    }
    const results: Printed[] = []
    for (const { commands, output } of examples) {
      const printed = run(commands.replaceAll(address, server?.url ?? address), folder)
      if (output === undefined) continue
      const same = output.language === 'json' ? comparable : withoutSpeed
      results.push({ commands, printed: same(printed), shown: same(output.text) })
    }
    return results
  } finally {
    await server?.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

export function run(commands: string, cwd = root): string {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NO_COLOR: '1' }
  // The same as npm would start, without its half second.
  const direct = commands
    .replaceAll(command, `node ${join(root, 'bin/guerdon.js')} `)
    .replaceAll('npx node ', 'node ')
  return execFileSync('bash', ['-c', direct], {
    cwd,
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** The speed differs from run to run; everything else must be the same. */
export const withoutSpeed = (text: string): string =>
  text.replace(/[\d ,.]+ rows a second/g, ' N rows a second').trimEnd()

/** Fields whose values are made anew for each request. */
const madeAnew = new Set(['batch', 'created', 'execution_time'])

function comparable(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) => {
    if (madeAnew.has(name)) return '…'
    return typeof value === 'string' ? value.replace(/-b_[0-9a-z]+$/, '-…') : value
  })
}
