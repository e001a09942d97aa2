/**
 * The studio's API: what the pages ask and what the server answers. The server validates with these schemas, the web
 * app takes its types from them, the OpenAPI description is made of them. All paths lie under `/studio/api`.
 *
 * | path                                   | answers            | query                                             |
 * |----------------------------------------|--------------------|---------------------------------------------------|
 * | `GET /runs`                            | `RunList`          |                                                   |
 * | `GET /runs/:run`                       | `RunDetail`        |                                                   |
 * | `GET /runs/:run/series`                | `Series`           | `from`, `to` (steps), `points` (≤ 400)            |
 * | `GET /runs/:run/anatomy`               | `Anatomy`          | `from`, `to`                                      |
 * | `GET /runs/:run/groups`                | `GroupPage`        | `from`, `to`, `filter`, `sort`, `after`, `limit`  |
 * | `GET /runs/:run/groups/:group`         | `GroupDetail`      | `step`                                            |
 * | `GET /runs/:run/rows`                  | `RowPage`          | `from`, `to`, `order`, `valid`, `text`, `group`, `after`, `limit` |
 * | `GET /runs/:run/rows/:sequence`        | `RowDetail`        |                                                   |
 * | `GET /runs/:run/alerts`                | `AlertList`        |                                                   |
 * | `GET /events`                          | server-sent events `batch`, `alert`, `spec`, `stopping`; each with an id, so that a client that reconnects catches up | `run` |
 *
 * "Position" below is the training step when the rows name steps, else the row's place in the run (`axis` says which).
 */
import { z } from 'zod'

const nullable = z.number().nullable()

export const verdict = z.enum(['watch', 'fail'])

export const alert = z.object({
  id: z.number().int(),
  run: z.string(),
  at: z.number().describe('milliseconds since 1970'),
  diagnostic: z.string(),
  verdict,
  column: z.string().nullable(),
  sentence: z.string(),
  guard: z.string(),
  step: nullable,
  rows: z.array(z.object({ id: z.string(), sequence: z.number().int().nullable() })),
  numbers: z.record(z.string(), z.number()),
})

/** one point of a sparkline: position, value */
const spark = z.array(z.tuple([z.number(), nullable]))

export const runSummary = z.object({
  id: z.string(),
  reward: z.string(),
  specDigest: z.string(),
  startedAt: z.number(),
  lastAt: nullable,
  live: z.boolean().describe('true for the run that this server is writing'),
  rows: z.number().int(),
  batches: z.number().int(),
  lastStep: nullable,
  axis: z.enum(['step', 'row']),
  sparks: z.object({
    reward: spark,
    heldBack: spark.nullable().describe('mean of the first held-back column; null when there is none'),
    length: spark,
    invalidShare: spark,
    groupsWithoutSpread: spark.describe('share of groups whose valid rewards are all equal'),
  }),
  /** newest first, at most 5 */
  alerts: z.array(alert),
})
export const runList = z.object({ runs: z.array(runSummary) })

const columnKind = z.enum(['reward', 'advantage', 'signal', 'stage', 'logged', 'length'])

export const runDetail = z.object({
  run: runSummary,
  spec: z.unknown().describe('the spec that is served'),
  heldBack: z.array(z.string()),
  columns: z.array(
    z.object({
      name: z.string(),
      kind: columnKind,
      method: z.string().nullable(),
      summary: z.string().nullable().describe('what the method is, one sentence'),
    }),
  ),
  trainerWarnings: z.array(z.object({ trainer: z.string(), sentence: z.string() })),
})

export const series = z.object({
  axis: z.enum(['step', 'row']),
  /** rows in the range, and how many of them the numbers come from */
  matching: z.number().int(),
  used: z.number().int(),
  /** one sentence about the reward over the range, with its numbers */
  finding: z.string(),
  columns: z.array(
    z.object({
      name: z.string(),
      kind: columnKind,
      finding: z.string(),
      points: z.array(
        z.object({ at: z.number(), mean: nullable, low: nullable, high: nullable, rows: z.number().int() }),
      ),
    }),
  ),
  advantages: z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) }).nullable(),
})

export const histogram = z.object({
  edges: z.array(z.number()),
  counts: z.array(z.number().int()),
  invalid: z.number().int(),
  mean: nullable,
  standardDeviation: nullable,
})

