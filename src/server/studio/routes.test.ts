import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseRollout, type Rollout } from '../../records/rollout.ts'
import { createReward, type Reward } from '../../reward/score.ts'
import { openStore } from '../../store/open-store.ts'
import type { Store } from '../../store/store.ts'
import type { Route } from '../route.ts'
import { JoiningService } from '../scoring/joining-service.ts'
import { studioRoutes } from './routes.ts'
import type {
  AlertList,
  Anatomy,
  GroupDetail,
  GroupPage,
  Row,
  RowDetail,
  RowPage,
  RunDetail,
  RunList,
  Series,
} from './schemas.ts'
import { Studio } from './studio.ts'

const example = (path: string) => new URL(`../../../examples/${path}`, import.meta.url)

/** The shipped rollouts: 250 groups of eight, ten groups a step where steps are wanted. */
function rollouts(withSteps: boolean): Rollout[] {
  const lines = readFileSync(example('data/rollouts.jsonl'), 'utf8').trim().split('\n')
  return lines.map((line, index) => {
    const rollout = parseRollout(JSON.parse(line))
    return withSteps ? { ...rollout, step: Math.floor(index / 80) } : rollout
  })
}

let store: Store
let reward: Reward
let service: JoiningService
let studio: Studio
let routes: Route[]

async function fill(run: string, given: readonly Rollout[]): Promise<JoiningService> {
  const { spec, digest } = reward.plan
  await store.openRun({ id: run, reward: spec.name, spec, specDigest: digest, heldBack: ['difficulty'] })
  const filled = await JoiningService.open(reward, {
    run,
    store,
    continued: false,
    shared: false,
    openState: () => Promise.reject(new Error('the reward has no state')),
  })
  for (let from = 0; from < given.length; from += 80) {
    const part = given.slice(from, from + 80)
    const abort = new AbortController().signal
    await filled.score({ rollouts: part, protocol: 'openrlhf', groups: 'whole', abort })
  }
  return filled
}

async function ask<Answer>(
  path: string,
  query: Record<string, string> = {},
  abort = new AbortController().signal,
): Promise<Answer> {
  const parts = path.split('/')
  for (const route of routes) {
    const pattern = route.path.split('/')
    if (pattern.length !== parts.length) continue
    const parameters: Record<string, string> = {}
    const isMatch = pattern.every((part, index) => {
      if (!part.startsWith(':')) return part === parts[index]
      parameters[part.slice(1)] = decodeURIComponent(parts[index]!)
      return true
    })
    if (!isMatch) continue
    const call = { service, abort, parameters, query: new URLSearchParams(query), header: () => undefined }
    const { body } = await route.handle(undefined, call)
    // What leaves is JSON: nothing may be lost on the way, and it has the form that was promised.
    expect(JSON.parse(JSON.stringify(body))).toEqual(body)
    return route.response!.parse(body) as Answer
  }
  throw new Error(`no route for ${path}`)
}

const runs = '/studio/api/runs'
const base = `${runs}/steps`

beforeAll(async () => {
  store = await openStore('sqlite::memory:')
  reward = await createReward(example('specs/arithmetic.yaml').pathname)
  await fill('rows', rollouts(false))
  service = await fill('steps', rollouts(true))
  studio = new Studio({ store, service })
  routes = studioRoutes({ store, service }, studio)
})
afterAll(async () => {
  await studio.close()
  await service.stop()
  await store.close()
})

test('runs, the live one first, with their curves', async () => {
  const { runs: list } = await ask<RunList>(runs)
  expect(list.map(({ id, live, axis }) => [id, live, axis])).toEqual([
    ['steps', true, 'step'],
    ['rows', false, 'row'],
  ])
  const [steps] = list
  expect(steps!.rows).toBe(2000)
  expect(steps!.sparks.reward).toHaveLength(25)
  expect(steps!.sparks.heldBack).toHaveLength(25)
  const shares = steps!.sparks.groupsWithoutSpread.map(([, share]) => share!)
  expect(shares.reduce((sum, share) => sum + 10 * share, 0)).toBeCloseTo(73, 9)
})

test('a run with its spec, columns and what trainers undo', async () => {
  const detail = await ask<RunDetail>(base)
  const methods = Object.fromEntries(detail.columns.map(({ name, method }) => [name, method]))
  expect(methods).toMatchObject({
    reward: 'weighted-sum',
    advantage: 'grpo',
    correct: 'math-answer',
    'tokens/1 soft-overlong': 'soft-overlong',
    length: null,
  })
  expect(detail.columns.find(({ name }) => name === 'correct')!.summary).toBeTruthy()
  expect(detail.trainerWarnings.map(({ trainer }) => trainer)).toContain('trl')
  expect(detail.spec).toMatchObject({ name: 'arithmetic' })
})

