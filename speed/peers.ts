/**
 * The libraries that are measured beside Guerdon: a Python environment in `speed/.peers`, made once with pip, and one
 * Python process (`peers.py`) that answers a command at a time.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const here = import.meta.dirname
const folder = join(here, '.peers')
export const python: string = join(folder, 'venv', 'bin', 'python')

/** Published packages whose functions are called without most of what the whole trainer needs. */
const TRAINERS = ['verl==0.9.1', 'trl==1.16.0']

/** One thread each unless a command asks for more; no device, no telemetry, no look at a hub. */
export const peerEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  CUDA_VISIBLE_DEVICES: '',
  VERL_FORCE_DEVICE: 'cpu',
  HF_HUB_OFFLINE: '1',
  TOKENIZERS_PARALLELISM: 'false',
}

function installed(): string {
  const lists = ['requirements.txt', 'requirements-trainers.txt'].map((name) =>
    readFileSync(join(here, name), 'utf8'),
  )
  return [...lists, ...TRAINERS].join('\n')
}

/** Makes the environment if it is not there yet; a failed trainer is reported later, by the import that fails. */
export function setUpPeers(): void {
  const stamp = join(folder, 'installed.txt')
  const wanted = installed()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Setting up the peers in speed/.peers (once, some minutes) …')
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as const, cwd: here }
  const pip = (...args: string[]): void => {
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args], {
      ...options,
      stdio: [...options.stdio],
    })
  }
  if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', join(folder, 'venv')])
  pip('-r', 'requirements.txt')
  try {
    pip('-r', 'requirements-trainers.txt')
    pip('--no-deps', ...TRAINERS)
  } catch (error) {
    console.error(`The trainers' packages do not install: ${error instanceof Error ? error.message : error}`)
  }
  writeFileSync(stamp, wanted)
}

/** The Python process: a JSON object a line in, one a line out. */
export class Peers {
  readonly #child: ChildProcess
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []

  constructor() {
    this.#child = spawn(python, [join(here, 'peers.py')], {
      env: peerEnvironment,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#waiting.shift()?.resolve(line))
    this.#child.once('exit', (code) => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`the peers' process ended (${code})`))
    })
  }

  /** Sends a command and waits for its answer; an error on the other side is thrown here. */
  async ask<T>(command: string, request: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin!.write(`${JSON.stringify({ do: command, ...request })}\n`)
    })
    const answer = JSON.parse(line) as T & { readonly error?: string }
    if (answer.error !== undefined) throw new Error(`peers, ${command}: ${answer.error}`)
    return answer
  }

  close(): void {
    this.#child.stdin!.end()
  }
}
