/** Sessions in threads and here: states, tables, noise, errors, and an event loop that stays free. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { graphOf } from '../graph.ts'
import { hostTensor } from '../host-tensor.ts'
import { mlp } from '../layers/mlp.ts'
import { sgd } from '../sgd.ts'
import { input } from '../tensor.ts'
import { openTrainer } from '../trainer.ts'
import { openSession } from './open-session.ts'
import type { BackEnd, SessionContents } from './session.ts'
import { openWorkerSession } from './worker-session.ts'

/** `add`: total ← total + x, returns its mean; `show`: the total. */
function counting(): SessionContents {
  const total = input('total', [4])
  const x = input('x', [4])
  const next = total.add(x)
  return {
    functions: {
      add: { graph: graphOf({ next, mean: next.mean() }), updates: { next: 'total' } },
      show: { graph: graphOf({ total: total.mul(1), same: total }) },
    },
    state: { total: hostTensor([0, 0, 0, 0], [4]) },
    tables: { rows: hostTensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), ids: hostTensor([7, 8, 9], [3], 'int32') },
    seed: 3,
  }
}

describe.each<{ backEnd: BackEnd; worker: boolean }>([
  { backEnd: 'onnx', worker: false },
  { backEnd: 'onnx', worker: true },
  { backEnd: 'wasm', worker: false },
  { backEnd: 'wasm', worker: true },
  { backEnd: 'reference', worker: false },
])('a session on $backEnd, in a worker: $worker', (options) => {
  it('keeps its state between runs, and gives copies', async () => {
    const session = await openSession(counting(), options)
    expect(session.backEnd).toBe(options.backEnd)
    const out = await session.run('add', { x: hostTensor([1, 2, 3, 4], [4]) })
    expect(Object.keys(out)).toEqual(['mean'])
    expect(Array.from(out.mean!.values)).toEqual([2.5])
    const state = await session.state()
    state.total!.values[0] = 99
    expect(Array.from((await session.run('show', {})).total!.values)).toEqual([1, 2, 3, 4])
    await session.setState({ total: hostTensor([5, 5, 5, 5], [4]) })
    const shown = await session.run('show', {})
    expect(Array.from(shown.same!.values)).toEqual([5, 5, 5, 5])
    await session.close()
  })

  it('takes rows of its tables and noise of its streams', async () => {
    const session = await openSession(counting(), options)
    const { mean } = await session.runMany(
      'add',
      [
        { x: hostTensor([0, 0, 0, 0], [4]) },
        { x: { noise: 'uniform', shape: [4], stream: 'a' } },
        { x: { noise: 'uniform', shape: [4], stream: 'a' } },
        { x: { noise: { keep: 0.5 }, shape: [4], stream: 'b' } },
      ],
      ['mean'],
    )
    expect(mean![0]).toBe(0)
    const stream = new RandomStream(3).derive('a')
    const drawn = Array.from({ length: 4 }, () => stream.uniform()).reduce((sum, value) => sum + value / 4, 0)
    expect(mean![1]).toBeCloseTo(drawn, 5)
    expect(mean![2]).toBeCloseTo(2 * drawn, 5)
    await session.setState({ total: hostTensor([0, 0, 0, 0], [4]) })
    await session.close()
  })

  it('says what is wrong with a call, and goes on', async () => {
    const session = await openSession(counting(), options)
    const x = hostTensor([1, 1, 1, 1], [4])
    await expect(session.run('subtract', { x })).rejects.toThrow('no function "subtract"')
    await expect(session.run('add', {})).rejects.toThrow('without its input "x"')
    await expect(session.run('add', { x: hostTensor([1], [1]) })).rejects.toThrow(
      'the input "x" has the wrong form; expected float32 [4] (found: "float32 [1]")',
    )
    await expect(session.run('add', { x: { table: 'ids', rows: Int32Array.of(0) } })).rejects.toThrow(
      'int32 [1]',
    )
    await expect(session.run('add', { x: { table: 'rows', rows: Int32Array.of(2) } })).rejects.toThrow(
      'rows has no row 2; expected 0 to 1',
    )
    await expect(session.run('add', { x: { table: 'none', rows: Int32Array.of(0) } })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('no table "none"'),
    })
    expect((await session.run('add', { x })).mean!.values[0]).toBe(1)
    await session.close()
  })
})

