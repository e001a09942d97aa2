import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { createReward } from '../reward/score.ts'
import { madePairs, writePairs } from './made-preferences.contract.ts'
import { MANIFEST, WEIGHTS } from './model-file.ts'
import { RewardModel } from './reward-model.ts'
import { type TrainProgress, trainRewardModel } from './train.ts'
import { checkTrainConfig, type TrainConfigInput } from './train-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-train-'))
afterAll(() => rmSync(folder, { recursive: true }))
const data = writePairs(join(folder, 'pairs.jsonl'), madePairs(400, 1))
const configOf = (more: Partial<TrainConfigInput> = {}) =>
  checkTrainConfig({
    name: 'courtesy',
    data,
    holdOut: { share: 0.4 },
    encoder: { use: 'hashed-n-grams', width: 64 },
    recipe: { use: 'bradley-terry-head', hidden: [8], epochs: 4, batchSize: 32, rate: 0.01 },
    ...more,
  })
const weightsOf = (path: string): string => readFileSync(join(path, WEIGHTS)).toString('base64')

test('it learns, is measured on pairs of its own, and the stored model scores in a reward', async () => {
  const output = join(folder, 'learned')
  const stages = new Set<string>()
  const { heldOut, manifest, notice } = await trainRewardModel(configOf(), {
    output,
    worker: false,
    progress: ({ stage }) => stages.add(stage),
  })
  // A tenth of the labels is turned round.
  expect(heldOut.accuracy!).toBeGreaterThan(0.8)
  expect(heldOut.pairs).toBeGreaterThan(50)
  expect(manifest.calibration.pairs).toBeGreaterThan(50)
  expect(manifest.calibration.eceAfter!).toBeLessThan(0.15)
  expect([...stages]).toEqual(['read', 'encode', 'head', 'measure'])
  expect(notice).toMatch(/without a model/)
  expect(readdirSync(output).sort()).toEqual([MANIFEST, WEIGHTS].sort())
  expect(JSON.stringify(manifest)).not.toContain(folder)

  const reward = await createReward(
    { name: 'r', signals: { courtesy: { use: 'reward-model', model: 'learned', output: 'probability' } } },
    { folder },
  )
  const scored = await reward.score(
    ['Gladly: tea in 5 words', 'Look it up. tea 5'].map((completion, index) => ({
      id: `${index}`,
      group: 'g',
      prompt: 'What about number 3?',
      completion,
    })),
    { evidence: true },
  )
  await reward.close()
  const [kind, curt] = scored.reward.values
  expect(kind!).toBeGreaterThan(0.6)
  expect(curt!).toBeLessThan(0.4)
  expect(scored.columns.get('courtesy')!.evidence![0]).toMatchObject({
    model: 'courtesy',
    recipe: 'bradley-terry-head',
  })
})

test('the same seed gives the same bits, in a worker, with tables in files or in memory; another seed others', async () => {
  const train = async (name: string, more: Partial<TrainConfigInput>, worker: boolean) => {
    await trainRewardModel(configOf(more), { output: join(folder, name), worker })
    return weightsOf(join(folder, name))
  }
  const first = await train('first', {}, false)
  expect(await train('in-worker', {}, true)).toBe(first)
  expect(await train('reseeded', { seed: 2 }, false)).not.toBe(first)
  const large = Array.from({ length: 700 }, () => madePairs(400, 1)).flat()
  const many = writePairs(join(folder, 'many.jsonl'), large.slice(0, 3000))
  const encoder = { use: 'hashed-n-grams', width: 512 } as const
  const recipe = { use: 'bradley-terry-head', hidden: [], epochs: 1 }
  const more = { data: many, encoder, recipe }
  const inMemory = await train('in-memory', more, false)
  expect(await train('in-files', { ...more, limits: { memory: 1 } }, false)).toBe(inMemory)
})

