/** Writes a loss, trains a reward head with it on made-up preference pairs, and scores with the stored weights. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  adamw,
  compile,
  constants,
  cosineRate,
  fit,
  hostTensor,
  mlp,
  RandomStream,
  readSafetensors,
  softplus,
  type Tensor,
  writeSafetensors,
} from '../src/engine.ts'

// The chosen completion's score should lie a margin above the rejected one's.
const marginLoss = (chosen: Tensor, rejected: Tensor, margin: Tensor): Tensor =>
  softplus(margin.sub(chosen.sub(rejected))).mean()

// 256 pairs of vectors: what is chosen lies further along the first axis.
const stream = new RandomStream(7)
const [pairs, width] = [256, 16]
const chosen = Float32Array.from({ length: pairs * width }, (_, i) => stream.normal() + (i % width ? 0 : 2))
const rejected = Float32Array.from({ length: pairs * width }, () => stream.normal())
const margin = Float32Array.from({ length: pairs }, () => stream.uniform())

const head = mlp({ name: 'head', widths: [width, 32, 1] })
const { parameters, history } = await fit({
  parameters: head.initialise(new RandomStream(1)),
  tables: {
    chosen: hostTensor(chosen, [pairs, width]),
    rejected: hostTensor(rejected, [pairs, width]),
    margin: hostTensor(margin, [pairs]),
  },
  loss(own, batch) {
    const score = (x: Tensor): Tensor => head.apply(own, x).flatten()
    return marginLoss(score(batch.chosen!), score(batch.rejected!), batch.margin!)
  },
  optimiser: adamw({ weightDecay: 0.01 }),
  rate: cosineRate(0.01, { warmup: 0.1 }),
  batchSize: 64,
  steps: 200,
  seed: 3,
})
console.log(`loss ${history.loss![0]!.toFixed(2)} at first, ${history.loss![199]!.toFixed(2)} in the end`)

const folder = mkdtempSync(join(tmpdir(), 'guerdon-train-'))
const path = join(folder, 'head.safetensors')
writeSafetensors(path, { tensors: parameters, metadata: { widths: '16,32,1' } })

const weights = constants(readSafetensors(path).tensors)
const scores = await compile({ x: { shape: [2, width] } }, ({ x }) => ({
  score: head.apply(weights, x).flatten(),
}))
const far = Array.from({ length: width }, (_, i) => (i === 0 ? 2 : 0))
const { score } = await scores.run({ x: [...far, ...far.map((value) => -value)] })
console.log(`the vector further along scores ${score.values[0]! > score.values[1]! ? 'higher' : 'lower'}`)
rmSync(folder, { recursive: true })
