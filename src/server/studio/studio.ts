/**
 * The studio's answers. What goes through many rows is computed by a worker, once for all who ask while the run stands
 * still; what shows single rows is read from the store.
 */
import type { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { NumberFrame, RowFilter, RunRecord, Store } from '../../store/store.ts'
import type { ScoringService } from '../scoring/scoring-service.ts'
import { chooseGroups } from './aggregates/group-page.ts'
import { completeAnatomy } from './complete-anatomy.ts'
import { NeighbourSearch } from './neighbour-search.ts'
import { AnswerCache } from './query/answer-cache.ts'
import { Gate } from './query/gate.ts'
import { keyOf, textsVersionOf, versionOf } from './query/keys.ts'
import type { groupsQuery, rowsQuery } from './query/parse-query.ts'
import { QueryClient } from './query/query-client.ts'
import type { RunNumbers } from './query/questions.ts'
import { explainStored, rowDetailOf } from './row-detail.ts'
import type {
  AlertList,
  Anatomy,
  GroupDetail,
  GroupPage,
  RowDetail,
  RowPage,
  RunDetail,
  RunList,
  RunSummary,
  Series,
} from './schemas.ts'
import { AlertViews } from './views/alert-view.ts'
import { groupDetail, groupRows, groupSummary } from './views/group-view.ts'
import { rowView } from './views/row-view.ts'
import { columnViews, signalOrder, warningViews } from './views/served-methods.ts'

/** rows whose numbers are read at once; of more, so many evenly spread ones, whose groups are then not whole */
const MOST_ROWS = 1_000_000
const ALERTS_OF_SUMMARY = 5
/** questions that may hold the numbers of a run at the same time: a hundred megabytes or two for a long run */
const FRAMES_AT_A_TIME = 1

export interface StudioOptions {
  readonly store: Store
  readonly service: ScoringService
  /** groups that are scored again for their evidence at a time; default 2 */
  readonly explainConcurrency?: number | undefined
}

interface Range {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export class Studio {
  readonly alertViews: AlertViews
  readonly #store: Store
  readonly #service: ScoringService
  readonly #worker = new QueryClient()
  readonly #frames = new Gate(FRAMES_AT_A_TIME)
  readonly #explaining: Gate
  readonly #answers = new AnswerCache(500)
  readonly #tables = new AnswerCache(4)
  readonly #neighbours: NeighbourSearch

  constructor({ store, service, explainConcurrency = 2 }: StudioOptions) {
    this.#store = store
    this.#service = service
    this.#explaining = new Gate(explainConcurrency)
    this.alertViews = new AlertViews(store)
    this.#neighbours = new NeighbourSearch(store, this.#worker)
  }

  async close(): Promise<void> {
    await this.#worker.close()
  }

  /** The live run first, then the others as the store lists them: latest first. */
  async runs(abort: AbortSignal): Promise<RunList> {
    const records = await this.#store.runs()
    const live = records.filter(({ id }) => id === this.#service.run)
    const others = records.filter(({ id }) => id !== this.#service.run)
    return { runs: await Promise.all([...live, ...others].map((record) => this.#summary(record, abort))) }
  }

  async run(id: string, abort: AbortSignal): Promise<RunDetail> {
    const record = await this.#record(id)
    const served = this.#service.reward.plan
    const plan = served.digest === record.specDigest ? served : undefined
    const { columns } = await this.#numbers(record, abort)
    return {
      run: await this.#summary(record, abort),
      spec: record.spec,
      heldBack: [...record.heldBack],
      columns: columnViews(columns, record.spec, plan),
      trainerWarnings: plan === undefined ? [] : warningViews(plan),
    }
  }

  async series(id: string, query: Range & { readonly points: number }, abort: AbortSignal): Promise<Series> {
    const record = await this.#record(id)
    return this.#answers.get(keyOf('series', record, query), versionOf(record), abort, () =>
      this.#withFrame(record, query, (frame) => this.#worker.ask('series', frame, query.points)),
    )
  }

  async anatomy(id: string, query: Range, abort: AbortSignal): Promise<Anatomy> {
    const record = await this.#record(id)
    return this.#answers.get(keyOf('anatomy', record, query), versionOf(record), abort, async () => {
      const numbers = await this.#withFrame(record, query, (frame) => this.#worker.ask('anatomy', frame))
      return completeAnatomy(this.#store, record.id, numbers)
    })
  }

  async groups(id: string, query: z.output<typeof groupsQuery>, abort: AbortSignal): Promise<GroupPage> {
    const record = await this.#record(id)
    const { from, to } = query
    const table = await this.#tables.get(
      keyOf('groups', record, { from, to }),
      versionOf(record),
      abort,
      () =>
        this.#withFrame(record, { from, to }, (frame) =>
          this.#worker.ask('groups', frame, signalOrder(record.spec)),
        ),
    )
    const chosen = chooseGroups(table, query)
    const groups = await Promise.all(
      chosen.groups.map(async (group) => {
        const row = await this.#store.row(id, table.firstSequence[group]!)
        // What was pruned since the numbers were read is gone.
        return row === undefined ? [] : [groupSummary(table, group, row)]
      }),
    )
    return { groups: groups.flat(), next: chosen.next, matching: chosen.matching, finding: table.finding }
  }

  async group(id: string, group: string, step: number | undefined): Promise<GroupDetail> {
    const record = await this.#record(id)
    return groupDetail(this.#store, id, group, step, signalOrder(record.spec))
  }

  async rows(id: string, query: z.output<typeof rowsQuery>, abort: AbortSignal): Promise<RowPage> {
    const record = await this.#record(id)
    const { from: fromStep, to: toStep, valid, text, group, order, limit, after } = query
    const filter: RowFilter = { fromStep, toStep, valid, text, group }
    const [page, matching] = await Promise.all([
      this.#store.rows(id, filter, { order, limit, after }),
      this.#matching(record, filter, abort),
    ])
    return { rows: page.rows.map(rowView), next: page.next, matching }
  }

  /** @throws GuerdonError DATA_ROW_UNKNOWN */
  async row(id: string, sequence: number, abort: AbortSignal): Promise<RowDetail> {
    const record = await this.#record(id)
    const row = await this.#store.row(id, sequence)
    if (row === undefined) {
      throw new GuerdonError('DATA_ROW_UNKNOWN', `run "${id}" has no such row`, {
        where: { field: 'sequence' },
        found: sequence,
      })
    }
    const { group, step } = row.rollout
    const siblings = await groupRows(this.#store, id, group, step ?? null)
    // Of a very large group the newest rows are at hand; the row itself always is.
    if (!siblings.some((sibling) => sibling.sequence === sequence)) siblings.push(row)
    const { reward } = this.#service
    const explained = this.#answers.get(
      keyOf('explain', record, sequence),
      JSON.stringify([siblings.length, reward.plan.digest]),
      abort,
      () => this.#explaining.run(() => explainStored(reward, row, siblings)),
    )
    const [explanation, neighbours] = await Promise.all([
      explained,
      this.#answers.get(keyOf('neighbours', record, sequence), textsVersionOf(record), abort, () =>
        this.#neighbours.of(record, textsVersionOf(record), row),
      ),
    ])
    const spec = record.specDigest === row.specDigest ? record.spec : undefined
    return rowDetailOf({ row, siblings, neighbours, spec, explanation })
  }

  async alerts(id: string): Promise<AlertList> {
    await this.#record(id)
    return { alerts: await this.alertViews.list(id) }
  }

  async #record(id: string): Promise<RunRecord> {
    const record = await this.#store.run(id)
    if (record !== undefined) return record
    throw new GuerdonError('STORE_UNKNOWN_RUN', 'the store has no such run', {
      where: { field: 'run' },
      found: id,
    })
  }

  #numbers(record: RunRecord, abort: AbortSignal): Promise<RunNumbers> {
    const heldBack = record.heldBack[0] ?? null
    return this.#answers.get(keyOf('run', record, heldBack), versionOf(record), abort, () =>
      this.#withFrame(record, {}, (frame) => this.#worker.ask('run', frame, heldBack)),
    )
  }

  async #summary(record: RunRecord, abort: AbortSignal): Promise<RunSummary> {
    const [{ axis, sparks }, alerts] = await Promise.all([
      this.#numbers(record, abort),
      this.alertViews.list(record.id, ALERTS_OF_SUMMARY),
    ])
    return {
      id: record.id,
      reward: record.reward,
      specDigest: record.specDigest,
      startedAt: record.startedAt,
      lastAt: record.lastAt,
      live: record.id === this.#service.run,
      rows: record.rows,
      batches: record.batches,
      lastStep: record.lastStep,
      axis,
      sparks,
      alerts,
    }
  }

  /** Reads the numbers of a range and gives them away; few at a time, because a frame may be large. */
  #withFrame<Answer>(
    { id }: RunRecord,
    { from, to }: Range,
    use: (frame: NumberFrame) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#frames.run(async () => {
      const frame = await this.#store.numbers(id, { fromStep: from, toStep: to }, { most: MOST_ROWS })
      // A hundred thousand names would be copied for nothing: groups are told apart by number.
      return use({ ...frame, groupNames: [] })
    })
  }

  /** How many rows a filter leaves; null for a text, which only a search through all of them could tell. */
  async #matching(record: RunRecord, filter: RowFilter, abort: AbortSignal): Promise<number | null> {
    if (filter.text !== undefined) return null
    if (Object.values(filter).every((condition) => condition === undefined)) return record.rows
    return this.#answers.get(
      keyOf('matching', record, filter),
      versionOf(record),
      abort,
      async () => (await this.#store.numbers(record.id, filter, { most: 1 })).matching,
    )
  }
}
