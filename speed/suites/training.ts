/**
 * Training steps and sampling beside PyTorch on the same threads: a reward head, a small GPT, a small U-Net, and
 * sequences sampled from that GPT with kept keys and values. Both sides start from the same weights and see the same
 * batches, and their losses are compared before anything is timed. PyTorch runs eagerly, with its fused AdamW and its
 * fused attention.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { adamw } from '../../src/engine/adamw.ts'
import { type HostTensor, hostTensor, type Parameters } from '../../src/engine/host-tensor.ts'
import { mlp } from '../../src/engine/layers/mlp.ts'
import { transformer } from '../../src/engine/layers/transformer.ts'
import { logSoftmax, pick, softplus } from '../../src/engine/operations.ts'
import type { TensorTree } from '../../src/engine/optimiser.ts'
import { openSampler } from '../../src/engine/sampler.ts'
import type { Tensor } from '../../src/engine/tensor.ts'
import { type BatchInput, openTrainer } from '../../src/engine/trainer.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { type Clocks, type Contender, inTurns, type Line } from '../measure.ts'
import { unet } from '../unet.ts'
import type { Suite, SuiteContext } from './suite.ts'

const BATCHES = 4
const CHECKED_STEPS = 8

interface Task {
  readonly name: string
  readonly parameters: Parameters
  readonly batch: Readonly<Record<string, BatchInput>>
  readonly batches: readonly Readonly<Record<string, HostTensor>>[]
  readonly loss: (parameters: TensorTree, batch: TensorTree) => Tensor
  readonly clip?: number
  readonly weightDecay: number
  /** steps between the clocks */
  readonly steps: number
}

export const gpt = transformer({
  name: 'gpt',
  vocabulary: 64,
  context: 64,
  width: 128,
  layers: 4,
  heads: 4,
  activation: 'tanh-gelu',
})

export function tasks(quick: boolean): Task[] {
  const stream = new RandomStream(21)
  const normal = (shape: readonly number[], scale = 1): HostTensor =>
    hostTensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => scale * stream.normal()),
      shape,
    )
  const whole = (shape: readonly number[], below: number): HostTensor =>
    hostTensor(
      Int32Array.from({ length: shape.reduce((a, b) => a * b) }, () => stream.below(below)),
      shape,
      'int32',
    )
  const many = <T>(make: () => T): T[] => Array.from({ length: BATCHES }, make)
  const head = mlp({ name: 'head', widths: [384, 256, 256, 1], activation: 'relu', outputBias: false })
  const images = unet()
  return [
    {
      name: 'head',
      parameters: head.initialise(new RandomStream(1)),
      batch: { x: { shape: [1024, 384] } },
      batches: many(() => ({ x: normal([1024, 384], 1 / Math.sqrt(384)) })),
      loss(p, { x }) {
        const scores = head.apply(p, x!).flatten()
        return softplus(scores.slice(0, 512).sub(scores.slice(0, 0, 512))).mean()
      },
      weightDecay: 0.01,
      steps: quick ? 5 : 40,
    },
    {
      name: 'gpt',
      parameters: gpt.initialise(new RandomStream(2)),
      batch: { x: { shape: [32, 64], dtype: 'int32' }, y: { shape: [2048], dtype: 'int32' } },
      batches: many(() => ({ x: whole([32, 64], 64), y: whole([2048], 64) })),
      loss: (p, { x, y }) =>
        pick(logSoftmax(gpt.apply(p, x!)).reshape([2048, 64]), y!)
          .mean()
          .neg(),
      clip: 1,
      weightDecay: 0.1,
      steps: quick ? 1 : 4,
    },
    {
      name: 'unet',
      parameters: images.initialise(new RandomStream(3)),
      batch: { x: { shape: [32, 2, 16, 16] }, y: { shape: [32, 1, 16, 16] } },
      batches: many(() => ({ x: normal([32, 2, 16, 16]), y: normal([32, 1, 16, 16]) })),
      loss: (p, { x, y }) => images.apply(p, x!).sub(y!).square().mean(),
      weightDecay: 0,
      steps: quick ? 2 : 20,
    },
  ]
}

/** As `clocked` in measure.ts, for work that waits. */
async function clocked(work: () => Promise<unknown>): Promise<Clocks> {
  const before = process.cpuUsage()
  const started = performance.now()
  await work()
  const wall = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(before)
  return { wall, cpu: (user + system) / 1e6 }
}

