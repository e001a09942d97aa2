/** What signals that open something find: models made for the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mlp } from '../../src/engine/layers/mlp.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { saveRewardModel } from '../../src/reward-models/model-file.ts'
import { openPairEncoder } from '../../src/reward-models/pair-encoder.ts'
import type { PairEncoderSpec } from '../../src/reward-models/train-config.ts'
import { localServer } from '../models/local-server.ts'
import { classifierFiles, writeModel } from '../models/tiny-models.ts'

export interface SignalFixture {
  /** take the place of what the method's examples name */
  readonly example: Readonly<Record<string, unknown>>
  /** further parameters to try on awkward rollouts */
  readonly corpus: readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

/** Stores a model with a linear head, or one with hidden layers of random weights. */
export async function storeModel(
  folder: string,
  spec: PairEncoderSpec,
  hidden: readonly number[],
  weights?: readonly number[],
): Promise<void> {
  const text = { read: 'together', template: 'plain' } as const
  const encoder = await openPairEncoder(spec, text, { folder: '.' })
  await encoder.close()
  const head = mlp({ name: 'head', widths: [encoder.width, ...hidden, 1], activation: 'silu' })
  const drawn = head.initialise(new RandomStream(7).derive('head'))
  saveRewardModel(folder, {
    name: 'fixture',
    seed: 7,
    recipe: { use: 'bradley-terry-head', parameters: { hidden } },
    settings: {},
    encoder: { spec, digest: encoder.digest, width: encoder.width },
    text,
    weights:
      weights === undefined
        ? drawn
        : Object.fromEntries(
            Object.entries(drawn).map(([name, tensor]) => [
              name,
              {
                ...tensor,
                values: name.endsWith('weight') ? Float32Array.from(weights) : new Float32Array(1),
              },
            ]),
          ),
    calibration: {
      temperature: 0.5,
      mean: 0.1,
      standardDeviation: 0.2,
      logLossBefore: null,
      logLossAfter: null,
      eceBefore: null,
      eceAfter: null,
      pairs: 0,
    },
    data: { digest: '' },
    metrics: {},
  })
}

async function rewardModelFixture(): Promise<SignalFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'guerdon-models-'))
  const [features, texts] = [join(folder, 'features'), join(folder, 'texts')]
  await storeModel(features, { use: 'columns', names: ['judge', 'hedges'] }, [], [2, -0.5])
  await storeModel(texts, { use: 'hashed-n-grams', width: 64 }, [24])
  return {
    example: { model: features },
    corpus: [
      { model: texts },
      { model: texts, output: 'probability' },
      { model: texts, output: 'standardised' },
    ],
    async close() {
      rmSync(folder, { recursive: true })
    },
  }
}

/** The tiny classifier; its tokenizer knows ten words and cuts at 16 tokens. */
async function classifierFixture(): Promise<SignalFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'guerdon-classifier-'))
  const model = writeModel(folder, classifierFiles(1))
  return {
    example: { model, threads: 1 },
    corpus: [
      { model, threads: 1 },
      { model, threads: 1, read: 'pair', activation: 'sigmoid' },
    ],
    async close() {
      rmSync(folder, { recursive: true })
    },
  }
}

/** A server that speaks text-embeddings-inference and scores a text by its characters. */
async function serverFixture(): Promise<SignalFixture> {
  const server = await localServer(({ path, body }) =>
    path === '/info'
      ? { model_id: 'characters', max_client_batch_size: 4 }
      : (body.inputs as string[][]).map((texts) => [{ label: 'LABEL_0', score: texts.join('').length }]),
  )
  const { url } = server
  return {
    example: { url },
    corpus: [{ protocol: 'tei', url, read: 'pair' }],
    async close() {
      server.close()
    },
  }
}

/** By the name of the signal. */
export const signalFixtures: Readonly<Record<string, () => Promise<SignalFixture>>> = {
  'reward-model': rewardModelFixture,
  'sequence-classifier': classifierFixture,
  'remote-reward': serverFixture,
}
