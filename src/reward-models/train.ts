/** From preferences to a stored reward model: read, split, encode, train, calibrate, measure, save. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { runDigest } from '../engine/checkpoint.ts'
import { writeWhole } from '../engine/safetensors.ts'
import { GuerdonError } from '../records/error.ts'
import { calibrate } from './calibrate.ts'
import { type EncodedData, encodePairs } from './encode-pairs.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { MANIFEST, type Manifest, saveRewardModel, USERS, WEIGHTS } from './model-file.ts'
import { encoderSeenFrom, type OpenedPairEncoder, openPairEncoder } from './pair-encoder.ts'
import { type PairQuality, pairQualityOf } from './pair-quality.ts'
import type { DataReport } from './scan-pairs.ts'
import { openRowScorer, type RowScorer } from './score-rows.ts'
import type { TrainConfig } from './train-config.ts'

export interface TrainProgress {
  /** read, encode, the recipe's own stages, measure */
  readonly stage: string
  readonly done: number
  readonly total?: number | undefined
  readonly loss?: number | undefined
}

export interface TrainContext {
  /** folder of the model instead of the config's */
  readonly output?: string | undefined
  /** forget what an interrupted run left, and replace the model that is there */
  readonly restart?: boolean | undefined
  /** false: train in this thread */
  readonly worker?: boolean | undefined
  readonly abort?: AbortSignal | undefined
  readonly offline?: boolean | undefined
  readonly progress?: ((progress: TrainProgress) => void) | undefined
}

export interface TrainOutcome {
  readonly folder: string
  readonly manifest: Manifest
  readonly data: DataReport
  /** on pairs that neither trained nor chose anything */
  readonly heldOut: PairQuality
  /** a sentence about the encoder that a reader of the result must know */
  readonly notice: string | undefined
}

const WORK = '.work'

/** What makes a run the same run, before its data was read. */
const runOf = ({
  data,
  skipInvalid,
  holdOut,
  encoder,
  text,
  recipe,
  parameters,
  seed,
  limits,
}: TrainConfig): string =>
  runDigest([data, skipInvalid, holdOut, encoder, text, recipe.name, parameters, seed, limits.pairs ?? null])

/**
 * Makes the folder ready: it is new, or holds what an interrupted run of the same config left.
 * @throws GuerdonError ARGUMENT_INVALID for a folder of other things or with a finished model; RESUME_MISMATCH for the
 *   remains of another run
 */
function prepare(folder: string, run: string, restart: boolean): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory())
      throw new GuerdonError('ARGUMENT_INVALID', 'is a file', {
        where: { file: folder },
        expected: 'a folder',
      })
    const names = readdirSync(folder)
    const foreign = names.find((name) => ![WORK, MANIFEST, WEIGHTS, USERS].includes(name))
    if (foreign !== undefined)
      throw new GuerdonError('ARGUMENT_INVALID', 'holds other things than a reward model', {
        where: { file: folder },
        found: foreign,
        expected: 'a folder that is new, empty, or a reward model’s',
      })
    if (names.includes(MANIFEST) && !restart)
      throw new GuerdonError('ARGUMENT_INVALID', 'holds a reward model already', {
        where: { file: folder },
        hint: 'Replace it with --restart, or name another folder with --output',
      })
  }
  const note = join(folder, WORK, 'run.json')
  if (restart) rmSync(join(folder, WORK), { recursive: true, force: true })
  else if (existsSync(note) && JSON.parse(readFileSync(note, 'utf8')).run !== run)
    throw new GuerdonError('RESUME_MISMATCH', 'holds an interrupted run of another config', {
      where: { file: folder },
      hint: 'Begin again with --restart, or name another folder with --output',
    })
  mkdirSync(join(folder, WORK), { recursive: true })
}

/** Says whose checkpoints will lie in the folder: from here on another config finds it taken. */
function claim(folder: string, run: string): void {
  writeWhole(join(folder, WORK, 'run.json'), new TextEncoder().encode(`${JSON.stringify({ run })}\n`))
}

/** Removes the folders of a run that failed before it had anything to continue from. */
function leaveNothing(folder: string): void {
  for (const path of [join(folder, WORK), folder]) {
    try {
      rmdirSync(path)
    } catch {
      // Something is in it: embeddings of an earlier try, or a model.
      return
    }
  }
}

/** Rewards of both sides of every pair; users by their names. */
async function rewardsOf(
  scorer: RowScorer,
  pairs: EncodedPairs,
): Promise<{ readonly chosen: Float64Array; readonly rejected: Float64Array }> {
  if (pairs.count === 0) return { chosen: new Float64Array(0), rejected: new Float64Array(0) }
  const users = Array.from(pairs.users.codes, (code) => pairs.users.names[code])
  const prompt = pairs.prompt && { prompt: pairs.prompt }
  return {
    chosen: (await scorer.score({ completion: pairs.chosen, ...prompt, users })).reward,
    rejected: (await scorer.score({ completion: pairs.rejected, ...prompt, users })).reward,
  }
}