test('trained again in the same process and folder, files of the first training are not read', async () => {
  const encoder = { use: 'hashed-n-grams', width: 512 } as const
  const recipe = { use: 'bradley-terry-head', hidden: [], epochs: 1 }
  const dataOf = (seed: number): string =>
    writePairs(join(folder, `again-${seed}.jsonl`), madePairs(900, seed))
  const train = async (name: string, seed: number, memory: number) => {
    const config = configOf({ data: dataOf(seed), encoder, recipe, limits: { memory } })
    const outcome = await trainRewardModel(config, {
      output: join(folder, name),
      worker: false,
      restart: true,
    })
    return { weights: weightsOf(join(folder, name)), heldOut: outcome.heldOut }
  }
  await train('twice', 21, 1)
  expect(await train('twice', 22, 1)).toEqual(await train('other', 22, 512))
})

test('features of columns, and inner signals that give them', async () => {
  const stream = new RandomStream(5)
  const pairs = madePairs(300, 2).map((pair) => {
    const [judge, other] = [stream.normal(), stream.normal()]
    return {
      ...pair,
      chosen_judge: Math.max(judge, other),
      rejected_judge: Math.min(judge, other),
      chosen_length: stream.normal(),
      rejected_length: stream.normal(),
    }
  })
  const config = configOf({
    data: writePairs(join(folder, 'features.jsonl'), pairs),
    encoder: { use: 'columns', names: ['judge', 'length'] },
    recipe: { use: 'bradley-terry-head', hidden: [], epochs: 8, batchSize: 32, rate: 0.05 },
  })
  const { heldOut } = await trainRewardModel(config, { output: join(folder, 'features'), worker: false })
  expect(heldOut.accuracy!).toBeGreaterThan(0.9)
  const reward = await createReward(
    {
      name: 'r',
      signals: {
        length: { use: 'length', unit: 'words' },
        it: { use: 'reward-model', model: 'features', over: ['length'] },
      },
    },
    { folder },
  )
  const rollout = { group: 'g', prompt: 'p', completion: 'one two' }
  const scored = await reward.score([
    { ...rollout, id: 'a', columns: { judge: 2 } },
    { ...rollout, id: 'b', columns: { judge: -2 } },
    { ...rollout, id: 'c' },
  ])
  await reward.close()
  expect(scored.reward.values[0]!).toBeGreaterThan(scored.reward.values[1]!)
  expect(scored.reward.valid[2]).toBe(0)
  expect(scored.columns.get('it')!.reasons![2]).toContain('no feature "judge"')
})

test('a recipe that takes missing features is asked without them', async () => {
  const stream = new RandomStream(6)
  const pairs = madePairs(300, 2).map((pair) => {
    const [judge, other] = [stream.normal(), stream.normal()]
    const missing = stream.uniform() < 0.2
    return {
      ...pair,
      chosen_judge: Math.max(judge, other),
      rejected_judge: Math.min(judge, other),
      chosen_length: missing ? null : stream.normal(),
      rejected_length: stream.normal(),
    }
  })
  const config = configOf({
    data: writePairs(join(folder, 'gaps.jsonl'), pairs),
    encoder: { use: 'columns', names: ['judge', 'length'] },
    recipe: { use: 'feature-reward', leastValid: 1, minimumSteps: 200 },
  })
  const { heldOut } = await trainRewardModel(config, { output: join(folder, 'gaps'), worker: false })
  expect(heldOut.accuracy!).toBeGreaterThan(0.9)
  const reward = await createReward(
    { name: 'r', signals: { it: { use: 'reward-model', model: 'gaps' } } },
    { folder },
  )
  const rollout = { group: 'g', prompt: 'p', completion: 'one two' }
  const scored = await reward.score([
    { ...rollout, id: 'a', columns: { judge: 2 } },
    { ...rollout, id: 'b', columns: { judge: -2, length: 0 } },
  ])
  await reward.close()
  expect([...scored.reward.valid]).toEqual([1, 1])
  expect(scored.reward.values[0]!).toBeGreaterThan(scored.reward.values[1]!)
})

test('nothing is held out: nothing is measured, and the model still has a mean', async () => {
  const { heldOut, manifest } = await trainRewardModel(configOf({ holdOut: { share: 0 } }), {
    output: join(folder, 'whole'),
    worker: false,
  })
  expect(heldOut).toMatchObject({ pairs: 0, accuracy: null })
  expect(manifest.calibration).toMatchObject({ temperature: 1, pairs: 0 })
  expect(manifest.calibration.standardDeviation).not.toBe(1)
})

