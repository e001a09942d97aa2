/**
 * The scoring service: requests of many trainer workers are joined into signal batches, known verdicts are not
 * computed again, repeats get the first answer, states move once a request, and nothing is answered before it is
 * stored.
 */
import { GuerdonError } from '../../records/error.ts'
import type { Rollout } from '../../records/rollout.ts'
import type { SignalTiming } from '../../reward/run-signals.ts'
import type { Reward } from '../../reward/score.ts'
import type { StateStore } from '../../store/state/state-store.ts'
import type { BatchRecord, SignalWork, Store } from '../../store/store.ts'
import { AnswerMemory, type Pending } from './answer-memory.ts'
import { BatchIds } from './batch-id.ts'
import { requestDigest } from './content-digest.ts'
import { HeldGroups } from './held-groups.ts'
import { asGuerdonError, KeptAnswers, keyReused, type ScoredRequest } from './kept-answers.ts'
import { type Finished, JoinedScorer, type JoinedScores } from './score-joined.ts'
import type { ScoringListener } from './scoring-listener.ts'
import { type ScoreAnswer, type ScoreRequest, type ScoringService, UNNAMED } from './scoring-service.ts'

/** The entry of a stored state that says which spec it belongs to. */
export const STATE_SPEC = 'spec'

export interface JoiningOptions {
  readonly run: string
  /** undefined: nothing is kept */
  readonly store: Store | undefined
  /** true when the run held batches before this process began */
  readonly continued: boolean
  /** true when other processes may write into the run */
  readonly shared: boolean
  /** makes the state of a stateful reward; called again when another spec is served */
  openState(reward: Reward): Promise<StateStore>
  /** most rows that are scored together (a larger request is scored alone); default 1024 */
  readonly maximumRows?: number | undefined
  /** how long the first of several requests waits for company, milliseconds; default 0: only while others are scored */
  readonly maximumWait?: number | undefined
  /** joined batches that are scored at a time; default 4 */
  readonly concurrency?: number | undefined
  /** memory for known verdicts; default 64 MiB, 0 turns the cache off */
  readonly cacheBytes?: number | undefined
  /** rollouts of a whole group, for protocols that send them one by one */
  readonly groupSize?: number | undefined
  /** seconds that a group may take to fill; default 60 */
  readonly groupTimeout?: number | undefined
  /** how long work goes on for clients that all went away, milliseconds; default 5000: a retry in time finds it done */
  readonly grace?: number | undefined
  readonly listeners?: readonly ScoringListener[] | undefined
}

export class JoiningService implements ScoringService {
  readonly run: string
  readonly #options: JoiningOptions
  readonly #answers: AnswerMemory
  readonly #batchIds = new BatchIds()
  readonly #kept: KeptAnswers
  readonly #held: HeldGroups | undefined
  readonly #unfinished = new Set<Promise<unknown>>()
  #scorer: JoinedScorer
  #state: StateStore | undefined
  #queue: Pending[] = []
  #queuedRows = 0
  #working = 0
  #timer: NodeJS.Timeout | undefined
  #turn = false
  #stopping: Promise<void> | undefined