/**
 * Trains a reward model and stores it.
 *
 * A run that was killed or cancelled continues when it is started again with the same config and folder, and ends with
 * the same weights, bit for bit. Embeddings and checkpoints lie under `.work` of the folder until then.
 *
 * @throws GuerdonError for the folder as said above; as `encodePairs`, the recipe and the encoder do; RUN_CANCELLED
 */
export async function trainRewardModel(
  config: TrainConfig,
  context: TrainContext = {},
): Promise<TrainOutcome> {
  const folder =
    context.output !== undefined
      ? resolve(context.output)
      : config.output !== undefined
        ? resolve(config.folder, config.output)
        : resolve(config.name)
  const run = runOf(config)
  prepare(folder, run, context.restart === true)
  const work = join(folder, WORK)
  const { abort, progress, worker = true } = context
  const { opened, data } = await encoded(config, work, context).catch((error: unknown) => {
    leaveNothing(folder)
    throw error
  })
  claim(folder, run)
  const checkpoints = join(work, 'checkpoints')
  mkdirSync(checkpoints, { recursive: true })
  const { model, parameters } = await config.recipe.run(data, config.parameters as never, {
    seed: config.seed,
    backEnd: config.backEnd,
    ...(config.threads && { threads: config.threads }),
    worker,
    checkpoints,
    data: runDigest([run, data.digest, opened.digest]),
    ...(abort && { abort }),
    progress: (stage, done, total, loss) => progress?.({ stage, done, total, loss }),
  })
  if (abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'training was cancelled')
  progress?.({ stage: 'measure', done: 0 })
  const scorer = await openRowScorer(
    {
      recipe: config.recipe,
      parameters,
      weights: model.weights,
      settings: model.settings,
      ...(model.users && { users: model.users }),
      width: opened.width,
    },
    { worker },
  )
  try {
    const validation = await rewardsOf(scorer, data.validation)
    // Without pairs held out for it the training pairs tell mean and deviation; they cannot tell the temperature.
    const calibration =
      data.validation.count > 0
        ? calibrate(validation.chosen, validation.rejected, data.validation.tie)
        : { ...(await momentsOf(scorer, data.train)), temperature: 1, pairs: 0 }
    const test = await rewardsOf(scorer, data.test)
    const heldOut = pairQualityOf(data.test, test.chosen, test.rejected, calibration.temperature)
    const manifest = saveRewardModel(folder, {
      name: config.name,
      ...(config.description !== undefined && { description: config.description }),
      seed: config.seed,
      recipe: { use: config.recipe.name, parameters },
      settings: model.settings,
      encoder: {
        spec: encoderSeenFrom(config.encoder, config.folder, folder),
        digest: opened.digest,
        width: opened.width,
        ...(opened.notice !== undefined && { notice: opened.notice }),
      },
      text: config.text,
      weights: model.weights,
      ...(model.users && { users: model.users }),
      calibration,
      data: {
        digest: data.digest,
        ...data.report,
        files: data.report.files.map((read) => ({ ...read, file: namedFrom(config.folder, read.file) })),
      },
      metrics: { heldOut, training: model.metrics },
      ...(model.report !== undefined && { report: model.report }),
    })
    return { folder, manifest, data: data.report, heldOut, notice: opened.notice }
  } finally {
    await scorer.close()
  }
}

/** A file's name for a model that may be passed on: it does not tell where its maker kept the data. */
function namedFrom(folder: string, file: string): string {
  const path = relative(folder, file)
  return path.startsWith('..') ? basename(file) : path
}

/** The data of a config as numbers, and what became of its encoder, which is closed again. */
async function encoded(
  config: TrainConfig,
  work: string,
  { offline, abort, progress }: TrainContext,
): Promise<{ readonly opened: OpenedPairEncoder; readonly data: EncodedData }> {
  const opened = await openPairEncoder(config.encoder, config.text, {
    folder: config.folder,
    cache: config.cache === undefined ? join(work, 'embeddings') : resolve(config.folder, config.cache),
    offline,
  })
  try {
    const data = await encodePairs(config, opened.encoder, {
      folder: work,
      memory: config.limits.memory * 2 ** 20,
      ...(abort && { abort }),
      progress: (stage, done, total) => progress?.({ stage, done, total }),
    })
    return { opened, data }
  } finally {
    await opened.close()
  }
}

async function momentsOf(scorer: RowScorer, pairs: EncodedPairs) {
  const { chosen, rejected } = await rewardsOf(scorer, pairs)
  return calibrate(chosen, rejected, new Uint8Array(pairs.count).fill(1))
}
