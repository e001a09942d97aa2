/**
 * Accuracy on human preferences: Anthropic's harmless-base pairs (beside the repository), real sentence embeddings, one
 * split by a hash of the prompt. Heads trained here stand beside scikit-learn's logistic regression and the same heads in
 * PyTorch on the same embeddings; the peers run in Python:
 *
 *     node scripts/fetch-encoder.ts
 *     node speed/hh-rlhf.ts [--data FILE] [--pairs N] [--seeds N] [--python PYTHON]
 *
 * The table goes to the terminal; without a Python that has scikit-learn and torch their rows are missing.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mlp } from '../src/engine/layers/mlp.ts'
import { cosineRate } from '../src/engine/optimiser.ts'
import { rowsOf } from '../src/engine/sessions/fill.ts'
import type { Table } from '../src/engine/sessions/session.ts'
import { RandomStream } from '../src/numerics/random.ts'
import { bradleyTerry } from '../src/objectives/bradley-terry.ts'
import { encodePairs } from '../src/reward-models/encode-pairs.ts'
import type { EncodedPairs } from '../src/reward-models/encoded-pairs.ts'
import { openPairEncoder } from '../src/reward-models/pair-encoder.ts'
import { openRowScorer } from '../src/reward-models/score-rows.ts'
import { checkTrainConfig, type PairEncoderSpec } from '../src/reward-models/train-config.ts'
import { pairQuality, trainPairs } from '../src/reward-models/train-pairs.ts'

const root = join(import.meta.dirname, '..')
const model = join(root, 'models/all-MiniLM-L6-v2-int8')
const work = join(root, 'speed/.peers/hh-rlhf')

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100000' },
    seeds: { type: 'string', default: '5' },
    data: { type: 'string', default: join(root, '../shared/data/hh-rlhf/harmless-base.jsonl.gz') },
    python: { type: 'string', default: 'python3' },
  },
})
const { data } = values
for (const path of [data, model])
  if (!existsSync(path)) {
    console.error(`${path} is not there`)
    process.exit(2)
  }

/** Both heads, with what PyTorch is told as well. */
export const heads = {
  linear: { hidden: [], epochs: 60, batchSize: 32, rate: 0.01, weightDecay: 0.01 },
  silu: { hidden: [128], epochs: 15, batchSize: 32, rate: 0.001, weightDecay: 0.01 },
} as const

interface Split {
  readonly train: EncodedPairs
  readonly test: EncodedPairs
}

async function encoded(spec: PairEncoderSpec): Promise<Split> {
  const config = checkTrainConfig({
    name: 'hh',
    data,
    // All that is held out is measured: nothing is chosen on it.
    holdOut: { share: 0.8 },
    encoder: spec,
    limits: { pairs: Number(values.pairs) },
  })
  const opened = await openPairEncoder(spec, config.text, { folder: root, cache: join(work, 'embeddings') })
  try {
    const parts = await encodePairs(config, opened.encoder, {
      folder: work,
      memory: 2 ** 31,
      progress: (stage, done, total) => process.stderr.write(`\r${stage} ${done} of ${total ?? '?'}   `),
    })
    process.stderr.write('\n')
    // The hash puts 40 % each into validation and test: validation and training pairs together are trained on.
    return { train: joined(parts.train, parts.validation), test: parts.test }
  } finally {
    await opened.close()
  }
}

const all = (table: Table): Float32Array =>
  rowsOf(
    table,
    Int32Array.from({ length: table.shape[0]! }, (_, row) => row),
  ).values as Float32Array

function joined(first: EncodedPairs, second: EncodedPairs): EncodedPairs {
  const tables = (side: 'chosen' | 'rejected'): Table => {
    const both = new Float32Array((first.count + second.count) * first.width)
    both.set(all(first[side]))
    both.set(all(second[side]), first.count * first.width)
    return { shape: [first.count + second.count, first.width], dtype: 'float32', values: both }
  }
  return {
    ...first,
    count: first.count + second.count,
    chosen: tables('chosen'),
    rejected: tables('rejected'),
  }
}

