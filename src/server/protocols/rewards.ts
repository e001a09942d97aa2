/** Guerdon's own protocol: rows of the `rollouts` layout in, rewards with every column and reason out. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import { parseRollout, type Rollout } from '../../records/rollout.ts'
import type { ScoredRow } from '../../store/store.ts'
import type { Call, Reply, Route } from '../route.ts'
import { UNNAMED } from '../scoring/scoring-service.ts'
import { parseBody } from './parse-body.ts'
import { columnNamesOf, score } from './scored-answer.ts'
import { textSchema } from './wire-text.ts'

const rowSchema = z
  .looseObject({
    id: z.union([z.string(), z.number()]).nullish().describe('r<index> when left out'),
    group: z.union([z.string(), z.number()]).nullish().describe('the digest of the prompt when left out'),
    prompt: textSchema,
    completion: textSchema,
    reference: z.union([z.string(), z.number(), z.array(z.string())]).nullish(),
    columns: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])).nullish(),
  })
  .describe('a row of the rollouts layout')

const requestSchema = z.object({
  rows: z.array(rowSchema),
  step: z.number().nullish().describe('training step of rows that name none'),
  positional: z
    .boolean()
    .nullish()
    .describe('ids only count the rows: the server keeps them under its own names'),
  spec: z.string().nullish().describe('name of the served reward, or default'),
  protocol: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'a short name of lower-case letters, digits, - and _')
    .nullish()
    .describe('what the rows are counted and stored under'),
  groups: z
    .enum(['whole', 'single'])
    .nullish()
    .describe('whole: every group is complete in this request; single: rows of a group come one by one'),
})

const numberOrNull = z.number().nullable()
const responseSchema = z.object({
  batch: z.string(),
  rows: z.array(
    z.object({
      id: z.string(),
      reward: numberOrNull.describe('null when the row is invalid'),
      valid: z.boolean(),
      advantage: numberOrNull.optional().describe('only when the spec compares rollouts'),
      columns: z.record(z.string(), z.union([numberOrNull, z.array(numberOrNull)])),
      reasons: z.array(z.object({ column: z.string(), reason: z.string() })),
      tokenRewards: z.array(numberOrNull).optional(),
      tokenAdvantages: z.array(numberOrNull).optional(),
      weight: z.number().optional(),
      kept: z.boolean().optional(),
    }),
  ),
  specDigest: z.string(),
  repeated: z.boolean(),
})

/** The rows as rollouts; an error names the row by its place in the request. */
function rolloutsOf({ rows, step, positional }: z.output<typeof requestSchema>): Rollout[] {
  return rows.map((row, index) => {
    // Without an id the service names the row.
    const unnamed = positional === true || row.id === undefined || row.id === null
    const rollout = parseRollout(unnamed ? { ...row, id: UNNAMED } : row, { row: `rows[${index}]` })
    return rollout.step === undefined && typeof step === 'number' ? { ...rollout, step } : rollout
  })
}

function answerRow(row: ScoredRow, id: unknown, names: readonly string[], compares: boolean): unknown {
  return {
    id: String(id),
    reward: row.reward,
    valid: row.reward !== null,
    ...(compares ? { advantage: row.advantage } : {}),
    columns: Object.fromEntries(names.map((name) => [name, row.columns[name] ?? null])),
    reasons: Object.entries(row.reasons).map(([column, reason]) => ({ column, reason })),
    ...(row.tokenRewards === undefined ? {} : { tokenRewards: row.tokenRewards }),
    ...(row.tokenAdvantages === undefined ? {} : { tokenAdvantages: row.tokenAdvantages }),
    ...(row.weight === undefined ? {} : { weight: row.weight }),
    ...(row.kept === undefined ? {} : { kept: row.kept }),
  }
}

async function rewards(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(requestSchema, body)
  const { spec } = request
  const { reward } = call.service
  if (spec !== undefined && spec !== null && spec !== 'default' && spec !== reward.name) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'names a reward that is not served here', {
      where: { field: 'spec' },
      found: spec,
      expected: `"default" or "${reward.name}"`,
    })
  }
  const compares = reward.plan.advantage !== undefined
  const answer = await score(
    call,
    request.protocol ?? 'rewards',
    rolloutsOf(request),
    request.groups ?? 'whole',
  )
  const names = columnNamesOf(call, answer)
  return {
    body: {
      batch: answer.batch,
      rows: answer.rows.map((row, index) =>
        answerRow(row, request.rows[index]!.id ?? row.id, names, compares),
      ),
      specDigest: answer.specDigest,
      repeated: answer.repeated,
    },
  }
}

const servedSchema = z.object({
  reward: z.string().describe('name of the served reward'),
  run: z.string().describe('what its batches are stored under'),
  specDigest: z.string(),
  columns: z.array(z.string()).describe('names of the columns every row of an answer has'),
  signals: z.array(z.object({ name: z.string(), method: z.string() })).describe('in the order of the spec'),
  advantage: z.boolean().describe('whether rows get an advantage'),
  groupSize: z.int().nullable().describe('rollouts of a whole group, when the server holds groups'),
})

function servedReward({ service }: Call, groupSize: number | undefined): Reply {
  const { reward, run, columnNames } = service
  const { plan } = reward
  const methodOf = new Map(plan.signals.map(({ name, method }) => [name, method.name]))
  const body: z.output<typeof servedSchema> = {
    reward: reward.name,
    run,
    specDigest: plan.digest,
    columns: [...columnNames],
    // The plan's order puts inner signals before their wrappers; people know the order they wrote.
    signals: Object.keys(plan.spec.signals ?? {}).map((name) => ({ name, method: methodOf.get(name)! })),
    advantage: plan.advantage !== undefined,
    groupSize: groupSize ?? null,
  }
  return { body }
}

/** @param groupSize rollouts of a whole group when the server holds groups together, else undefined */
export function rewardsRoutes(groupSize: number | undefined): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/rewards',
      protocol: 'rewards',
      summary: 'Scores rollouts and answers rewards, advantages, every column and the reasons.',
      request: requestSchema,
      response: responseSchema,
      handle: rewards,
    },
    {
      method: 'get',
      path: '/v1/rewards',
      protocol: 'rewards',
      summary: 'Names the reward that is served, its columns and its signals.',
      response: servedSchema,
      handle: async (_body, call) => servedReward(call, groupSize),
    },
  ]
}