  private constructor(options: JoiningOptions, scorer: JoinedScorer, state: StateStore | undefined) {
    this.#options = options
    this.#answers = new AnswerMemory(options.grace ?? 5000)
    this.run = options.run
    this.#scorer = scorer
    this.#state = state
    this.#kept = new KeptAnswers({
      run: options.run,
      store: options.store,
      continued: options.continued,
      shared: options.shared,
      answers: this.#answers,
      // Read anew at each batch: some listeners need the service before they can listen.
      listeners: options.listeners ?? [],
    })
    this.#held =
      options.groupSize === undefined
        ? undefined
        : new HeldGroups({ size: options.groupSize, timeoutSeconds: options.groupTimeout ?? 60 }, (group) =>
            this.#scoreOne({ ...group, key: `group:${this.#batchIds.next()}` }),
          )
  }

  static async open(reward: Reward, options: JoiningOptions): Promise<JoiningService> {
    const state = reward.plan.stateful ? await options.openState(reward) : undefined
    return new JoiningService(options, scorerOf(reward, options, state), state)
  }

  get reward(): Reward {
    return this.#scorer.reward
  }

  get columnNames(): readonly string[] {
    return this.#scorer.columnNames
  }

  /** Serves another reward from the next request on; the old one is closed when its last request is answered. */
  async load(reward: Reward): Promise<void> {
    const state = reward.plan.stateful ? await this.#options.openState(reward) : undefined
    const before = [...this.#unfinished]
    const old = { scorer: this.#scorer, state: this.#state }
    this.#scorer = scorerOf(reward, this.#options, state)
    this.#state = state
    const closing = Promise.allSettled(before).then(async () => {
      await old.scorer.reward.close()
      await old.state?.close()
    })
    this.#track(closing)
  }

  async score(request: ScoreRequest): Promise<ScoreAnswer> {
    if (this.#stopping !== undefined)
      throw new GuerdonError('SERVER_STOPPING', 'the server stops and takes no more requests')
    const { rewardScope, groupSignal } = this.reward.plan
    if (request.groups === 'single' && rewardScope !== 'row' && request.rollouts.length > 0) {
      if (rewardScope === 'batch' || this.#held === undefined) {
        const why = groupSignal === undefined ? 'a shaping or the combiner' : `signal "${groupSignal}"`
        throw new GuerdonError('GROUP_NEEDED', `${why} compares rollouts, and they come one by one`, {
          hint:
            rewardScope === 'batch'
              ? 'Send whole batches to /v1/rewards'
              : 'Start the server with --group-size, or send whole groups to /v1/rewards',
        })
      }
      // A whole batch through a door for single rollouts: its groups are taken as whole.
      return request.rollouts.length > 1
        ? this.#scoreOne({ ...request, groups: 'whole' })
        : this.#held.score(request)
    }
    return this.#scoreOne(request)
  }

  /** Tells the members of unfinished groups that their siblings will not come; other requests are scored as before. */
  stopHolding(): void {
    this.#held?.close()
  }

  /** Finishes what was accepted and closes the reward; the store stays open. Called again it gives the same promise. */
  stop(): Promise<void> {
    this.#stopping ??= this.#finish()
    return this.#stopping
  }

  async #finish(): Promise<void> {
    this.stopHolding()
    while (this.#unfinished.size > 0) await Promise.allSettled(this.#unfinished)
    await this.#scorer.reward.close()
    await this.#state?.close()
  }

  async #scoreOne(request: ScoreRequest): Promise<ScoreAnswer> {
    const { rollouts, protocol, abort } = request
    if (rollouts.length === 0) {
      // A normal request of clients that spread a batch over servers: there is nothing to score or to keep.
      return { batch: this.#batchIds.next(), repeated: false, specDigest: this.reward.plan.digest, rows: [] }
    }
    if (abort.aborted) throw new GuerdonError('RUN_CANCELLED', 'the client went away')
    const contentDigest = request.contentDigest ?? requestDigest(protocol, rollouts)
    // Without a key of its own a lone sampled rollout may honestly come twice; anything else that is equal is a retry.
    const sampled = request.key === undefined && request.groups === 'single' && rollouts.length === 1
    // The same rollouts under another spec are another question.
    const key = request.key ?? `content:${this.reward.plan.digest.slice(0, 16)}:${contentDigest}`
    const known = this.#answers.find(key, sampled)
    if (known !== undefined) {
      if (known.contentDigest !== contentDigest) throw keyReused(key)
      this.#kept.tellRepeated(known.batch, request)
      return { ...(await known.join(abort)), repeated: true }
    }
    const batch = this.#batchIds.next()
    const pending = this.#answers.open({
      key,
      storedKey: sampled && this.#answers.answered(key) ? `${key}#${batch}` : key,
      batch,
      contentDigest,
      sampled,
      request: { ...request, rollouts: namedRollouts(rollouts, batch) },
    })
    this.#queue.push(pending)
    this.#queuedRows += rollouts.length
    this.#track(pending.settled)
    this.#schedule()
    return pending.join(abort)
  }

  #track(promise: Promise<unknown>): void {
    this.#unfinished.add(promise)
    const forget = (): void => void this.#unfinished.delete(promise)
    promise.then(forget, forget)
  }

  #schedule(): void {
    if (this.#turn || this.#queue.length === 0 || this.#working >= (this.#options.concurrency ?? 4)) return
    const { maximumWait = 0, maximumRows = 1024 } = this.#options
    if (maximumWait > 0 && this.#queuedRows < maximumRows) {
      const left = this.#queue[0]!.receivedAt + maximumWait - performance.now()
      if (left > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined
          this.#schedule()
        }, left)
        return
      }
    }
    this.#turn = true
    // After this turn of the event loop: what arrived in it is scored together.
    setImmediate(() => {
      this.#turn = false
      const pendings = this.#take(maximumRows)
      if (pendings.length > 0) {
        this.#working++
        void this.#scoreAndStore(pendings, () => {
          this.#working--
          this.#schedule()
        })
      }
      // Also when nobody wanted what was taken: others may wait behind it.
      this.#schedule()
    })
  }

  #take(maximumRows: number): Pending[] {
    let rows = 0
    let taken = 0
    while (taken < this.#queue.length) {
      const more = this.#queue[taken]!.request.rollouts.length
      if (taken > 0 && rows + more > maximumRows) break
      rows += more
      taken++
    }
    const pendings = this.#queue.splice(0, taken)
    this.#queuedRows -= rows
    return pendings.filter((pending) => {
      if (pending.wanted) return true
      pending.reject(
        new GuerdonError('RUN_CANCELLED', 'every client that asked went away before it was scored'),
      )
      return false
    })
  }

  async #scoreAndStore(pendings: readonly Pending[], scored: () => void): Promise<void> {
    const scorer = this.#scorer
    const fresh = await this.#kept.answerKnown(pendings)
    if (fresh.length === 0) return scored()
    const outcomes: (Finished | GuerdonError)[] = []
    const timings: SignalTiming[] = []
    let cachedRows = 0
    let computedRows = 0
    const add = (scores: JoinedScores): void => {
      timings.push(...scores.timings)
      cachedRows += scores.cachedRows
      computedRows += scores.computedRows
      outcomes.push(...scores.finished)
    }
    try {
      add(await this.#scoreTogether(scorer, fresh))
    } catch (error) {
      // One request's failure is not its neighbours': each is scored by itself.
      if (fresh.length === 1) outcomes.push(asGuerdonError(error))
      else {
        for (const pending of fresh) {
          try {
            add(await this.#scoreTogether(scorer, [pending]))
          } catch (own) {
            outcomes.push(asGuerdonError(own))
          }
        }
      }
    } finally {
      scored()
    }
    const done: ScoredRequest[] = []
    for (const [index, pending] of fresh.entries()) {
      const outcome = outcomes[index]!
      if (outcome instanceof GuerdonError) pending.reject(outcome)
      else
        done.push({
          pending,
          batch: this.#batchOf(pending, outcome, scorer, done.length === 0 ? timings : []),
        })
    }
    if (done.length === 0) return
    const stored = await this.#kept.keep(done)
    if (stored.length > 0) {
      for (const listener of this.#options.listeners ?? [])
        listener.onScored?.({ batches: stored, timings, cachedRows, computedRows })
    }
  }

  async #scoreTogether(scorer: JoinedScorer, pendings: readonly Pending[]): Promise<JoinedScores> {
    const stop = new AbortController()
    let left = pendings.length
    for (const pending of pendings) {
      pending.onAbandoned = () => {
        if (--left === 0) stop.abort(new GuerdonError('RUN_CANCELLED', 'every client that asked went away'))
      }
    }
    try {
      return await scorer.score(
        pendings.map(({ storedKey, request }) => ({
          key: storedKey,
          rollouts: request.rollouts,
          wholeGroups: request.groups === 'whole',
        })),
        stop.signal,
      )
    } finally {
      for (const pending of pendings) pending.onAbandoned = undefined
    }
  }

  #batchOf(
    { batch, storedKey, contentDigest, request, receivedAt, receivedWhen }: Pending,
    { rows, state }: Finished,
    { reward }: JoinedScorer,
    timings: readonly SignalTiming[],
  ): BatchRecord {
    const first = request.rollouts[0]?.step
    return {
      id: batch,
      run: this.run,
      key: storedKey,
      contentDigest,
      protocol: request.protocol,
      specDigest: reward.plan.digest,
      step: first !== undefined && request.rollouts.every(({ step }) => step === first) ? first : null,
      receivedAt: receivedWhen,
      seconds: (performance.now() - receivedAt) / 1000,
      work: timings.map(
        ({ signal, rows: count, seconds, failures }): SignalWork => ({
          signal,
          rows: count,
          seconds,
          failures,
        }),
      ),
      rollouts: request.rollouts,
      rows,
      // A state belongs to its spec: another one must not begin with it.
      ...(state === undefined ? {} : { state: { ...state, [STATE_SPEC]: reward.plan.digest } }),
    }
  }
}

function scorerOf(reward: Reward, options: JoiningOptions, state: StateStore | undefined): JoinedScorer {
  return new JoinedScorer(reward, { cacheBytes: options.cacheBytes ?? 64 * 1024 * 1024, state })
}

/** Rollouts without an id get one from their batch, so that every stored row can be named. */
function namedRollouts(rollouts: readonly Rollout[], batch: string): readonly Rollout[] {
  if (rollouts.every(({ id }) => id !== UNNAMED)) return rollouts
  return rollouts.map((rollout, index) =>
    rollout.id === UNNAMED
      ? { ...rollout, id: rollouts.length === 1 ? batch : `${batch}-${index}` }
      : rollout,
  )
}