/** Tensors in one file of bytes with a list of what it holds, which `peers.py` reads. */
function write(folder: string, name: string, tensors: Readonly<Record<string, HostTensor>>): void {
  const list = Object.entries(tensors)
  writeFileSync(
    join(folder, `${name}.bin`),
    Buffer.concat(
      list.map(([, { values }]) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
    ),
  )
  const described = list.map(([own, { shape, dtype }]) => ({ name: own, shape, dtype }))
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(described))
}

async function stepsOf(
  task: Task,
  threads: number,
  { peers, folder, quick }: SuiteContext,
): Promise<{ lines: Line[]; notes: string[] }> {
  const optimiser = adamw({
    weightDecay: task.weightDecay,
    // PyTorch's one group of parameters: everything decays.
    decays: () => true,
  })
  const trainer = await openTrainer({
    parameters: task.parameters,
    batch: task.batch,
    loss: task.loss,
    optimiser,
    ...(task.clip !== undefined && { clip: task.clip }),
    threads,
    worker: false,
  })
  let done = 0
  const run = (steps: number) => {
    const feeds = Array.from({ length: steps }, (_, index) => task.batches[(done + index) % BATCHES]!)
    done += steps
    return trainer.steps(done - steps + 1, feeds, Array(steps).fill(1e-3))
  }
  write(folder, `${task.name}-parameters`, task.parameters)
  for (const [index, batch] of task.batches.entries()) write(folder, `${task.name}-batch-${index}`, batch)
  await peers.ask('load-training', {
    which: task.name,
    folder,
    batches: BATCHES,
    decay: task.weightDecay,
    clip: task.clip ?? null,
  })
  const ours = Array.from((await run(CHECKED_STEPS)).loss!)
  const { losses } = await peers.ask<{ losses: number[] }>('train', {
    which: task.name,
    threads,
    steps: CHECKED_STEPS,
  })
  const apart = Math.max(...ours.map((loss, step) => Math.abs(loss - losses[step]!)))
  if (!(apart < 1e-3)) throw new Error(`${task.name}: losses ${ours} here, ${losses} in PyTorch`)
  const name = `Guerdon, ${task.name} step, ${threads} thread${threads > 1 ? 's' : ''}`
  const lines = await inTurns(
    [
      { name, items: task.steps, cores: threads, run: () => clocked(() => run(task.steps)) },
      {
        name: name.replace('Guerdon', 'PyTorch'),
        items: task.steps,
        cores: threads,
        run: () => peers.ask<Clocks>('train', { which: task.name, threads, steps: task.steps }),
      },
    ],
    { suite: 'training', unit: 'steps', rounds: quick ? 2 : 9, ours: name },
  )
  await trainer.close()
  return {
    lines,
    notes: [
      `${task.name}, ${threads} thread(s): the first ${CHECKED_STEPS} losses differ from PyTorch's by at most ${apart.toExponential(1)}`,
    ],
  }
}

async function sampling(threads: number, { peers, quick }: SuiteContext): Promise<Line[]> {
  const sequences = 64
  const sampler = await openSampler({
    model: gpt,
    parameters: gpt.initialise(new RandomStream(2)),
    batch: sequences,
    threads,
  })
  const stream = new RandomStream(5)
  const prompts = Array.from({ length: sequences }, () => [1])
  const name = `Guerdon, 64 × 64 tokens sampled, ${threads} thread${threads > 1 ? 's' : ''}`
  const items = sequences * 64
  const contenders: Contender[] = [
    {
      name,
      items,
      cores: threads,
      run: () => clocked(() => sampler.sample({ prompts, places: 64, stream })),
    },
    {
      name: name.replace('Guerdon', 'PyTorch'),
      items,
      cores: threads,
      run: () => peers.ask<Clocks>('sample', { threads, sequences, places: 64 }),
    },
  ]
  const lines = await inTurns(contenders, {
    suite: 'training',
    unit: 'tokens',
    rounds: quick ? 2 : 9,
    ours: name,
  })
  await sampler.close()
  return lines
}

export const training: Suite = async (context) => {
  const lines: Line[] = []
  const notes: string[] = []
  for (const threads of [1, 2]) {
    for (const task of tasks(context.quick)) {
      const result = await stepsOf(task, threads, context)
      lines.push(...result.lines)
      notes.push(...result.notes)
    }
    lines.push(...(await sampling(threads, context)))
  }
  return { lines, notes }
}
