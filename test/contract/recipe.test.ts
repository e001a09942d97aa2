/** The contract of recipes, checked for every one: from preferences to a stored model that scores. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { RandomStream } from '../../src/numerics/random.ts'
import { madePairs, writePairs } from '../../src/reward-models/made-preferences.contract.ts'
import { WEIGHTS } from '../../src/reward-models/model-file.ts'
import { recipes } from '../../src/reward-models/recipes.ts'
import { RewardModel } from '../../src/reward-models/reward-model.ts'
import { trainRewardModel } from '../../src/reward-models/train.ts'
import { checkTrainConfig } from '../../src/reward-models/train-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-recipes-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Every column that a recipe may ask for. */
const stream = new RandomStream(3)
const data = writePairs(
  join(folder, 'pairs.jsonl'),
  madePairs(240, 1).map((pair) => {
    const margin = 0.5 + 2 * stream.uniform()
    // paper 16's meta-reward wants pairs of the current policy
    const source = pair.source === 'second' ? 'policy' : pair.source
    return { ...pair, source, margin, score_chosen: 1 + margin, score_rejected: 1 }
  }),
)
/** Less of everything, where a recipe has such a parameter. */
const less: Readonly<Record<string, readonly unknown[]>> = {
  epochs: [2],
  members: [2],
  // widths of several layers, or one width
  hidden: [[6], 6],
  minimumSteps: [20],
  steps: [20],
  batchSize: [32],
}

/** Up to the rounding of float32: a softmax's last bit may follow the place of a row among the others. */
function expectNear(value: number, other: number): void {
  expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(other)))
}

describe.each(recipes.map((recipe) => [recipe.name, recipe] as const))('recipe %s', (name, recipe) => {
  const known = Object.fromEntries(
    Object.entries(less).flatMap(([parameter, values]) => {
      const schema = recipe.parameters.shape[parameter] as z.ZodType | undefined
      return schema === undefined
        ? []
        : [[parameter, values.find((value) => schema.safeParse(value).success)] as const]
    }),
  )
  const config = checkTrainConfig({
    name,
    data,
    holdOut: { share: 0.4 },
    encoder: { use: 'hashed-n-grams', width: 32 },
    recipe: { use: name, ...known },
  })
  const train = (output: string) => trainRewardModel(config, { output: join(folder, output), worker: false })

  it('has parameters with descriptions and defaults, and survives JSON', () => {
    const defaults = recipe.parameters.parse({})
    expect(JSON.parse(JSON.stringify(defaults))).toEqual(defaults)
    for (const [parameter, schema] of Object.entries(recipe.parameters.shape))
      expect((schema as { description?: string }).description, parameter).toBeTruthy()
  })

  it('trains, stores, loads and scores: the same for any company, finite for any text', async () => {
    const { manifest } = await train(`${name}-1`)
    expect(manifest.recipe.use).toBe(name)
    const model = await RewardModel.open(join(folder, `${name}-1`), { worker: false })
    const texts = ['', 'Gladly: tea', 'x'.repeat(5000), '🙂 \u0000', 'Who cares. rain 5']
    const conversations = texts.map((completion, index) => ({
      prompt: index % 2 === 0 ? 'What about number 3?' : '',
      completion,
      user: index === 1 ? 'user 1' : undefined,
    }))
    const together = await model.score(conversations)
    for (const values of [together.reward, ...Object.values(together.parts)])
      for (const value of values) expect(Number.isFinite(value)).toBe(true)
    for (const [row, conversation] of conversations.entries()) {
      const alone = await model.score([conversation])
      expectNear(alone.reward[0]!, together.reward[row]!)
      for (const [part, values] of Object.entries(alone.parts))
        expectNear(values[0]!, together.parts[part]![row]!)
    }
    await model.close()
  }, 60_000)

  it('gives the same bits for the same seed', async () => {
    await train(`${name}-2`)
    const [first, second] = [1, 2].map((run) => readFileSync(join(folder, `${name}-${run}`, WEIGHTS)))
    expect(first!.equals(second!)).toBe(true)
  }, 60_000)
})
