/** The whole server inside the test's process: a spec file, a store of its own, and what it wrote to its log. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { assemble } from '../../src/server/assemble.ts'
import { parseServeOptions } from '../../src/server/options.ts'
import { type RunningServer, startServer } from '../../src/server/serve.ts'

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly rows?: number
}

export interface AssembledServer extends RunningServer, AsyncDisposable {
  readonly log: readonly LogLine[]
  /** status and JSON of an answer */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it says itself
  readonly body: any
}

/** A folder for one test file; the caller removes it. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'guerdon-serve-'))

  /** Writes a file and gives its path. */
  write(name: string, text: string): string {
    writeFileSync(join(this.path, name), text)
    return join(this.path, name)
  }

  file(name: string): string {
    return join(this.path, name)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

export const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return { status: response.status, body: isJson ? JSON.parse(text) : text }
}

/** Starts a spec file's server on a free port; whatever option is not given has its default, and no store is kept. */
export async function assembledServer(
  spec: string,
  given: Readonly<Record<string, unknown>> = {},
): Promise<AssembledServer> {
  const log: LogLine[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) })
  const options = parseServeOptions({ port: 0, store: 'none', ...given })
  const server = await startServer(options, logger, (surroundings) => assemble(spec, options, surroundings))
  return {
    ...server,
    log,
    async post(path, body, headers = {}) {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
      return answerOf(response)
    },
    get: async (path, headers = {}) => answerOf(await fetch(`${server.url}${path}`, { headers })),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

/** Waits until a condition holds, for at most some seconds. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