export const anatomy = z.object({
  matching: z.number().int(),
  used: z.number().int(),
  finding: z.string(),
  columns: z.array(
    z.object({
      name: z.string(),
      kind: columnKind,
      finding: z.string(),
      histogram,
      /** the same column after each shaping, in order */
      stages: z.array(z.object({ name: z.string(), method: z.string(), histogram })),
      /** share of the reward's variance inside groups that the column explains (squared correlation); null = undefined */
      varianceShare: nullable,
      invalidReasons: z.array(
        z.object({ reason: z.string(), rows: z.number().int(), example: z.number().int() }),
      ),
      latency: z
        .object({ p50: z.number(), p99: z.number(), calls: z.number().int() })
        .nullable()
        .describe('seconds of one call on a joined batch'),
    }),
  ),
  correlation: z.object({ names: z.array(z.string()), values: z.array(z.array(nullable)) }),
})

export const message = z.object({ role: z.string(), content: z.string() })

export const row = z.object({
  sequence: z.number().int(),
  id: z.string(),
  group: z.string(),
  step: nullable,
  batch: z.string(),
  protocol: z.string(),
  receivedAt: z.number(),
  prompt: z.array(message).describe('one message of role `user` for a plain prompt'),
  completion: z.string(),
  reference: z.array(z.string()),
  reward: nullable,
  advantage: nullable,
  columns: z.record(z.string(), z.union([z.number(), z.null(), z.array(nullable)])),
  reasons: z.record(z.string(), z.string()),
  logged: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  finishReason: z.string().nullable(),
  length: nullable,
  repeats: z.number().int(),
})
export const rowPage = z.object({ rows: z.array(row), next: z.string().nullable(), matching: nullable })

export const groupFilter = z.enum(['all', 'spread', 'all-equal', 'all-right', 'all-wrong', 'disagreement'])
export const groupSort = z.enum(['newest', 'widest', 'best', 'worst'])

export const groupSummary = z.object({
  group: z.string(),
  step: nullable,
  prompt: z.string().describe('its first 300 characters'),
  size: z.number().int(),
  valid: z.number().int(),
  mean: nullable,
  least: nullable,
  largest: nullable,
  /** the two signals that order the group most differently, and their rank correlation; null with fewer than two */
  disagreement: z.object({ a: z.string(), b: z.string(), rankCorrelation: z.number() }).nullable(),
})
export const groupPage = z.object({
  groups: z.array(groupSummary),
  next: z.string().nullable(),
  matching: z.number().int(),
  finding: z.string(),
})
export const groupDetail = z.object({ group: groupSummary, rows: z.array(row) })

/** a number of one row at one stage */
const stageValue = z.object({
  value: z.union([z.number(), z.null(), z.array(nullable)]),
  reason: z.string().nullable(),
})

export const rowDetail = z.object({
  row,
  /** true when evidence was computed anew with the spec that scored the row; false when that spec is no longer served */
  explained: z.boolean(),
  signals: z.array(
    stageValue.extend({
      name: z.string(),
      method: z.string().nullable(),
      formula: z.string().nullable(),
      parameters: z.unknown(),
      evidence: z.unknown().nullable(),
      shaping: z.array(stageValue.extend({ method: z.string(), formula: z.string().nullable() })),
    }),
  ),
  combine: stageValue
    .extend({ method: z.string(), formula: z.string().nullable(), parameters: z.unknown() })
    .nullable(),
  reward: stageValue,
  advantage: stageValue
    .extend({ method: z.string(), formula: z.string().nullable(), parameters: z.unknown() })
    .nullable(),
  /** best first */
  siblings: z.array(row),
  /** rows of other groups whose completions are most alike (word 3-gram Jaccard), closest first, at most 8 */
  neighbours: z.array(z.object({ similarity: z.number(), row })),
})

export const alertList = z.object({ alerts: z.array(alert) })

/** data of the server-sent event `batch`, at most four a second: what came since the last one */
export const batchEvent = z.object({
  run: z.string(),
  batches: z.number().int(),
  rows: z.number().int(),
  totalRows: z.number().int(),
  lastStep: nullable,
  meanReward: nullable,
  invalid: z.number().int(),
})
/** data of the event `spec`: a new spec is served, or one was refused */
export const specEvent = z.object({ accepted: z.boolean(), specDigest: z.string(), sentence: z.string() })

export type Alert = z.output<typeof alert>
export type RunSummary = z.output<typeof runSummary>
export type RunList = z.output<typeof runList>
export type RunDetail = z.output<typeof runDetail>
export type Series = z.output<typeof series>
export type Histogram = z.output<typeof histogram>
export type Anatomy = z.output<typeof anatomy>
export type Row = z.output<typeof row>
export type RowPage = z.output<typeof rowPage>
export type GroupSummary = z.output<typeof groupSummary>
export type GroupPage = z.output<typeof groupPage>
export type GroupDetail = z.output<typeof groupDetail>
export type RowDetail = z.output<typeof rowDetail>
export type AlertList = z.output<typeof alertList>
export type BatchEvent = z.output<typeof batchEvent>
export type SpecEvent = z.output<typeof specEvent>
