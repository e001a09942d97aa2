/** Trains a reward on encoded pairs: the loop that most recipes share. */
import { join } from 'node:path'
import { adamw } from '../engine/adamw.ts'
import { stepsPerEpoch } from '../engine/epoch-order.ts'
import { fit } from '../engine/fit.ts'
import type { Parameters } from '../engine/host-tensor.ts'
import { concat, split } from '../engine/operations.ts'
import type { Optimiser, Schedule, TensorTree } from '../engine/optimiser.ts'
import type { Table } from '../engine/sessions/session.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { BatchInput, Evaluation, LossResult, Trainer, TrainerOptions } from '../engine/trainer.ts'
import { bradleyTerry } from '../objectives/bradley-terry.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import type { RecipeContext, TrainingSplit } from './recipe.ts'

export interface TrainPairsOptions {
  /** names the checkpoint file and the progress line; different for each run of one recipe */
  readonly stage: string
  readonly parameters: Parameters
  /** rewards of embeddings: [batch, width] → [batch] */
  readonly reward: (parameters: TensorTree, completion: Tensor, prompt?: Tensor) => Tensor
  /** by default Bradley–Terry; `batch` holds the embeddings and every table of `columns` */
  readonly loss?: (
    rewards: { readonly chosen: Tensor; readonly rejected: Tensor },
    batch: TensorTree,
    parameters: TensorTree,
  ) => LossResult
  /**
   * rewards by which validation pairs are judged, [batch], where `reward` gives something else (several heads, say);
   * `batch` holds the embeddings
   */
  readonly judge?: (
    rewards: { readonly chosen: Tensor; readonly rejected: Tensor },
    batch: TensorTree,
    parameters: TensorTree,
  ) => { readonly chosen: Tensor; readonly rejected: Tensor }
  /** further tables, one row a pair, for the loss */
  readonly columns?: Readonly<Record<string, Table>>
  readonly extra?: Readonly<Record<string, BatchInput>>
  readonly epochs: number
  readonly batchSize: number
  readonly rate: number | Schedule
  readonly weightDecay?: number
  readonly clip?: number
  readonly optimiser?: Optimiser
  /** keep the epoch that judges the validation pairs best, or the last one */
  readonly select?: 'best' | 'last'
  readonly frozen?: (name: string) => boolean
  /** gradients found in another way than by differentiating the loss */
  readonly gradients?: NonNullable<TrainerOptions['gradients']>
  /** order of rows, when it is not one permutation an epoch */
  readonly order?: (step: number) => Int32Array
  /** steps, when they are not epochs times batches */
  readonly steps?: number
  readonly seed: number
}

export interface TrainPairsResult {
  readonly parameters: Parameters
  readonly history: Readonly<Record<string, Float64Array>>
  /** accuracy and log-loss on the validation pairs after each epoch */
  readonly epochs: readonly { readonly epoch: number; readonly accuracy: number; readonly logLoss: number }[]
  /** the epoch whose parameters were kept */
  readonly epoch: number
}

/** Rows of one forward pass when validation pairs are scored. */
const SCORE_BATCH = 512

/** Rewards of every row of two tables, by the current parameters of a trainer with the evaluation `pairs`. */
export async function scoreValidation(
  trainer: Trainer,
  pairs: EncodedPairs,
): Promise<{ readonly chosen: Float64Array; readonly rejected: Float64Array }> {
  const chosen = new Float64Array(pairs.count)
  const rejected = new Float64Array(pairs.count)
  for (let from = 0; from < pairs.count; from += SCORE_BATCH) {
    const rows = Int32Array.from({ length: SCORE_BATCH }, (_, index) =>
      Math.min(from + index, pairs.count - 1),
    )
    const count = Math.min(SCORE_BATCH, pairs.count - from)
    const out = await trainer.evaluate('pairs', {
      chosen: { table: 'validation.chosen', rows },
      rejected: { table: 'validation.rejected', rows },
      ...(pairs.prompt && { prompt: { table: 'validation.prompt', rows } }),
    })
    chosen.set(out.chosen!.values.subarray(0, count), from)
    rejected.set(out.rejected!.values.subarray(0, count), from)
  }
  return { chosen, rejected }
}

/** Accuracy (ties count ½) and mean −log σ(Δ) over untied pairs. */
export function pairQuality(
  chosen: Float64Array,
  rejected: Float64Array,
  tie?: Uint8Array,
): { readonly accuracy: number; readonly logLoss: number } {
  let right = 0
  let loss = 0
  let count = 0
  for (let row = 0; row < chosen.length; row++) {
    if (tie?.[row] === 1) continue
    const difference = chosen[row]! - rejected[row]!
    right += difference > 0 ? 1 : difference === 0 ? 0.5 : 0
    loss += Math.max(-difference, 0) + Math.log1p(Math.exp(-Math.abs(difference)))
    count++
  }
  return { accuracy: right / Math.max(1, count), logLoss: loss / Math.max(1, count) }
}

