/** Trains a model on tables of rows: order, schedule, checkpoints, progress and cancelling around a trainer. */
import { GuerdonError } from '../records/error.ts'
import { readCheckpoint, runDigest, writeCheckpoint } from './checkpoint.ts'
import { epochOrder } from './epoch-order.ts'
import type { Parameters } from './host-tensor.ts'
import type { Schedule } from './optimiser.ts'
import type { Table } from './sessions/session.ts'
import {
  type BatchFeeds,
  type BatchInput,
  openTrainer,
  type Trainer,
  type TrainerOptions,
} from './trainer.ts'

/** Steps sent to the session at once: between them there is progress, and a chance to cancel. */
const CHUNK = 64

export interface FitProgress {
  /** steps done */
  readonly step: number
  readonly steps: number
  /** mean loss of the steps since the last report */
  readonly loss: number
}

export interface FitOptions extends Omit<TrainerOptions, 'batch' | 'tables' | 'worker' | 'seed'> {
  /** one row a training example; a table's row becomes one row of the batch input of the same name */
  readonly tables: Readonly<Record<string, Table>>
  /** further tables that evaluations read */
  readonly held?: Readonly<Record<string, Table>>
  /** inputs that are no table's rows: noise, with the batch as first axis if it needs one */
  readonly extra?: Readonly<Record<string, BatchInput>>
  /** values of those of them that are not noise and follow from the step's number: an annealed weight, a mask */
  readonly given?: (step: number) => BatchFeeds
  readonly batchSize: number
  readonly steps: number
  readonly rate: number | Schedule
  /** everything that is drawn follows from it */
  readonly seed: number
  /** rows of a step (from 1) instead of epochs over all rows; must give `batchSize` rows */
  readonly order?: (step: number) => Int32Array
  /** false: the steps run in this thread and block it, which saves the messages */
  readonly worker?: boolean
  readonly checkpoint?: {
    /** a safetensors file; a run that finds it continues there */
    readonly path: string
    readonly everySteps: number
    /** what makes this run this run, besides shapes, seed and optimiser: data digest, settings */
    readonly run: unknown
  }
  /** called between pieces; may evaluate, and may stop the run early by returning 'stop' */
  readonly onPiece?: (
    step: number,
    trainer: Trainer,
    history: Readonly<Record<string, Float64Array>>,
  ) => Promise<'stop' | undefined>
  /** the caller's own numbers and one set of parameters, stored with a checkpoint */
  readonly notes?: () => unknown
  readonly kept?: () => Parameters | undefined
  /** called with them when a run continues from a checkpoint */
  readonly resumed?: (notes: unknown, kept: Parameters | undefined) => void
  /** steps between two calls of `onPiece`; 64 by default */
  readonly piece?: number
  readonly progress?: (progress: FitProgress) => void
  readonly abort?: AbortSignal
}

export interface FitResult {
  readonly parameters: Parameters
  /** scalars of every step: `loss` and the loss's metrics */
  readonly history: Readonly<Record<string, Float64Array>>
  readonly steps: number
}

