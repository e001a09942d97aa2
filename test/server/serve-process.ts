/** `guerdon serve` as a process of its own, for tests that kill it, stop it, or run several. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

const bin = resolve(import.meta.dirname, '../../bin/guerdon.js')

export class ServeProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly #output: () => string

  private constructor(child: ChildProcess, url: string, output: () => string) {
    this.child = child
    this.url = url
    this.#output = output
  }

  /** Starts a server on a free port and waits until it says where it listens. */
  static async start(
    args: readonly string[],
    options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
  ): Promise<ServeProcess> {
    const child = spawn(process.execPath, [bin, 'serve', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
    })
    let output = ''
    const { promise, resolve: found, reject } = Promise.withResolvers<string>()
    const read = (chunk: Buffer): void => {
      // What a long run prints later is not kept.
      if (output.length < 1_000_000) output += chunk.toString('utf8')
      const url = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/.exec(output)?.[0]
      if (url !== undefined) found(url)
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    child.once('exit', (code, signal) =>
      reject(new Error(`guerdon serve ended (${code ?? signal}) before it listened:\n${output}`)),
    )
    return new ServeProcess(child, await promise, () => output)
  }

  get output(): string {
    return this.#output()
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    await ended
    return this.child.exitCode
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  }
}
