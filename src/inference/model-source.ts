/** A model's name in a spec as a folder on this machine: one that is there, or a repository that is downloaded. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { GuerdonError } from '../records/error.ts'
import { downloadModel } from './hub.ts'

export interface FindModelOptions {
  /** relative paths start here; default: the current directory */
  readonly folder?: string | undefined
  /** which ONNX file of a repository is wanted */
  readonly file?: string | undefined
  /** nothing is downloaded; default: GUERDON_OFFLINE or HF_HUB_OFFLINE */
  readonly offline?: boolean | undefined
  /** bytes that have come and all there are, of the files that are downloaded */
  readonly progress?: ((done: number, total: number) => void) | undefined
}

const REPOSITORY = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/

/**
 * The folder of a model. A folder of that name is taken before a repository of the hub; a name that begins with `.`,
 * `/` or `~` is never a repository.
 *
 * @param model a folder, or `owner/name`, or `owner/name@revision`
 * @throws GuerdonError MODEL_MISSING when it is neither or not to be had, DOWNLOAD_FAILED
 */
export async function findModel(model: string, options: FindModelOptions = {}): Promise<string> {
  const path = resolve(options.folder ?? '.', model)
  if (existsSync(path) && statSync(path).isDirectory()) return path
  const repository = /^[./~]/.test(model) ? null : REPOSITORY.exec(model)
  if (repository === null) {
    throw new GuerdonError('MODEL_MISSING', 'there is no such model folder', {
      where: { file: path },
      expected: 'a folder, or a repository of the hub (owner/name)',
    })
  }
  return downloadModel({
    repository: repository[1]!,
    revision: repository[2],
    file: options.file,
    offline: options.offline,
    progress: options.progress,
  })
}