it('a thread that is closed or dies answers with an error, not with silence', async () => {
  const session = await openSession(counting())
  const x = hostTensor([1, 1, 1, 1], [4])
  await session.close()
  await session.close()
  await expect(session.run('add', { x })).rejects.toThrow('the training thread has ended')
  const module = pathToFileURL(join(import.meta.dirname, '../../../test/engine/samples/crash.worker.js'))
  const crashing = await openWorkerSession(counting(), {}, module)
  await expect(crashing.run('add', { x })).rejects.toMatchObject({ code: 'SERVER_FAILED' })
  await expect(crashing.run('add', { x })).rejects.toThrow('the training thread has ended')
  await crashing.close()
})

it('a program that the back end cannot run is refused when it is opened', async () => {
  const x = input('x', [1, 1, 4, 4], 'float64')
  const { convolve } = await import('../operations.ts')
  const contents: SessionContents = {
    functions: { call: { graph: graphOf({ y: convolve(x, input('w', [1, 1, 3, 3], 'float64')) }) } },
    state: {},
  }
  await expect(openSession(contents)).rejects.toThrow(
    'convolution in double precision is not offered by ONNX Runtime',
  )
  await expect(openSession(contents, { backEnd: 'abacus' as BackEnd })).rejects.toThrow('is no back end')
})

it('steps in a worker leave the event loop free', async () => {
  const model = mlp({ name: 'm', widths: [256, 512, 512, 1] })
  const open = (worker: boolean) =>
    openTrainer({
      parameters: model.initialise(new RandomStream(1)),
      batch: { x: { shape: [2048, 256], noise: 'normal' } },
      loss: (parameters, { x }) => model.apply(parameters, x!).square().mean(),
      optimiser: sgd(),
      worker,
    })
  const ticksDuring = async (worker: boolean): Promise<number> => {
    const trainer = await open(worker)
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await trainer.steps(1, Array(4).fill({}), Array(4).fill(0.01))
    clearInterval(timer)
    await trainer.close()
    return ticks
  }
  // Here the loop turns once between two steps; beside a worker it turns all the time.
  expect(await ticksDuring(false)).toBeLessThanOrEqual(5)
  expect(await ticksDuring(true)).toBeGreaterThan(10)
})

it('training in WebAssembly and on the reference agrees with ONNX Runtime', async () => {
  const model = mlp({ name: 'm', widths: [8, 16, 4], activation: 'tanh' })
  const losses: Record<string, Float64Array> = {}
  for (const backEnd of ['onnx', 'wasm', 'reference'] as const) {
    const trainer = await openTrainer({
      parameters: model.initialise(new RandomStream(1)),
      batch: { x: { shape: [12, 8], noise: 'normal' } },
      loss: (parameters, { x }) =>
        model
          .apply(parameters, x!)
          .sub(x!.slice(1, 0, 4))
          .square()
          .mean(),
      optimiser: sgd({ momentum: 0.9 }),
      clip: 1,
      seed: 4,
      backEnd,
      worker: false,
    })
    losses[backEnd] = (await trainer.steps(1, Array(10).fill({}), Array(10).fill(0.1))).loss!
    await trainer.close()
  }
  for (const backEnd of ['wasm', 'reference'])
    losses[backEnd]!.forEach((loss, step) => {
      expect(loss).toBeCloseTo(losses.onnx![step]!, 4)
    })
  expect(losses.onnx![9]).toBeLessThan(losses.onnx![0]!)
})
