/** Plugs the rooms of a server together: spec, store, state, scoring service, routes. */
import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import { createReward, type Reward } from '../reward/score.ts'
import { openStore } from '../store/open-store.ts'
import { openState } from '../store/state/open-state.ts'
import type { StateStore } from '../store/state/state-store.ts'
import type { RunRecord, Store } from '../store/store.ts'
import { Reload } from './http/reload.ts'
import type { ServeOptions } from './options.ts'
import { protocolRoutes } from './protocols/index.ts'
import { openApiDocument } from './protocols/openapi.ts'
import { Sandboxes } from './protocols/sandboxes.ts'
import { Retention } from './retention.ts'
import type { Route } from './route.ts'
import { JoiningService, STATE_SPEC } from './scoring/joining-service.ts'
import type { ScoringListener } from './scoring/scoring-listener.ts'
import type { ServerParts, Surroundings } from './serve.ts'
import { StudioEvents } from './studio/event-source.ts'
import { studioRoutes } from './studio/routes.ts'
import { Studio, type StudioOptions } from './studio/studio.ts'
import { AlertDelivery } from './watch/alert-delivery.ts'
import { LiveWatch } from './watch/live-watch.ts'

/**
 * Makes of a spec file what `startServer` serves.
 * @throws GuerdonError for a spec that does not compile or a store that cannot be opened; nothing stays open then
 */
export async function assemble(
  spec: string,
  options: ServeOptions,
  { logger, events, observers }: Surroundings,
): Promise<ServerParts> {
  // What was opened last is closed first; a start that fails closes what it had opened.
  await using opened = new AsyncDisposableStack()
  const sandboxes = new Sandboxes()
  opened.defer(() => sandboxes.close())
  const store = options.store === 'none' ? undefined : await openStore(options.store)
  if (store !== undefined) opened.defer(() => store.close())

  const reward = await createReward(spec)
  const run = options.run ?? runName(reward)
  // The studio needs the service, and the service tells the studio's events and the watch what it scored.
  const listeners: ScoringListener[] = [...observers]
  let service: JoiningService
  let known: RunRecord | undefined
  try {
    await reward.open()
    known = await openRun(store, run, reward, options)
    service = await JoiningService.open(reward, {
      run,
      store,
      continued: (known?.batches ?? 0) > 0,
      shared: options.redis !== undefined || /^postgres(ql)?:/.test(options.store),
      openState: (served) => stateOf(served, run, options, store),
      maximumRows: options.batchRows,
      maximumWait: options.batchWait,
      concurrency: options.batchConcurrency,
      cacheBytes: options.cacheBytes,
      groupSize: options.groupSize,
      groupTimeout: options.groupTimeout,
      listeners,
    })
  } catch (error) {
    await reward.close()
    throw error
  }
  opened.defer(() => service.stop())

  const routes: Route[] = [...protocolRoutes(sandboxes, { groupSize: options.groupSize })]
  let studioEvents: StudioEvents | undefined
  if (store !== undefined) {
    const parts: StudioOptions = { store, service }
    const studio = new Studio(parts)
    opened.defer(() => studio.close())
    routes.push(...studioRoutes(parts, studio))
    const shown = new StudioEvents(events, studio.alertViews, known === undefined ? [] : [known], (reason) =>
      logger.warn(`an alert could not be shown: ${reason}`),
    )
    opened.defer(() => shown.close())
    listeners.push(shown)
    studioEvents = shown
    const retention = retentionOf(store, run, shown, options, logger)
    opened.defer(() => retention?.close())
  }

  const delivery = new AlertDelivery({
    run,
    store,
    show: async (alert) => studioEvents?.alert(alert),
    webhook:
      options.webhook === undefined
        ? undefined
        : { url: options.webhook, secret: options.webhookSecret, includeText: options.webhookText },
    logger,
  })
  opened.defer(() => delivery.close())
  const watch = new LiveWatch({
    heldBack: options.heldBack[0],
    pause: options.watchPause,
    onAlert: (alert) => delivery.tell(alert),
    onFailure: (reason) => logger.warn(`the watch could not look at the rewards: ${reason}`),
  })
  opened.defer(() => watch.close())
  listeners.push(watch)

  const reload = new Reload({
    path: spec,
    compile: (path) => createReward(path),
    target: {
      async load(next) {
        await next.open()
        await openRun(store, run, next, options)
        await service.load(next)
      },
    },
    logger,
    tell: (event) => events.publish('spec', event),
    specDigest: reward.plan.digest,
  })
  opened.defer(() => reload.close())
  if (options.reload) reload.watch()
  const parts = opened.move()
  return {
    service,
    routes,
    reload,
    openApi: (url) => openApiDocument(routes, { version: packageVersion(), servers: [url] }),
    storeLocation: store?.location ?? 'none',
    checkStore: async () => void (await store?.run(run)),
    stopHolding: () => service.stopHolding(),
    async close() {
      // What was accepted is scored, stored and watched while everything still stands.
      await service.stop()
      await parts.disposeAsync()
    },
  }
}

/** Forgets what the options do not let the store keep; undefined when they say nothing of it. */
function retentionOf(
  store: Store,
  run: string,
  shown: StudioEvents,
  { keepRows, keepAge }: ServeOptions,
  logger: Logger,
): Retention | undefined {
  if (keepRows === undefined && keepAge === undefined) return undefined
  return new Retention({
    store,
    policy: { maximumRows: keepRows, maximumAgeSeconds: keepAge },
    logger,
    onForgotten: () => {
      const recount = store.run(run).then((left) => left === undefined || shown.recount(left))
      recount.catch((error: unknown) =>
        logger.warn({ err: error }, 'the rows that are left were not counted'),
      )
    },
  })
}

/** Begins a run of the store or goes on with it. */
async function openRun(
  store: Store | undefined,
  run: string,
  { plan }: Reward,
  { heldBack }: ServeOptions,
): Promise<RunRecord | undefined> {
  const { spec, digest } = plan
  return store?.openRun({ id: run, reward: spec.name, spec, specDigest: digest, heldBack })
}

/** The reward's name and the time, so that two starts are two runs unless a name says otherwise. */
function runName(reward: Reward): string {
  const name = reward.plan.spec.name.replace(/[^\w.:-]+/g, '-')
  return `${name}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}`
}

/** Answers of moved states are kept so long: in this process until a failed store has been tried again, in Redis until
 * a retry has reached another replica. */
const rememberSeconds = { memory: 10, redis: 600 }

/** The state of a stateful reward: shared through Redis, or in this process from the store's last checkpoint. */
async function stateOf(
  reward: Reward,
  run: string,
  options: ServeOptions,
  store: Store | undefined,
): Promise<StateStore> {
  const { spec, digest } = reward.plan
  const { [STATE_SPEC]: of, ...checkpoint } = (await store?.loadState(run)) ?? {}
  return openState({
    redis: options.redis,
    // Replicas that were not told a common run have runs of their own, and share the reward all the same.
    scope: { name: options.stateScope ?? options.run ?? spec.name, specDigest: digest },
    initial: of === digest ? checkpoint : undefined,
    rememberSeconds: options.redis === undefined ? rememberSeconds.memory : rememberSeconds.redis,
  })
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
