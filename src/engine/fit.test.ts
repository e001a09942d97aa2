/** Training loops: order, checkpoints, cancelling, errors. The killed run is in test/engine/. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { adamw } from './adamw.ts'
import { epochOrder, stepsPerEpoch } from './epoch-order.ts'
import { type FitOptions, fit as train } from './fit.ts'
import { hostTensor } from './host-tensor.ts'
import { dropout, dropoutMask } from './layers/dropout.ts'
import { mlp } from './layers/mlp.ts'
import { cosineRate } from './optimiser.ts'
import { readSafetensors } from './safetensors.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-fit-'))
afterAll(() => rmSync(folder, { recursive: true }))

const model = mlp({ name: 'head', widths: [8, 16, 1] })
const stream = new RandomStream(3)
const x = Float32Array.from({ length: 50 * 8 }, () => stream.normal())
const y = Float32Array.from({ length: 50 }, (_, row) => Math.sin(x[row * 8]!) + x[row * 8 + 1]!)

function options(more: Partial<FitOptions> = {}): FitOptions {
  return {
    parameters: model.initialise(new RandomStream(1)),
    tables: { x: hostTensor(x, [50, 8]), y: hostTensor(y, [50]) },
    extra: { mask: dropoutMask([16, 8], 0.1) },
    batchSize: 16,
    steps: 60,
    rate: cosineRate(0.01, { warmup: 5 }),
    seed: 7,
    piece: 8,
    optimiser: adamw({ weightDecay: 0.01 }),
    clip: 1,
    loss: (parameters, batch) => ({
      loss: model.apply(parameters, dropout(batch.x!, batch.mask)).flatten().sub(batch.y!).square().mean(),
      metrics: { size: batch.x!.abs().mean() },
    }),
    worker: false,
    ...more,
  }
}

const weightsOf = (parameters: Awaited<ReturnType<typeof train>>['parameters']): unknown =>
  Object.entries(parameters).map(([name, { values }]) => [name, Array.from(values)])

describe('fit', () => {
  it('learns, reports and gives the same bits again, in a thread or here', async () => {
    const reports: number[] = []
    const first = await train(options({ progress: ({ step }) => reports.push(step) }))
    expect(reports).toEqual([8, 16, 24, 32, 40, 48, 56, 60])
    expect(Object.keys(first.history).sort()).toEqual(['loss', 'norm', 'size'])
    expect(first.history.loss!.length).toBe(60)
    const mean = (from: number, to: number): number =>
      first.history.loss!.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from)
    expect(mean(50, 60)).toBeLessThan(0.7 * mean(0, 10))
    const again = await train(options({ worker: true, piece: 13 }))
    expect(weightsOf(again.parameters)).toEqual(weightsOf(first.parameters))
    expect(again.history).toEqual(first.history)
    const other = await train(options({ seed: 8 }))
    expect(weightsOf(other.parameters)).not.toEqual(weightsOf(first.parameters))
  })

  it('continues from a checkpoint as if it had never stopped', async () => {
    const whole = await train(options())
    const path = join(folder, 'stopped.safetensors')
    const checkpoint = { path, everySteps: 8, run: { data: 'a' } }
    const stopped = await train(
      options({ checkpoint, onPiece: async (step) => (step >= 24 ? 'stop' : undefined) }),
    )
    expect(stopped.steps).toBe(24)
    expect(readSafetensors(path).metadata.step).toBe('24')
    let seen = 0
    const resumed = await train(
      options({
        checkpoint,
        progress: ({ step }) => {
          seen ||= step
        },
      }),
    )
    expect(seen).toBe(32)
    expect(weightsOf(resumed.parameters)).toEqual(weightsOf(whole.parameters))
    expect(resumed.history).toEqual(whole.history)
    // A run that is done is read, not run again.
    let steps = 0
    const read = await train(options({ checkpoint, progress: () => steps++ }))
    expect(steps).toBe(0)
    expect(weightsOf(read.parameters)).toEqual(weightsOf(whole.parameters))
  })

  it('feeds a step what follows from its number', async () => {
    const { history } = await train(
      options({
        extra: { mask: dropoutMask([16, 8], 0.1), weight: { shape: [] } },
        given: (step) => ({ weight: hostTensor([1 / step], []) }),
        loss: (parameters, batch) => ({
          loss: model.apply(parameters, batch.x!).square().mean().mul(batch.weight!),
          metrics: { weight: batch.weight!.mul(1) },
        }),
        steps: 10,
      }),
    )
    expect(Array.from(history.weight!, (weight) => Math.round(1 / weight))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ])
  })

  it.each<[string, Partial<FitOptions>]>([
    ['seed', { seed: 9 }],
    ['number of steps', { steps: 61 }],
    ['optimiser', { optimiser: adamw({ weightDecay: 0.02 }) }],
    ['clipping', { clip: 2 }],
    ['rate', { rate: 0.01 }],
    ['data', { checkpoint: { path: join(folder, 'own.safetensors'), everySteps: 30, run: { data: 'b' } } }],
  ])('refuses the checkpoint of a run with another %s', async (_, change) => {
    const path = join(folder, 'own.safetensors')
    const checkpoint = { path, everySteps: 30, run: { data: 'a' } }
    await train(options({ checkpoint }))
    const before = readFileSync(path)
    await expect(train(options({ checkpoint, ...change }))).rejects.toThrow(
      'is the checkpoint of another run',
    )
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('refuses a file that is no checkpoint', async () => {
    const path = join(folder, 'text.safetensors')
    writeFileSync(path, 'no tensors in here, only words')
    await expect(train(options({ checkpoint: { path, everySteps: 8, run: 0 } }))).rejects.toThrow(
      'expected a whole safetensors file',
    )
  })

  it('is cancelled between pieces, keeps what is done, and goes on from there', async () => {
    const path = join(folder, 'cancelled.safetensors')
    const checkpoint = { path, everySteps: 1000, run: 0 }
    const abort = new AbortController()
    await expect(
      train(
        options({
          checkpoint,
          abort: abort.signal,
          progress: ({ step }) => {
            if (step === 16) abort.abort()
          },
        }),
      ),
    ).rejects.toMatchObject({ code: 'RUN_CANCELLED', message: 'training was cancelled after step 16' })
    const resumed = await train(options({ checkpoint }))
    expect(weightsOf(resumed.parameters)).toEqual(weightsOf((await train(options())).parameters))
  })

  it('stops at a loss that is no number', async () => {
    await expect(
      train(
        options({ loss: (parameters, batch) => model.apply(parameters, batch.x!).mean().abs().neg().log() }),
      ),
    ).rejects.toThrow(/the loss is NaN at step 1/)
  })

  it.each<[string, Partial<FitOptions>, string]>([
    ['no rows', { tables: { x: hostTensor([], [0, 8]) } }, 'no rows to train on'],
    ['uneven tables', { tables: { x: hostTensor(x, [50, 8]), y: hostTensor([1], [1]) } }, '"y" has 1 rows'],
    ['a loss that is no scalar', { loss: ({ 'head.1.weight': w }) => w! }, 'expected a single number'],
    ['an order of the wrong length', { order: () => Int32Array.of(1) }, 'step 1 was given 1 rows'],
    ['rows that do not exist', { order: () => new Int32Array(16).fill(50) }, 'has no row 50'],
    [
      'a name used twice',
      { extra: { 'head.0.bias': { shape: [1] } } },
      'names a parameter and a batch input',
    ],
  ])('says what is wrong: %s', async (_, change, message) => {
    await expect(train(options(change))).rejects.toThrow(message)
    await expect(train(options({ ...change, worker: true }))).rejects.toThrow(message)
  })
})

describe('epochs', () => {
  it('are permutations cut into whole batches, known for any step', () => {
    expect(stepsPerEpoch(50, 16)).toBe(3)
    const order = epochOrder(50, 16, 1)
    const steps = Array.from({ length: 6 }, (_, index) => order(index + 1))
    for (const epoch of [steps.slice(0, 3), steps.slice(3)])
      expect(new Set(epoch.flatMap((rows) => [...rows])).size).toBe(48)
    expect(steps[0]).not.toEqual(steps[3])
    // Asked in another order, by another run.
    const later = epochOrder(50, 16, 1)
    expect([5, 1, 4].map((step) => later(step))).toEqual([steps[4], steps[0], steps[3]])
  })

  it('repeat rows when there are fewer than a batch', () => {
    const rows = epochOrder(3, 8, 1)(1)
    expect(rows.length).toBe(8)
    expect(new Set(rows)).toEqual(new Set([0, 1, 2]))
  })
})