/**
 * Trains and returns the parameters of the chosen epoch.
 *
 * @throws GuerdonError DATA_EMPTY without pairs; what `fit` throws
 */
export async function trainPairs(
  { train, validation }: TrainingSplit,
  options: TrainPairsOptions,
  context: RecipeContext,
): Promise<TrainPairsResult> {
  if (train.count === 0) throw new GuerdonError('DATA_EMPTY', 'there are no preference pairs to train on')
  const batchSize = Math.min(options.batchSize, train.count)
  const perEpoch = stepsPerEpoch(train.count, batchSize)
  const steps = options.steps ?? perEpoch * options.epochs
  const withPrompt = train.prompt !== undefined
  const both = (parameters: TensorTree, batch: TensorTree): { chosen: Tensor; rejected: Tensor } => {
    // One pass over both sides: half as many products of twice the rows.
    const prompts = withPrompt ? concat([batch.prompt!, batch.prompt!]) : undefined
    const rewards = options.reward(parameters, concat([batch.chosen!, batch.rejected!]), prompts)
    const [chosen, rejected] = split(rewards, 2)
    return { chosen: chosen!, rejected: rejected! }
  }
  const loss =
    options.loss ??
    ((rewards: { readonly chosen: Tensor; readonly rejected: Tensor }) => ({
      loss: bradleyTerry(rewards).loss,
    }))
  const row = (size: number): BatchInput => ({ shape: [size, train.width] })
  const pairs: Evaluation = {
    inputs: {
      chosen: row(SCORE_BATCH),
      rejected: row(SCORE_BATCH),
      ...(withPrompt && { prompt: row(SCORE_BATCH) }),
    },
    build(parameters, inputs) {
      const rewards = both(parameters, inputs)
      return options.judge?.(rewards, inputs, parameters) ?? rewards
    },
  }
  const epochs: { epoch: number; accuracy: number; logLoss: number }[] = []
  let best: { accuracy: number; logLoss: number; parameters: Parameters; epoch: number } | undefined
  const select = options.select ?? 'last'
  const result = await fit({
    parameters: options.parameters,
    tables: {
      chosen: train.chosen,
      rejected: train.rejected,
      ...(train.prompt && { prompt: train.prompt }),
      ...options.columns,
    },
    held: {
      'validation.chosen': validation.chosen,
      'validation.rejected': validation.rejected,
      ...(validation.prompt && { 'validation.prompt': validation.prompt }),
    },
    ...(options.extra && { extra: options.extra }),
    loss: (parameters, batch) => loss(both(parameters, batch), batch, parameters),
    optimiser: options.optimiser ?? adamw({ weightDecay: options.weightDecay ?? 0 }),
    ...(options.clip !== undefined && { clip: options.clip }),
    ...(options.frozen && { frozen: options.frozen }),
    ...(options.gradients && { gradients: options.gradients }),
    ...(options.order && { order: options.order }),
    evaluations: validation.count > 0 ? { pairs } : {},
    batchSize,
    steps,
    rate: options.rate,
    seed: options.seed,
    piece: perEpoch,
    ...(context.backEnd && { backEnd: context.backEnd }),
    ...(context.threads && { threads: context.threads }),
    worker: context.worker ?? true,
    ...(context.abort && { abort: context.abort }),
    ...(context.checkpoints && {
      checkpoint: {
        path: join(context.checkpoints, `${options.stage.replaceAll(/[^\w.-]+/g, '-')}.safetensors`),
        everySteps: Math.max(perEpoch, 200),
        run: [context.data ?? null, options.stage],
      },
    }),
    progress: ({ step, steps: all, loss: mean }) => context.progress?.(options.stage, step, all, mean),
    notes: () => ({
      epochs,
      best: best && { accuracy: best.accuracy, logLoss: best.logLoss, epoch: best.epoch },
    }),
    ...(select === 'best' && { kept: () => best?.parameters }),
    resumed(notes, kept) {
      const before = notes as { epochs: typeof epochs; best?: Omit<NonNullable<typeof best>, 'parameters'> }
      epochs.push(...before.epochs)
      if (before.best !== undefined && kept !== undefined) best = { ...before.best, parameters: kept }
    },
    async onPiece(step, trainer) {
      if (validation.count === 0) return undefined
      const { chosen, rejected } = await scoreValidation(trainer, validation)
      const quality = pairQuality(chosen, rejected, validation.tie)
      const epoch = Math.round(step / perEpoch)
      epochs.push({ epoch, ...quality })
      const better =
        best === undefined ||
        quality.accuracy > best.accuracy ||
        (quality.accuracy === best.accuracy && quality.logLoss < best.logLoss)
      if (select === 'best' && better) best = { ...quality, epoch, parameters: await trainer.parameters() }
      return undefined
    },
  })
  const last = Math.ceil(result.steps / perEpoch)
  if (select === 'best' && best !== undefined)
    return { parameters: best.parameters, history: result.history, epochs, epoch: best.epoch }
  return { parameters: result.parameters, history: result.history, epochs, epoch: last }
}
