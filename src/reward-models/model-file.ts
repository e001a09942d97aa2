/**
 * A reward model on the disk: a folder with `reward-model.json`, which says everything a person or a program must know
 * about it, and its numbers in safetensors files. Nothing in it is executed when it is read.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { hostTensor, type Parameters } from '../engine/host-tensor.ts'
import { decodeSafetensors, encodeSafetensors, writeWhole } from '../engine/safetensors.ts'
import { parseParameters } from '../kinds/method.ts'
import { GuerdonError, messageOf } from '../records/error.ts'
import type { Settings, UserVectors } from './recipe.ts'
import { recipeNamed } from './recipes.ts'
import type { Scorable } from './score-rows.ts'
import { encodedTextSpec, pairEncoderSpec } from './train-config.ts'

export const MANIFEST = 'reward-model.json'
export const WEIGHTS = 'reward-model.safetensors'
export const USERS = 'users.safetensors'
const FORMAT = 'guerdon-reward-model'
/** of the format: raised when an older Guerdon could not read it any more */
const VERSION = 1

const storedFile = z.object({ file: z.string(), sha256: z.string() })
const number = z.number().nullable()

const calibrationSchema = z.object({
  /** T > 0: differences of rewards divided by it are honest log-odds */
  temperature: z.number().positive(),
  /** over the rewards of the pairs that it was fitted on */
  mean: z.number(),
  standardDeviation: z.number().positive(),
  logLossBefore: number,
  logLossAfter: number,
  eceBefore: number,
  eceAfter: number,
  pairs: z.number(),
})
export type Calibration = z.infer<typeof calibrationSchema>

const manifestSchema = z.looseObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  name: z.string(),
  description: z.string().optional(),
  guerdon: z.string(),
  created: z.string(),
  seed: z.number(),
  recipe: z.object({ use: z.string(), parameters: z.record(z.string(), z.unknown()) }),
  settings: z.record(z.string(), z.unknown()),
  encoder: z.object({
    spec: pairEncoderSpec,
    digest: z.string(),
    width: z.number(),
    notice: z.string().optional(),
  }),
  text: encodedTextSpec,
  weights: storedFile,
  users: storedFile.extend({ names: z.array(z.string()) }).optional(),
  calibration: calibrationSchema,
  data: z.looseObject({ digest: z.string() }),
  metrics: z.record(z.string(), z.unknown()),
  report: z.unknown().optional(),
})
export type Manifest = z.infer<typeof manifestSchema>

/** What a training run hands over to be stored. */
export interface ModelContents
  extends Pick<
    Manifest,
    | 'name'
    | 'description'
    | 'seed'
    | 'recipe'
    | 'encoder'
    | 'text'
    | 'calibration'
    | 'data'
    | 'metrics'
    | 'report'
  > {
  readonly settings: Settings
  readonly weights: Parameters
  readonly users?: UserVectors
}

export interface LoadedModel extends Scorable {
  readonly manifest: Manifest
  readonly folder: string
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/**
 * Writes a model: into a folder beside the one it is for, which is then renamed, so that a crash leaves the old model,
 * the new one, or none, never a mixture. What stood in the folder is gone afterwards.
 */
export function saveRewardModel(folder: string, contents: ModelContents): Manifest {
  const { weights, users, ...rest } = contents
  const beside = join(dirname(folder), `.${basename(folder)}.${process.pid}`)
  const [fresh, old] = [`${beside}.new`, `${beside}.old`]
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  try {
    const bytes = encodeSafetensors({ tensors: weights, metadata: { format: FORMAT } })
    writeWhole(join(fresh, WEIGHTS), bytes)
    let stored: Manifest['users']
    if (users !== undefined) {
      const { names, vectors, width, unknown } = users
      const tensors = {
        vectors: hostTensor(vectors, [names.length, width]),
        unknown: hostTensor(unknown, [width]),
      }
      const userBytes = encodeSafetensors({ tensors, metadata: { format: FORMAT } })
      writeWhole(join(fresh, USERS), userBytes)
      stored = { file: USERS, sha256: sha256(userBytes), names: [...names] }
    }
    const manifest: Manifest = {
      format: FORMAT,
      version: VERSION,
      guerdon: packageVersion(),
      created: new Date().toISOString(),
      ...rest,
      settings: { ...rest.settings },
      weights: { file: WEIGHTS, sha256: sha256(bytes) },
      ...(stored && { users: stored }),
    }
    writeWhole(join(fresh, MANIFEST), new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`))
    if (existsSync(folder)) renameSync(folder, old)
    renameSync(fresh, folder)
    rmSync(old, { recursive: true, force: true })
    return manifest
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    throw error
  }
}

/** Reads what a model says about itself. @throws GuerdonError MODEL_MISSING; MODEL_INVALID */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST)
  if (!existsSync(path))
    throw new GuerdonError('MODEL_MISSING', 'holds no reward model', {
      where: { file: folder },
      expected: `a folder with ${MANIFEST}, as guerdon train reward-model writes it`,
    })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new GuerdonError('MODEL_INVALID', `is not JSON: ${messageOf(cause)}`, {
      where: { file: path },
      cause,
    })
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown }
  if (format === FORMAT && version !== VERSION)
    throw new GuerdonError('MODEL_INVALID', 'has another version of the format', {
      where: { file: path, field: 'version' },
      found: version,
      expected: `${VERSION}; a newer Guerdon may read it`,
    })
  const result = manifestSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new GuerdonError('MODEL_INVALID', `is no description of a reward model: ${issue.message}`, {
    where: { file: path, field: issue.path.map(String).join('.') || undefined },
  })
}

/** The tensors of a file beside the manifest, once its bytes are those that were stored. */
function readStored(folder: string, { file, sha256: expected }: z.infer<typeof storedFile>): Parameters {
  const path = join(folder, basename(file))
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new GuerdonError('MODEL_MISSING', 'cannot be read', { where: { file: path }, cause })
  }
  if (sha256(bytes) !== expected)
    throw new GuerdonError('MODEL_INVALID', 'is not the file that was stored with this model', {
      where: { file: path },
      found: `SHA-256 ${sha256(bytes).slice(0, 12)}…`,
      expected: `${expected.slice(0, 12)}…`,
    })
  return decodeSafetensors(bytes, path).tensors
}

/**
 * Reads a model without opening its encoder.
 * @throws GuerdonError MODEL_MISSING, MODEL_INVALID; SPEC_UNKNOWN_METHOD for a recipe that this version does not have
 */
export function loadRewardModel(folder: string): LoadedModel {
  const manifest = readManifest(folder)
  const recipe = recipeNamed(manifest.recipe.use)
  const weights = readStored(folder, manifest.weights)
  let users: UserVectors | undefined
  if (manifest.users !== undefined) {
    const { vectors, unknown } = readStored(folder, manifest.users)
    const { names } = manifest.users
    if (vectors?.shape[0] !== names.length || unknown === undefined)
      throw new GuerdonError('MODEL_INVALID', 'does not hold the vectors of its users', {
        where: { file: folder },
      })
    users = {
      names,
      vectors: vectors.values as Float32Array,
      width: vectors.shape[1]!,
      unknown: unknown.values as Float32Array,
    }
  }
  return {
    manifest,
    folder,
    recipe,
    parameters: parseParameters(recipe, manifest.recipe.parameters),
    weights,
    settings: manifest.settings,
    ...(users && { users }),
    width: manifest.encoder.width,
  }
}
