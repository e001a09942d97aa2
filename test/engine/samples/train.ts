/**
 * A training run for the tests of killing and memory: `node train.ts '{"checkpoint": …, "steps": …}'`. A line of JSON
 * for each piece, then one with the digest of the final weights.
 */
import { createHash } from 'node:crypto'
import { adamw } from '../../../src/engine/adamw.ts'
import { fit as train } from '../../../src/engine/fit.ts'
import { hostTensor } from '../../../src/engine/host-tensor.ts'
import { dropout, dropoutMask } from '../../../src/engine/layers/dropout.ts'
import { mlp } from '../../../src/engine/layers/mlp.ts'
import { softplus } from '../../../src/engine/operations.ts'
import { cosineRate } from '../../../src/engine/optimiser.ts'
import { RandomStream } from '../../../src/numerics/random.ts'

interface Settings {
  readonly steps: number
  readonly piece: number
  readonly checkpoint?: string
}

const { steps, piece, checkpoint } = JSON.parse(process.argv[2]!) as Settings
const [rows, width, batchSize] = [200, 32, 32]
const model = mlp({ name: 'head', widths: [width, 64, 1], outputBias: false })
const stream = new RandomStream(11)
const drawn = (): Float32Array => Float32Array.from({ length: rows * width }, () => stream.normal())

const { parameters, history } = await train({
  parameters: model.initialise(new RandomStream(1)),
  tables: { chosen: hostTensor(drawn(), [rows, width]), rejected: hostTensor(drawn(), [rows, width]) },
  extra: { mask: dropoutMask([batchSize, width], 0.1) },
  batchSize,
  steps,
  rate: cosineRate(0.002, { warmup: 0.1 }),
  seed: 5,
  piece,
  optimiser: adamw({ weightDecay: 0.01 }),
  clip: 1,
  loss(own, { chosen, rejected, mask }) {
    const score = (x: typeof chosen) => model.apply(own, dropout(x!, mask)).flatten()
    return softplus(score(rejected).sub(score(chosen))).mean()
  },
  ...(checkpoint !== undefined && { checkpoint: { path: checkpoint, everySteps: 2 * piece, run: 'killed' } }),
  progress: ({ step }) => console.log(JSON.stringify({ step, rss: process.memoryUsage().rss })),
})
const digest = createHash('sha256')
for (const name of Object.keys(parameters).sort())
  digest.update(new Uint8Array(parameters[name]!.values.buffer as ArrayBuffer))
for (const name of Object.keys(history).sort())
  digest.update(new Uint8Array(history[name]!.buffer as ArrayBuffer))
console.log(JSON.stringify({ digest: digest.digest('hex') }))