test('a folder with a model, with other things, or with another run’s remains is not touched', async () => {
  const output = join(folder, 'taken')
  await trainRewardModel(configOf(), { output, worker: false })
  const before = weightsOf(output)
  await expect(trainRewardModel(configOf(), { output, worker: false })).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: expect.stringContaining('--restart'),
  })
  await trainRewardModel(configOf({ seed: 3 }), { output, worker: false, restart: true })
  expect(weightsOf(output)).not.toBe(before)

  const foreign = join(folder, 'foreign')
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'thesis.tex'), 'years of work')
  await expect(trainRewardModel(configOf(), { output: foreign, restart: true })).rejects.toThrow(
    /other things/,
  )
  expect(readFileSync(join(foreign, 'thesis.tex'), 'utf8')).toBe('years of work')

  const stopped = join(folder, 'stopped')
  const controller = new AbortController()
  const progress = ({ stage }: TrainProgress) => stage === 'head' && controller.abort()
  await expect(
    trainRewardModel(configOf(), { output: stopped, worker: false, abort: controller.signal, progress }),
  ).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
  await expect(trainRewardModel(configOf({ seed: 4 }), { output: stopped })).rejects.toMatchObject({
    code: 'RESUME_MISMATCH',
  })
  await trainRewardModel(configOf(), { output: stopped, worker: false })
  expect(existsSync(join(stopped, '.work'))).toBe(false)
})

test('a run that fails before it trained leaves nothing behind', async () => {
  const output = join(folder, 'never')
  const wrong = configOf({ data: join(folder, 'absent.jsonl') })
  await expect(trainRewardModel(wrong, { output })).rejects.toMatchObject({ code: 'FILE_MISSING' })
  expect(existsSync(output)).toBe(false)
})

/** A training in a process of its own, killed once it has told of this many steps. */
function trainUntil(config: TrainConfigInput, output: string, steps: number): Promise<number> {
  const script = `
    import { trainRewardModel } from '${new URL('./train.ts', import.meta.url).href}'
    import { checkTrainConfig } from '${new URL('./train-config.ts', import.meta.url).href}'
    await trainRewardModel(checkTrainConfig(${JSON.stringify(config)}), {
      output: ${JSON.stringify(output)},
      worker: false,
      progress: ({ stage, done }) => stage === 'head' && console.log(done),
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { promise, resolve } = Promise.withResolvers<number>()
  let last = 0
  child.stdout.on('data', (text: Buffer) => {
    last = Number(text.toString().trim().split('\n').at(-1))
    if (last >= steps) child.kill('SIGKILL')
  })
  child.on('close', () => resolve(last))
  return promise
}

test('killed three times at steps that nobody chose, it ends with the weights of a run that was not', async () => {
  const config: TrainConfigInput = {
    name: 'killed',
    data,
    holdOut: { share: 0.2 },
    encoder: { use: 'hashed-n-grams', width: 32 },
    recipe: { use: 'bradley-terry-head', hidden: [8], epochs: 150, batchSize: 32, rate: 0.01 },
  }
  const whole = join(folder, 'never-killed')
  await trainRewardModel(checkTrainConfig(config), { output: whole, worker: false })
  const output = join(folder, 'killed')
  const stream = new RandomStream(Number(process.env.GUERDON_TEST_SEED ?? 20261124) || 1)
  for (let time = 0; time < 3; time++) {
    await trainUntil(config, output, 250 + 350 * time + Math.floor(200 * stream.uniform()))
    expect(existsSync(join(output, MANIFEST))).toBe(false)
  }
  let first = Number.POSITIVE_INFINITY
  await trainRewardModel(checkTrainConfig(config), {
    output,
    worker: false,
    progress: ({ stage, done }) => {
      if (stage === 'head') first = Math.min(first, done)
    },
  })
  expect(first).toBeGreaterThan(200)
  expect(weightsOf(output)).toBe(weightsOf(whole))
}, 60_000)

test('a model without users gives everyone the same reward', async () => {
  const model = await RewardModel.open(join(folder, 'learned'), { worker: false })
  const alone = await model.score([{ prompt: 'p', completion: 'Gladly: tea' }])
  const named = await model.score([{ prompt: 'p', completion: 'Gladly: tea', user: 'user 1' }])
  await model.close()
  expect(named).toEqual(alone)
})