async function accuracyOf(
  split: Split,
  head: (typeof heads)[keyof typeof heads],
  seed: number,
): Promise<number> {
  const { recipe } = checkTrainConfig({ name: 'hh', data })
  const nothing = { ...split.test, count: 0 }
  const { model: trained, parameters } = await recipe.run(
    { train: split.train, validation: nothing },
    { ...head, hidden: [...head.hidden], select: 'last' },
    { seed, worker: false, threads: 1 },
  )
  const scorer = await openRowScorer({
    recipe,
    parameters,
    weights: trained.weights,
    settings: {},
    width: split.train.width,
  })
  const chosen = await scorer.score({ completion: split.test.chosen })
  const rejected = await scorer.score({ completion: split.test.rejected })
  await scorer.close()
  return pairQuality(chosen.reward, rejected.reward, split.test.tie).accuracy
}

/**
 * A linear reward with scikit-learn's objective at C = 1, to its minimum: Σ over both orders of −log σ(Δ) plus ½‖w‖²,
 * which is the mean over pairs plus ‖w‖²/4n.
 */
async function ridgeAccuracy({ train, test }: Split, seed: number): Promise<number> {
  const name = 'head.0.weight'
  const net = mlp({ name: 'head', widths: [train.width, 1], outputBias: false })
  const { parameters } = await trainPairs(
    { train, validation: { ...test, count: 0 } },
    {
      stage: 'ridge',
      parameters: net.initialise(new RandomStream(seed).derive('head')),
      reward: (weights, completion) => net.apply(weights, completion).squeeze(-1),
      loss: (rewards, _, weights) =>
        bradleyTerry(rewards).loss.add(
          weights[name]!.square()
            .sum()
            .mul(1 / (4 * train.count)),
        ),
      epochs: 150,
      batchSize: 64,
      rate: cosineRate(0.05, { warmup: 0.05 }),
      seed,
    },
    { seed, worker: false, threads: 1 },
  )
  const weight = parameters[name]!.values
  const reward = (values: Float32Array, row: number): number => {
    let sum = 0
    for (let column = 0; column < train.width; column++)
      sum += weight[column]! * values[row * train.width + column]!
    return sum
  }
  const [chosen, rejected] = [all(test.chosen), all(test.rejected)].map((values) =>
    Float64Array.from({ length: test.count }, (_, row) => reward(values, row)),
  )
  return pairQuality(chosen!, rejected!, test.tie).accuracy
}

function peers(split: Split, seeds: number): Record<string, number[]> {
  mkdirSync(work, { recursive: true })
  for (const [name, pairs] of Object.entries(split))
    for (const side of ['chosen', 'rejected'] as const)
      writeFileSync(join(work, `${name}-${side}.f32`), new Uint8Array(all(pairs[side]).buffer))
  writeFileSync(
    join(work, 'run.json'),
    JSON.stringify({ width: split.train.width, seeds, heads, tie: Array.from(split.test.tie) }),
  )
  const script = join(import.meta.dirname, 'hh_rlhf_peer.py')
  const { status, stderr } = spawnSync(values.python, [script, work], { encoding: 'utf8' })
  if (status === 0) return JSON.parse(readFileSync(join(work, 'result.json'), 'utf8'))
  console.error(`the peers did not run: ${stderr?.trim().split('\n').at(-1)}`)
  return {}
}

const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length

for (const spec of [{ use: 'onnx', model }, { use: 'hashed-n-grams' }] satisfies PairEncoderSpec[]) {
  const split = await encoded(spec)
  const seeds = Number(values.seeds)
  const rows: Record<string, number[]> = {}
  for (const [name, head] of Object.entries(heads)) {
    rows[`guerdon ${name}`] = []
    for (let seed = 1; seed <= seeds; seed++)
      rows[`guerdon ${name}`]!.push(await accuracyOf(split, head, seed))
  }
  rows['guerdon ridge'] = []
  for (let seed = 1; seed <= seeds; seed++) rows['guerdon ridge'].push(await ridgeAccuracy(split, seed))
  Object.assign(rows, peers(split, seeds))
  console.log(`\n${spec.use}: ${split.train.count} pairs trained on, ${split.test.count} held out`)
  for (const [name, list] of Object.entries(rows))
    console.log(
      `${name.padEnd(24)} ${(100 * mean(list)).toFixed(2)} %  (${list.map((value) => (100 * value).toFixed(1)).join(' ')})`,
    )
}