test('series along steps and along rows', async () => {
  const bySteps = await ask<Series>(`${base}/series`)
  expect([bySteps.axis, bySteps.matching, bySteps.used]).toEqual(['step', 2000, 2000])
  const correct = bySteps.columns.find(({ name }) => name === 'correct')!
  expect(correct.points.map(({ at }) => at)).toEqual(Array.from({ length: 25 }, (_, step) => step))
  const mean = correct.points.reduce((sum, point) => sum + point.mean! * point.rows, 0) / 2000
  expect(mean).toBeCloseTo(0.2745, 12)
  expect(bySteps.advantages!.counts.reduce((sum, count) => sum + count, 0)).toBe(2000)
  const part = await ask<Series>(`${base}/series`, { from: '5', to: '9', points: '2' })
  expect(part.matching).toBe(400)
  for (const { points } of part.columns) expect(points).toHaveLength(2)
  const byRows = await ask<Series>(`${runs}/rows/series`)
  expect(byRows.axis).toBe('row')
  expect(byRows.columns[0]!.points).toHaveLength(125)
})

test('anatomy: what the summary of scoring says too', async () => {
  const found = await ask<Anatomy>(`${base}/anatomy`)
  const named = Object.fromEntries(found.columns.map((column) => [column.name, column]))
  expect(named.correct!.histogram.counts).toEqual([1451, 549])
  expect(named.correct!.varianceShare).toBeGreaterThan(0.9)
  expect(found.finding).toMatch(/^`correct` explains \d+ % of the reward’s variance inside groups/)
  expect(named.tokens!.stages.map(({ method }) => method)).toEqual(['soft-overlong'])
  expect(named.correct!.latency!.calls).toBeGreaterThan(0)
  expect(named.correct!.invalidReasons).toEqual([])
  const place = found.correlation.names.indexOf('correct')
  expect(found.correlation.values[0]![place]! ** 2).toBeCloseTo(named.correct!.varianceShare!, 12)
})

describe('groups', () => {
  test('filters count what the command line counts', async () => {
    const count = async (filter: string) =>
      (await ask<GroupPage>(`${base}/groups`, { filter, limit: '1' })).matching
    expect(await count('all')).toBe(250)
    expect(await count('all-equal')).toBe(73)
    expect(await count('spread')).toBe(177)
    expect(await count('all-right')).toBe(18)
    expect(await count('all-wrong')).toBe(124)
  })

  test('pages give each group once, each as its own page shows it', async () => {
    const seen: string[] = []
    let after = ''
    do {
      const page: GroupPage = await ask(`${base}/groups`, { sort: 'widest', limit: '60', after })
      seen.push(...page.groups.map(({ group }) => group))
      after = page.next ?? ''
      const summary = page.groups[0]!
      const detail = await ask<GroupDetail>(`${base}/groups/${summary.group}`, { step: `${summary.step}` })
      expect(detail.group).toEqual(summary)
      expect(detail.rows).toHaveLength(8)
    } while (after !== '')
    expect(seen).toHaveLength(250)
    expect(new Set(seen).size).toBe(250)
  })

  test('a group without a step in the question is found by its newest row', async () => {
    const { rows } = await ask<GroupDetail>(`${runs}/rows/groups/p054`)
    expect(rows.map(({ step }) => step)).toEqual(new Array(8).fill(null))
    expect((await ask<GroupDetail>(`${base}/groups/p054`)).rows).toHaveLength(8)
  })
})

describe('rows', () => {
  test('pages of any size and filter give each row exactly once', async () => {
    const query = fc.record({
      order: fc.constantFrom('newest', 'oldest', 'lowest-reward', 'highest-reward'),
      limit: fc.integer({ min: 40, max: 500 }).map(String),
      from: fc.constantFrom('', '3'),
      group: fc.constantFrom('', 'p040'),
    })
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        const seen: number[] = []
        let after = ''
        let matching: number | null = null
        do {
          const page: RowPage = await ask(`${base}/rows`, { ...given, after })
          seen.push(...page.rows.map(({ sequence }) => sequence))
          after = page.next ?? ''
          matching = page.matching
        } while (after !== '')
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.length).toBe(given.group !== '' ? 8 : given.from !== '' ? 2000 - 240 : 2000)
        expect(matching).toBe(seen.length)
      }),
      { numRuns: 12 },
    )
  })

  test('a text is searched in prompts and completions', async () => {
    const page = await ask<RowPage>(`${base}/rows`, { text: 'the answer is \\BOXED{74}', limit: '20' })
    expect(page.matching).toBeNull()
    expect(page.rows.length).toBeGreaterThan(0)
    for (const { completion } of page.rows) expect(completion).toContain('The answer is \\boxed{74}')
  })
})