/**
 * Trains and returns the parameters after the last step.
 *
 * The same options give the same result: order and noise follow from seed and step number alone, so a run that was
 * killed and continues from its checkpoint ends with the same bits as one that was not.
 *
 * @throws GuerdonError DATA_EMPTY without rows; RUN_CANCELLED when aborted; RESUME_MISMATCH for a foreign checkpoint;
 *   ROW_INVALID when the loss stops being a finite number
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { tables, batchSize, steps, seed, checkpoint, piece = 64 } = options
  const names = Object.keys(tables)
  const rows = tables[names[0]!]?.shape[0] ?? 0
  if (rows === 0) throw new GuerdonError('DATA_EMPTY', 'there are no rows to train on')
  const uneven = names.find((name) => tables[name]!.shape[0] !== rows)
  if (uneven !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', `the table "${uneven}" has ${tables[uneven]!.shape[0]} rows`, {
      expected: `${rows}, as "${names[0]}" has`,
    })
  const batch: Record<string, BatchInput> = { ...options.extra }
  for (const name of names) {
    const { shape, dtype } = tables[name]!
    batch[name] = { shape: [batchSize, ...shape.slice(1)], dtype }
  }
  const rate: Schedule = typeof options.rate === 'number' ? () => options.rate as number : options.rate
  const order = options.order ?? epochOrder(rows, batchSize, seed)
  const trainer = await openTrainer({ ...options, batch, tables: { ...tables, ...options.held }, seed })
  const digest = runDigest([
    checkpoint?.run ?? null,
    seed,
    steps,
    batchSize,
    rows,
    options.optimiser.name,
    options.optimiser.options,
    options.clip ?? null,
    Object.entries(options.parameters).map(([name, { shape }]) => [name, shape]),
    Array.from({ length: Math.min(steps, 3) }, (_, index) => rate(index + 1, steps)),
    trainer.scalars,
  ])
  try {
    const history: Record<string, Float64Array> = {}
    for (const name of trainer.scalars) history[name] = new Float64Array(steps)
    let done = 0
    const before = checkpoint === undefined ? undefined : readCheckpoint(checkpoint.path, digest)
    if (before !== undefined) {
      await trainer.setState(before.state)
      options.resumed?.(before.notes, before.kept)
      done = before.step
      for (const name of trainer.scalars) history[name]!.set(before.history[name]!.subarray(0, done))
    }
    let stored = done
    const store = async (): Promise<void> => {
      if (checkpoint === undefined || done === stored) return
      writeCheckpoint(checkpoint.path, digest, {
        step: done,
        state: await trainer.state(),
        history: Object.fromEntries(Object.entries(history).map(([name, all]) => [name, all.slice(0, done)])),
        notes: options.notes?.() ?? null,
        kept: options.kept?.(),
      })
      stored = done
    }
    while (done < steps) {
      if (options.abort?.aborted) {
        await store()
        throw new GuerdonError('RUN_CANCELLED', `training was cancelled after step ${done}`)
      }
      const count = Math.min(CHUNK, piece - (done % piece), steps - done)
      const batches: BatchFeeds[] = []
      const rates: number[] = []
      for (let step = done + 1; step <= done + count; step++) {
        const chosen = order(step)
        if (chosen.length !== batchSize)
          throw new GuerdonError('ARGUMENT_INVALID', `step ${step} was given ${chosen.length} rows`, {
            expected: `${batchSize}`,
          })
        batches.push({
          ...Object.fromEntries(names.map((name) => [name, { table: name, rows: chosen }])),
          ...options.given?.(step),
        })
        rates.push(rate(step, steps))
      }
      const scalars = await trainer.steps(done + 1, batches, rates)
      const losses = scalars.loss!
      const broken = losses.findIndex((loss) => !Number.isFinite(loss))
      if (broken >= 0)
        throw new GuerdonError('ROW_INVALID', `the loss is ${losses[broken]} at step ${done + broken + 1}`, {
          expected: 'a finite number',
          hint: 'Lower the learning rate, or look for inputs that are very large',
        })
      for (const name of trainer.scalars) history[name]!.set(scalars[name]!, done)
      done += count
      options.progress?.({ step: done, steps, loss: losses.reduce((sum, loss) => sum + loss, 0) / count })
      const whole = done % piece === 0 || done === steps
      const verdict = whole ? await options.onPiece?.(done, trainer, history) : undefined
      const last = done === steps || verdict === 'stop'
      if (checkpoint !== undefined && (last || done - stored >= checkpoint.everySteps)) await store()
      if (last) break
    }
    return {
      parameters: await trainer.parameters(),
      history: Object.fromEntries(Object.entries(history).map(([name, all]) => [name, all.slice(0, done)])),
      steps: done,
    }
  } finally {
    await trainer.close()
  }
}
