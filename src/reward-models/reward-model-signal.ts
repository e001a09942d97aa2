/**
 * A reward model of one's own as a signal: the folder that `guerdon train reward-model` wrote. Use it where no rule can say
 * what is good, and look at its accuracy on held-out pairs first. Range unbounded, or [0, 1] as a probability.
 */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { defineSignal, type InnerSignal, type SignalContext } from '../kinds/signal.ts'
import type { RolloutBatch } from '../records/batch.ts'
import { type Column, createColumn, invalidate } from '../records/column.ts'
import type { Conversation, RewardModel } from './reward-model.ts'

const parameters = z.object({
  model: z.string().min(1).describe('folder of the model; a relative path starts at the folder of the spec'),
  output: z
    .enum(['raw', 'calibrated', 'standardised', 'probability'])
    .default('raw')
    .describe(
      'raw: r; calibrated: r/T, whose differences are log-odds; standardised: (r − mean)/std over validation pairs; probability: σ((r − mean)/T)',
    ),
  part: z
    .string()
    .min(1)
    .optional()
    .describe('a part of the model as the column itself, as it is, for example uncertainty'),
  parts: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/))
    .default([])
    .describe('parts of the model as further columns, as they are'),
  cache: z
    .string()
    .min(1)
    .optional()
    .describe(
      'folder that keeps embeddings of texts between runs; worth it for models, not for hashed n-grams',
    ),
})

type Opened = Pick<SignalContext, 'folder' | 'resource'>

/** The model of a spec's entry, opened once for the life of the reward. */
async function opened(
  { model, cache }: z.output<typeof parameters>,
  { folder, resource }: Opened,
): Promise<RewardModel> {
  const path = resolve(folder, model)
  const kept = cache === undefined ? undefined : resolve(folder, cache)
  return resource(
    `reward-model ${path} ${kept ?? ''}`,
    // Loaded here, so that a spec without a model loads neither engine nor encoders.
    async () => (await import('./reward-model.ts')).RewardModel.open(path, { cache: kept }),
    (open) => open.close(),
  )
}

/**
 * What a model of features reads of each rollout: inner signals by their names in `over`, else the rollout's columns. A
 * missing one makes the row invalid, unless the recipe takes that (`optional`).
 */
async function featuresOf(
  names: readonly string[],
  optional: boolean,
  batch: RolloutBatch,
  inner: ReadonlyMap<string, InnerSignal>,
  column: Column,
): Promise<Record<string, number>[]> {
  const rows: Record<string, number>[] = batch.rollouts.map(() => ({}))
  for (const name of names) {
    const signal = inner.get(name)
    const scored = signal === undefined ? undefined : (await signal.score(batch)).column
    for (let row = 0; row < batch.size; row++) {
      const given = batch.rollouts[row]!.columns?.[name]
      const value =
        scored === undefined ? (typeof given === 'boolean' ? Number(given) : given) : scored.values[row]!
      const missing = scored === undefined ? value === undefined || value === null : scored.valid[row] === 0
      if (missing && optional) continue
      if (scored !== undefined && missing)
        invalidate(column, row, `${name}: ${scored.reasons?.[row] ?? 'invalid'}`)
      else if (typeof value === 'number' && Number.isFinite(value)) rows[row]![name] = value
      else
        invalidate(
          column,
          row,
          `no feature "${name}": neither a signal in over nor a column of the rollout has it`,
        )
    }
  }
  return rows
}

export const rewardModel = defineSignal({
  name: 'reward-model',
  summary:
    'A reward model that was trained on preferences: the folder that guerdon train reward-model wrote.',
  formula: 'r, r/T, (r − mean)/std or σ((r − mean)/T)',
  range: 'unbounded; [0, 1] with output: probability',
  grain: 'rollout',
  over: 'any',
  aliases: ['preference model', 'trained reward', 'bradley-terry reward'],
  parameters,
  identity({ model }, { folder }) {
    // The manifest names the digests of the weights and of the encoder. A model that is not there is told by `open`.
    try {
      const manifest = readFileSync(join(resolve(folder, model), 'reward-model.json'))
      return createHash('sha256').update(manifest).digest('hex')
    } catch {
      return ''
    }
  },
  parts: (given) => Object.fromEntries(given.parts.map((part) => [part, 'rollout' as const])),
  examples: [
    {
      title: 'a linear model of two features, 2 · judge − 0.5 · hedges',
      parameters: { model: 'judge-and-hedges' },
      input: {
        rollouts: [
          { completion: 'It is 4.', columns: { judge: 0.75, hedges: 1 } },
          { completion: 'Perhaps 4, perhaps 5.', columns: { judge: 0.25, hedges: 2 } },
          { completion: '5', columns: { judge: 0.5 } },
        ],
      },
      result: [1, -0.5, null],
    },
  ],
  async open(given, context) {
    const model = await opened(given, context)
    for (const part of given.part === undefined ? given.parts : [given.part, ...given.parts])
      model.checkPart(part)
  },
  async score(batch, given, context) {
    const model = await opened(given, context)
    const column = createColumn(batch.size)
    const parts = Object.fromEntries(given.parts.map((part) => [part, createColumn(batch.size)]))
    const features =
      model.features &&
      (await featuresOf(model.features, model.takesMissingFeatures, batch, context.inner, column))
    const rows = batch.rollouts.map((_, row) => row).filter((row) => column.valid[row] === 1)
    const conversations = rows.map((row): Conversation => {
      const { prompt, completion, user, metadata } = batch.rollouts[row]!
      const named = user ?? metadata?.user
      return {
        prompt,
        completion,
        user: typeof named === 'string' ? named : undefined,
        ...(features && { features: features[row]! }),
      }
    })
    const scores = await model.score(conversations, { abort: context.abort })
    const main = given.part === undefined ? undefined : scores.parts[given.part]
    for (const [index, row] of rows.entries())
      column.values[row] = main?.[index] ?? model.output(scores.reward[index]!, given.output)
    for (const [name, part] of Object.entries(parts)) {
      const values = scores.parts[name]!
      for (let row = 0; row < batch.size; row++)
        if (column.valid[row] === 0) invalidate(part, row, column.reasons?.[row] ?? 'invalid')
      for (const [index, row] of rows.entries()) part.values[row] = values[index]!
    }
    if (context.evidence) {
      const { name, recipe } = model.manifest
      column.evidence = []
      for (const [index, row] of rows.entries())
        column.evidence[row] = {
          model: name,
          recipe: recipe.use,
          raw: scores.reward[index],
          ...Object.fromEntries(Object.entries(scores.parts).map(([part, values]) => [part, values[index]])),
          ...(features && { features: features[row] }),
        }
    }
    return { column, parts }
  },
})
