import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { hostTensor } from '../engine/host-tensor.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { RandomStream } from '../numerics/random.ts'
import { loadRewardModel, MANIFEST, type ModelContents, saveRewardModel, WEIGHTS } from './model-file.ts'
import { RewardModel, rewardOutput } from './reward-model.ts'
import { openRowScorer } from './score-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-model-'))
afterAll(() => rmSync(folder, { recursive: true }))

const contentsOf = (seed: number, hidden: readonly number[], width: number): ModelContents => ({
  name: 'a',
  seed,
  recipe: { use: 'bradley-terry-head', parameters: { hidden } },
  settings: { list: [1, 2.5], text: 'ä' },
  encoder: {
    spec: { use: 'columns', names: Array.from({ length: width }, (_, index) => `f${index}`) },
    digest: 'd',
    width,
  },
  text: { read: 'together', template: 'plain' },
  weights: mlp({ name: 'head', widths: [width, ...hidden, 1], activation: 'silu' }).initialise(
    new RandomStream(seed).derive('head'),
  ),
  users: {
    names: ['eva', 'ä"\\'],
    vectors: Float32Array.of(1, 2, 3, 4),
    width: 2,
    unknown: Float32Array.of(0.1, -0.1),
  },
  calibration: {
    temperature: 0.3,
    mean: 0,
    standardDeviation: 1,
    logLossBefore: null,
    logLossAfter: null,
    eceBefore: null,
    eceAfter: null,
    pairs: 0,
  },
  data: { digest: 'x' },
  metrics: { accuracy: 0.5 },
})

test('what is stored comes back bit for bit, and scores the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 1e6 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
      fc.integer({ min: 1, max: 7 }),
      async (seed, hidden, width) => {
        const path = join(folder, 'property')
        const contents = contentsOf(seed, hidden, width)
        saveRewardModel(path, contents)
        const loaded = loadRewardModel(path)
        expect(loaded.weights).toEqual(contents.weights)
        expect(loaded.users).toEqual(contents.users)
        expect(loaded.settings).toEqual(contents.settings)
        const stream = new RandomStream(seed)
        const completion = hostTensor(
          Float32Array.from({ length: 5 * width }, () => stream.normal()),
          [5, width],
        )
        const scores = []
        for (const weights of [contents.weights, loaded.weights]) {
          const { users, ...scorable } = loaded
          const scorer = await openRowScorer({ ...scorable, weights })
          scores.push((await scorer.score({ completion })).reward)
          await scorer.close()
        }
        expect(scores[0]).toEqual(scores[1])
      },
    ),
    { numRuns: 12 },
  )
})

test('a damaged, missing or newer file is refused with its place', () => {
  const path = join(folder, 'damaged')
  saveRewardModel(path, contentsOf(1, [], 3))
  const weights = readFileSync(join(path, WEIGHTS))
  const flipped = Uint8Array.from(weights)
  flipped[flipped.length - 1]! ^= 1
  writeFileSync(join(path, WEIGHTS), flipped)
  expect(() => loadRewardModel(path)).toThrow(/not the file that was stored/)
  rmSync(join(path, WEIGHTS))
  expect(() => loadRewardModel(path)).toThrow(expect.objectContaining({ code: 'MODEL_MISSING' }))
  const manifest = JSON.parse(readFileSync(join(path, MANIFEST), 'utf8'))
  const store = (changes: object): void =>
    writeFileSync(join(path, MANIFEST), JSON.stringify({ ...manifest, ...changes }))
  store({ version: 2 })
  expect(() => loadRewardModel(path)).toThrow(/another version/)
  store({ calibration: { temperature: -1 } })
  expect(() => loadRewardModel(path)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  store({ recipe: { use: 'of-tomorrow', parameters: {} } })
  expect(() => loadRewardModel(path)).toThrow(/no recipe "of-tomorrow"/)
  writeFileSync(join(path, MANIFEST), '{')
  expect(() => loadRewardModel(path)).toThrow(/is not JSON/)
  expect(() => loadRewardModel(join(folder, 'nothing'))).toThrow(/holds no reward model/)
})

test('another encoder than that of the training is refused', async () => {
  const path = join(folder, 'other-encoder')
  saveRewardModel(path, contentsOf(1, [], 3))
  await expect(RewardModel.open(path, { worker: false })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('another encoder'),
  })
})

test('a model in the way is replaced whole', () => {
  const path = join(folder, 'replaced')
  saveRewardModel(path, contentsOf(1, [4], 3))
  writeFileSync(join(path, 'left over'), '')
  const { users, ...without } = contentsOf(2, [], 5)
  saveRewardModel(path, without)
  expect(loadRewardModel(path).width).toBe(5)
  expect(loadRewardModel(path).users).toBeUndefined()
  expect(() => readFileSync(join(path, 'left over'))).toThrow()
})

test('outputs', () => {
  const calibration = { mean: 1, standardDeviation: 2, temperature: 0.5 }
  expect(rewardOutput(3, 'raw', calibration)).toBe(3)
  expect(rewardOutput(3, 'calibrated', calibration)).toBe(6)
  expect(rewardOutput(3, 'standardised', calibration)).toBe(1)
  expect(rewardOutput(1, 'probability', calibration)).toBe(0.5)
  expect(rewardOutput(3, 'probability', calibration)).toBeCloseTo(1 / (1 + Math.exp(-4)), 12)
})
