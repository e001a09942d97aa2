/** Answers of the studio's API for a sample run. Every answer is parsed by its schema before it leaves. */
import type { z } from 'zod'
import { TRAINERS } from '../../src/kinds/method.ts'
import { completionText, promptText, referencesOf } from '../../src/records/rollout.ts'
import { explain } from '../../src/reward/explain.ts'
import { trainerWarnings } from '../../src/reward/trainer-warnings.ts'
import * as schemas from '../../src/server/studio/schemas.ts'
import { correlation, finite, histogram, mean, quantile } from './sample-numbers.ts'
import type { SampleRun } from './sample-run.ts'

const startedAt = Date.UTC(2026, 0, 5, 9)

export class SampleApi {
  readonly #runs: ReadonlyMap<string, SampleRun>

  constructor(runs: readonly SampleRun[]) {
    this.#runs = new Map(runs.map((run) => [run.id, run]))
  }

  /** The answer for an address below `/studio/api`; undefined when there is nothing. */
  async answer(path: string, query: URLSearchParams): Promise<unknown> {
    const [first, id, part, item] = path.split('/').filter(Boolean).map(decodeURIComponent)
    if (first !== 'runs') return undefined
    if (id === undefined) return parse(schemas.runList, { runs: [...this.#runs.values()].map(summary) })
    const run = this.#runs.get(id)
    if (run === undefined) return undefined
    if (part === undefined) return parse(schemas.runDetail, detail(run))
    if (part === 'series') return parse(schemas.series, series(run, query))
    if (part === 'anatomy') return parse(schemas.anatomy, anatomy(run, query))
    if (part === 'alerts') return parse(schemas.alertList, { alerts: alerts(run) })
    if (part === 'groups' && item === undefined) return parse(schemas.groupPage, groups(run, query))
    if (part === 'groups') {
      const index = run.groupRows.findIndex((rows) => run.rollout(rows[0]!).group === item)
      if (index === -1) return undefined
      const rows = [...run.groupRows[index]!].map((sequence) => row(run, sequence))
      return parse(schemas.groupDetail, { group: group(run, index), rows })
    }
    if (part === 'rows' && item === undefined) return parse(schemas.rowPage, rowPage(run, query))
    if (part === 'rows' && Number(item) < run.size)
      return parse(schemas.rowDetail, await rowDetail(run, Number(item)))
    return undefined
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, answer: z.input<Schema>): z.output<Schema> {
  return schema.parse(answer)
}

const kindOf = (name: string) => {
  if (name === 'reward' || name === 'advantage' || name === 'length') return name
  if (name.startsWith('logged/')) return 'logged'
  return name.includes('/') ? 'stage' : 'signal'
}

/** Sequences in the range of steps. */
function inRange(run: SampleRun, query: URLSearchParams): number[] {
  const from = Number(query.get('from') ?? Number.NEGATIVE_INFINITY)
  const to = Number(query.get('to') ?? Number.POSITIVE_INFINITY)
  const rows: number[] = []
  for (let sequence = 0; sequence < run.size; sequence++)
    if (run.step[sequence]! >= from && run.step[sequence]! <= to) rows.push(sequence)
  return rows
}

/** Rows by buckets of steps, at most `points` of them. */
function buckets(run: SampleRun, rows: readonly number[], points: number) {
  if (rows.length === 0) return []
  const first = run.step[rows[0]!]!
  const width = Math.max(1, Math.ceil((run.step[rows.at(-1)!]! - first + 1) / points))
  const found = new Map<number, number[]>()
  for (const sequence of rows) {
    const at = first + Math.floor((run.step[sequence]! - first) / width) * width
    const bucket = found.get(at)
    if (bucket === undefined) found.set(at, [sequence])
    else bucket.push(sequence)
  }
  return [...found].map(([at, rows]) => ({ at, rows }))
}

const pick = (values: Float64Array, rows: readonly number[]): number[] =>
  rows.map((sequence) => values[sequence]!)

const noSpread = (run: SampleRun, rows: ArrayLike<number>): boolean => {
  const rewards = new Set(
    Array.from(rows, (sequence) => run.columns.get('reward')![sequence]!).filter(Number.isFinite),
  )
  return rewards.size < 2
}

function alerts(run: SampleRun): z.input<typeof schemas.alert>[] {
  const reward = run.columns.get('reward')!
  const cut = [...run.columns.get('tokens')!.entries()]
    .filter(([sequence, tokens]) => tokens > 60 && !Number.isNaN(reward[sequence]!))
    .slice(0, 12)
    .map(([sequence]) => ({ id: run.rollout(sequence).id, sequence }))
  const share = run.groupRows.filter((rows) => noSpread(run, rows)).length / run.groupRows.length
  const common = { run: run.id, column: null, rows: cut }
  return [
    {
      ...common,
      id: 2,
      at: startedAt + 7_200_000,
      diagnostic: 'groups-without-spread',
      verdict: 'fail',
      sentence: `${Math.round(share * 100)} % of the groups have equal rewards since step 12: the trainer learns nothing from them.`,
      guard:
        'Leave out prompts that every completion solves or fails, or add a signal that tells them apart.',
      step: 12,
      numbers: { share },
    },
    {
      ...common,
      id: 1,
      at: startedAt + 3_600_000,
      diagnostic: 'length-drift',
      verdict: 'watch',
      column: 'tokens',
      sentence: '`tokens` of the longest tenth grew from 41 to 63 while `correct` stayed where it was.',
      guard: 'Let the length penalty begin earlier (`buffer: 64`).',
      step: 20,
      numbers: { before: 41, after: 63 },
    },
  ]
}

function summary(run: SampleRun): z.input<typeof schemas.runSummary> {
  const all = inRange(run, new URLSearchParams())
  const steps = buckets(run, all, 60)
  const spark = (value: (rows: readonly number[]) => number): [number, number | null][] =>
    steps.map(({ at, rows }) => [at, finite(value(rows))])
  const of = (name: string) => spark((rows) => mean(pick(run.columns.get(name)!, rows)))
  return {
    id: run.id,
    reward: run.reward.name,
    specDigest: run.reward.plan.digest,
    startedAt,
    lastAt: run.size === 0 ? null : startedAt + run.size * 4000,
    live: run.size === 2000,
    rows: run.size,
    batches: run.steps,
    lastStep: run.size === 0 ? null : run.steps - 1,
    axis: 'step',
    sparks: {
      reward: of('reward'),
      heldBack: of('logged/strict'),
      length: of('length'),
      invalidShare: spark(
        (rows) => pick(run.columns.get('reward')!, rows).filter(Number.isNaN).length / rows.length,
      ),
      groupsWithoutSpread: spark((rows) => {
        const groups = [...new Set(rows.map((sequence) => run.groupOf[sequence]!))]
        return groups.filter((index) => noSpread(run, run.groupRows[index]!)).length / groups.length
      }),
    },
    alerts: run.size === 2000 ? alerts(run) : [],
  }
}

function detail(run: SampleRun): z.input<typeof schemas.runDetail> {
  const { plan } = run.reward
  return {
    run: summary(run),
    spec: plan.spec,
    heldBack: ['strict'],
    columns: [...run.columns.keys()].map((name) => {
      const method = plan.signals.find((signal) => signal.name === name)?.method
      return { name, kind: kindOf(name), method: method?.name ?? null, summary: method?.summary ?? null }
    }),
    trainerWarnings: TRAINERS.flatMap((trainer) =>
      trainerWarnings(plan, trainer).map(({ sentence }) => ({ trainer, sentence })),
    ),
  }
}

const round = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toFixed(3))) : 'nothing'

function series(run: SampleRun, query: URLSearchParams): z.input<typeof schemas.series> {
  const rows = inRange(run, query)
  const steps = buckets(run, rows, Number(query.get('points') ?? 400))
  const finding = (name: string): string => {
    const values = run.columns.get(name)!
    const first = mean(pick(values, steps[0]?.rows ?? []))
    const last = mean(pick(values, steps.at(-1)?.rows ?? []))
    return `${name} ${last > first ? 'rose' : 'fell'} from ${round(first)} to ${round(last)}`
  }
  return {
    axis: 'step',
    matching: rows.length,
    used: rows.length,
    finding: `The ${finding('reward')} over steps ${steps[0]?.at ?? 0}–${steps.at(-1)?.at ?? 0}.`,
    columns: [...run.columns.entries()].map(([name, values]) => ({
      name,
      kind: kindOf(name),
      finding: finding(name),
      points: steps.map(({ at, rows }) => {
        const picked = pick(values, rows)
        return {
          at,
          mean: finite(mean(picked)),
          low: finite(quantile(picked, 0.1)),
          high: finite(quantile(picked, 0.9)),
          rows: rows.length,
        }
      }),
    })),
    advantages: (({ edges, counts }) => ({ edges, counts }))(
      histogram(pick(run.columns.get('advantage')!, rows), 40),
    ),
  }
}

function anatomy(run: SampleRun, query: URLSearchParams): z.input<typeof schemas.anatomy> {
  const rows = inRange(run, query)
  const centred = (name: string): number[] => {
    const values = run.columns.get(name)!
    const means = new Map<number, number>()
    return rows.map((sequence) => {
      const index = run.groupOf[sequence]!
      if (!means.has(index)) means.set(index, mean(pick(values, [...run.groupRows[index]!])))
      return values[sequence]! - means.get(index)!
    })
  }
  const names = [...run.columns.keys()].filter((name) => name !== 'advantage' && !name.includes('/'))
  const within = new Map([...run.columns.keys()].map((name) => [name, centred(name)]))
  const share = (name: string) => finite(correlation(within.get(name)!, within.get('reward')!) ** 2)
  const strongest = names
    .filter((name) => kindOf(name) === 'signal')
    .sort((a, b) => (share(b) ?? 0) - (share(a) ?? 0))[0]!
  return {
    matching: rows.length,
    used: rows.length,
    finding: `\`${strongest}\` explains ${Math.round((share(strongest) ?? 0) * 100)} % of the reward’s variance inside groups.`,
    columns: names.map((name) => {
      const column = run.scored.columns.get(name)
      const values = pick(run.columns.get(name)!, rows)
      const invalid = rows.filter((sequence) => Number.isNaN(run.columns.get(name)![sequence]!))
      return {
        name,
        kind: kindOf(name),
        finding: `${name} has mean ${round(mean(values))}; ${invalid.length} of ${rows.length} rows are invalid.`,
        histogram: histogram(values),
        stages: (run.scored.stages.get(name) ?? []).map(({ method }, index) => ({
          name: `${name}/${index + 1} ${method}`,
          method,
          histogram: histogram(pick(run.columns.get(`${name}/${index + 1} ${method}`)!, rows)),
        })),
        varianceShare: name === 'reward' ? null : share(name),
        invalidReasons:
          invalid.length === 0
            ? []
            : [{ reason: reasonOf(run, name, invalid[0]!), rows: invalid.length, example: invalid[0]! }],
        latency: column === undefined ? null : { p50: 0.0042, p99: 0.031, calls: run.steps },
      }
    }),
    correlation: {
      names,
      values: names.map((a) => names.map((b) => finite(correlation(within.get(a)!, within.get(b)!)))),
    },
  }
}

/** Why an entry is invalid, from the batch that was scored. */
function reasonOf(run: SampleRun, name: string, sequence: number): string {
  const id = run.rollout(sequence).id.replace(/\+\d+$/, '')
  const place = run.scored.rollouts.findIndex((rollout) => rollout.id === id)
  const column = name === 'reward' ? run.scored.reward : run.scored.columns.get(name)
  return column?.reasons?.[place] ?? 'not valid'
}

function row(run: SampleRun, sequence: number): z.input<typeof schemas.row> {
  const rollout = run.rollout(sequence)
  const value = (name: string) => finite(run.columns.get(name)![sequence]!)
  const reward = value('reward')
  const reasons: Record<string, string> = {}
  for (const name of ['reward', ...run.scored.columns.keys()])
    if (value(name) === null) reasons[name] = reasonOf(run, name, sequence)
  return {
    sequence,
    id: rollout.id,
    group: rollout.group,
    step: run.step[sequence]!,
    batch: `b_${String(run.step[sequence]).padStart(6, '0')}`,
    protocol: 'openrlhf',
    receivedAt: startedAt + sequence * 4000,
    prompt:
      typeof rollout.prompt === 'string'
        ? [{ role: 'user', content: rollout.prompt }]
        : rollout.prompt.map((message) => ({ role: message.role, content: String(message.content) })),
    completion: completionText(rollout.completion),
    reference: [...referencesOf(rollout)],
    reward,
    advantage: value('advantage'),
    columns: Object.fromEntries([...run.scored.columns.keys()].map((name) => [name, value(name)])),
    reasons,
    logged: { ...rollout.columns, strict: value('logged/strict') },
    finishReason: rollout.finishReason ?? null,
    length: value('length'),
    repeats: 0,
  }
}

function rowPage(run: SampleRun, query: URLSearchParams): z.input<typeof schemas.rowPage> {
  const reward = run.columns.get('reward')!
  const valid = query.get('valid')
  const text = query.get('text')?.toLowerCase()
  const wanted = query.get('group')
  let rows = inRange(run, query).filter((sequence) => {
    if (valid !== null && (valid === 'true') === Number.isNaN(reward[sequence]!)) return false
    if (text === undefined && wanted === null) return true
    const rollout = run.rollout(sequence)
    if (wanted !== null && rollout.group !== wanted) return false
    return (
      text === undefined ||
      completionText(rollout.completion).toLowerCase().includes(text) ||
      promptText(rollout.prompt).toLowerCase().includes(text)
    )
  })
  const order = query.get('order') ?? 'newest'
  if (order === 'newest') rows.reverse()
  if (order === 'lowest-reward') rows.sort((a, b) => reward[a]! - reward[b]!)
  if (order === 'highest-reward') rows.sort((a, b) => reward[b]! - reward[a]!)
  const matching = rows.length
  const start = Number(query.get('after') ?? 0)
  const limit = Number(query.get('limit') ?? 100)
  rows = rows.slice(start, start + limit)
  return {
    rows: rows.map((sequence) => row(run, sequence)),
    next: start + limit < matching ? String(start + limit) : null,
    matching,
  }
}

function group(run: SampleRun, index: number): z.input<typeof schemas.groupSummary> {
  const rows = [...run.groupRows[index]!]
  const rewards = pick(run.columns.get('reward')!, rows).filter(Number.isFinite)
  const [a, b] = ['correct', 'tokens'] as const
  const agree = correlation(pick(run.columns.get(a)!, rows), pick(run.columns.get(b)!, rows))
  const rollout = run.rollout(rows[0]!)
  return {
    group: rollout.group,
    step: run.step[rows[0]!]!,
    prompt: promptText(rollout.prompt).slice(0, 300),
    size: rows.length,
    valid: rewards.length,
    mean: finite(mean(rewards)),
    least: rewards.length === 0 ? null : Math.min(...rewards),
    largest: rewards.length === 0 ? null : Math.max(...rewards),
    disagreement: Number.isFinite(agree) ? { a, b, rankCorrelation: agree } : null,
  }
}

function groups(run: SampleRun, query: URLSearchParams): z.input<typeof schemas.groupPage> {
  const filter = schemas.groupFilter.parse(query.get('filter') ?? 'all')
  const sort = schemas.groupSort.parse(query.get('sort') ?? 'newest')
  const present = [...new Set(inRange(run, query).map((sequence) => run.groupOf[sequence]!))]
  const all = present.map((index) => group(run, index))
  const spread = ({ least, largest }: (typeof all)[number]): number => (largest ?? 0) - (least ?? 0)
  const keep = {
    all: () => true,
    spread: (one: (typeof all)[number]) => spread(one) > 0,
    'all-equal': (one: (typeof all)[number]) => spread(one) === 0,
    'all-right': (one: (typeof all)[number]) => (one.least ?? 0) >= 1,
    'all-wrong': (one: (typeof all)[number]) => (one.largest ?? 0) < 1,
    disagreement: (one: (typeof all)[number]) => (one.disagreement?.rankCorrelation ?? 1) < 0,
  }[filter]
  const kept = all.filter(keep)
  if (sort === 'newest') kept.reverse()
  if (sort === 'widest') kept.sort((a, b) => spread(b) - spread(a))
  if (sort === 'best') kept.sort((a, b) => (b.mean ?? -9) - (a.mean ?? -9))
  if (sort === 'worst') kept.sort((a, b) => (a.mean ?? 9) - (b.mean ?? 9))
  const start = Number(query.get('after') ?? 0)
  const limit = Number(query.get('limit') ?? 20)
  const equal = all.filter((one) => spread(one) === 0).length
  return {
    groups: kept.slice(start, start + limit),
    next: start + limit < kept.length ? String(start + limit) : null,
    matching: kept.length,
    finding: `${equal} of ${all.length} groups have equal rewards: nothing to compare.`,
  }
}

async function rowDetail(run: SampleRun, sequence: number): Promise<z.input<typeof schemas.rowDetail>> {
  const rows = [...run.groupRows[run.groupOf[sequence]!]!]
  const rollouts = rows.map((other) => run.rollout(other))
  const { plan } = run.reward
  const explained = await explain(run.reward, rollouts, run.rollout(sequence).id)
  const stage = ({
    value,
    reason,
  }: {
    value: number | null | readonly (number | null)[]
    reason?: string
  }) => ({
    value: value === null || typeof value === 'number' ? value : [...value],
    reason: reason ?? null,
  })
  const siblings = rows
    .map((other) => row(run, other))
    .sort((a, b) => (b.reward ?? -Infinity) - (a.reward ?? -Infinity))
  const neighbours = [1, 2, 3]
    .map((offset) => (sequence + offset * 40) % run.size)
    .filter((other) => run.groupOf[other] !== run.groupOf[sequence])
  return {
    row: row(run, sequence),
    explained: true,
    signals: explained.signals.map((signal) => ({
      ...stage(signal),
      name: signal.name,
      method: signal.method,
      formula: plan.signals.find(({ name }) => name === signal.name)?.method.formula ?? null,
      parameters: signal.parameters,
      evidence: signal.evidence ?? null,
      shaping: signal.shaping.map((one, index) => ({
        ...stage(one),
        method: one.method,
        formula: plan.shapings.get(signal.name)?.[index]?.method.formula ?? null,
      })),
    })),
    combine:
      explained.combine === null
        ? null
        : {
            ...stage(explained.combine),
            method: explained.combine.method,
            formula: plan.combiner?.method.formula ?? null,
            parameters: explained.combine.parameters,
          },
    reward: stage(explained.reward),
    advantage:
      explained.advantage === null
        ? null
        : {
            ...stage(explained.advantage),
            method: explained.advantage.method,
            formula: plan.advantage?.method.formula ?? null,
            parameters: explained.advantage.parameters,
          },
    siblings,
    neighbours: neighbours.map((other, index) => ({ similarity: 0.62 - index * 0.11, row: row(run, other) })),
  }
}