describe('one row', () => {
  const first = async (query: Record<string, string>, run = base): Promise<Row> =>
    (await ask<RowPage>(`${run}/rows`, { ...query, limit: '1' })).rows[0]!

  test('its numbers stage by stage, with evidence, its group and its likes', async () => {
    const { sequence } = await first({ order: 'highest-reward' })
    const detail = await ask<RowDetail>(`${base}/rows/${sequence}`)
    expect(detail.explained).toBe(true)
    const signals = Object.fromEntries(detail.signals.map((signal) => [signal.name, signal]))
    expect(signals.correct).toMatchObject({ value: 1, method: 'math-answer' })
    expect(signals.correct!.evidence).toMatchObject({ verdict: 'equal' })
    expect(signals.tokens!.shaping).toMatchObject([{ method: 'soft-overlong' }])
    expect(detail.combine).toMatchObject({ method: 'weighted-sum', parameters: { weights: { correct: 1 } } })
    expect(detail.advantage!.value).toBe(detail.row.advantage)
    expect(detail.siblings).toHaveLength(8)
    expect(detail.siblings[0]!.reward).toBe(Math.max(...detail.siblings.map((row) => row.reward!)))
    expect(detail.neighbours.length).toBeGreaterThan(0)
    for (const { row } of detail.neighbours) expect(row.group).not.toBe(detail.row.group)
    const similarities = detail.neighbours.map(({ similarity }) => similarity)
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a))
  })

  test('a row of another spec keeps its stored numbers and says that they are not explained', async () => {
    const strict = await createReward(example('specs/strict.yaml').pathname)
    const other = new Studio({
      store,
      service: { reward: strict, run: 'steps', columnNames: [], score: (request) => service.score(request) },
    })
    const own = routes
    routes = studioRoutes({ store, service }, other)
    try {
      const row = await first({ order: 'highest-reward' })
      const detail = await ask<RowDetail>(`${base}/rows/${row.sequence}`)
      expect(detail.explained).toBe(false)
      expect(detail.row).toEqual(row)
      expect(detail.signals.map(({ name, value, evidence }) => [name, value, evidence])).toEqual(
        Object.entries(row.columns).map(([name, value]) => [name, value, null]),
      )
    } finally {
      routes = own
      await other.close()
      await strict.close()
    }
  })
})

test('alerts name the places of their rows', async () => {
  const alert = {
    diagnostic: 'domination',
    verdict: 'watch',
    column: 'boxed',
    sentence: '`boxed` explains 92 % of the reward’s variance.',
    guard: 'Lower its weight.',
    step: 3,
    rows: ['p001-0', 'nobody'],
    numbers: { share: 0.92 },
  } as const
  await store.saveAlert('rows', alert, 1)
  const { alerts } = await ask<AlertList>(`${runs}/rows/alerts`)
  expect(alerts[0]).toMatchObject({
    ...alert,
    run: 'rows',
    rows: [
      { id: 'p001-0', sequence: 8 },
      { id: 'nobody', sequence: null },
    ],
  })
  expect((await ask<RunList>(runs)).runs[1]!.alerts).toEqual(alerts)
})

describe('what is not there is said in one sentence', () => {
  test.each([
    ['/nowhere', {}, 'STORE_UNKNOWN_RUN'],
    ['/nowhere/series', {}, 'STORE_UNKNOWN_RUN'],
    ['/nowhere/alerts', {}, 'STORE_UNKNOWN_RUN'],
    ['/steps/rows/2000', {}, 'DATA_ROW_UNKNOWN'],
    ['/steps/rows/x', {}, 'DATA_ROW_UNKNOWN'],
    ['/steps/groups/p999', {}, 'DATA_ROW_UNKNOWN'],
    ['/steps/groups/p001', { step: '24' }, 'DATA_ROW_UNKNOWN'],
    ['/steps/series', { points: '401' }, 'ARGUMENT_INVALID'],
    ['/steps/series', { from: 'first' }, 'ARGUMENT_INVALID'],
    ['/steps/groups', { filter: 'odd' }, 'ARGUMENT_INVALID'],
    ['/steps/groups', { after: 'somewhere' }, 'ARGUMENT_INVALID'],
    ['/steps/rows', { limit: '0' }, 'ARGUMENT_INVALID'],
    ['/steps/anatomy', { points: '3' }, 'ARGUMENT_INVALID'],
  ] as const)('%s %o → %s', async (path, query, code) => {
    const failure = await ask(`${runs}${path}`, query).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(failure).toMatchObject({ code })
    expect(failure!.message).not.toContain('\n')
  })

  test('a request that is given up stops waiting', async () => {
    const gone = new AbortController()
    gone.abort()
    await expect(ask(`${base}/anatomy`, { from: '1' }, gone.signal)).rejects.toMatchObject({
      code: 'RUN_CANCELLED',
    })
  })
})
