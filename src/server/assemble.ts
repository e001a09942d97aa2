/** Plugs the rooms of a server together: spec, store, state, scoring service, routes. */
import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Alert } from '../audit/alert.ts'
import { sendAlert } from '../audit/webhook.ts'
import { createReward, type Reward } from '../reward/score.ts'
import { openStore } from '../store/open-store.ts'
import { openState } from '../store/state/open-state.ts'
import type { StateStore } from '../store/state/state-store.ts'
import type { Store } from '../store/store.ts'
import { Reload } from './http/reload.ts'
import type { ServeOptions } from './options.ts'
import { protocolRoutes } from './protocols/index.ts'
import { openApiDocument } from './protocols/openapi.ts'
import { Sandboxes } from './protocols/sandboxes.ts'
import type { Route } from './route.ts'
import { JoiningService, STATE_SPEC } from './scoring/joining-service.ts'
import type { ScoringListener } from './scoring/scoring-listener.ts'
import type { ServerParts, Surroundings } from './serve.ts'
import { StudioEvents } from './studio/event-source.ts'
import { studioRoutes } from './studio/routes.ts'
import { Studio, type StudioOptions } from './studio/studio.ts'
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
  const reward = await createReward(spec)
  let store: Store | undefined
  let watch: LiveWatch | undefined
  const sandboxes = new Sandboxes()
  try {
    const opened = options.store === 'none' ? undefined : await openStore(options.store)
    store = opened
    const run = options.run ?? runName(reward)
    const openRun = async (served: Reward): Promise<boolean> => {
      const { spec: full, digest } = served.plan
      const known = await opened?.openRun({
        id: run,
        reward: full.name,
        spec: full,
        specDigest: digest,
        heldBack: options.heldBack,
      })
      return (known?.batches ?? 0) > 0
    }
    const continued = await openRun(reward)
    // The studio needs the service, and the service tells the studio's events what it scored.
    const listeners: ScoringListener[] = [...observers]
    const service = await JoiningService.open(reward, {
      run,
      store,
      continued,
      shared: options.redis !== undefined || /^postgres(ql)?:/.test(options.store),
      openState: (served) => stateOf(served, run, options, opened),
      maximumRows: options.batchRows,
      maximumWait: options.batchWait,
      concurrency: options.batchConcurrency,
      cacheBytes: options.cacheBytes,
      groupSize: options.groupSize,
      groupTimeout: options.groupTimeout,
      listeners,
    })
    const routes: Route[] = [...protocolRoutes(sandboxes)]
    let studio: Studio | undefined
    let studioEvents: StudioEvents | undefined
    if (opened !== undefined) {
      const parts: StudioOptions = { store: opened, service }
      studio = new Studio(parts)
      routes.push(...studioRoutes(parts, studio))
      const known = await opened.run(run)
      studioEvents = new StudioEvents(
        events,
        studio.alertViews,
        known === undefined ? [] : [known],
        (reason) => logger.warn(`an alert could not be shown: ${reason}`),
      )
      listeners.push(studioEvents)
    }
    watch = new LiveWatch({
      heldBack: options.heldBack[0],
      onAlert: (alert) =>
        void tellAlert(alert, { run, store: opened, events: studioEvents, options, logger }),
      onFailure: (reason) => logger.warn(`the watch could not look at the rewards: ${reason}`),
    })
    listeners.push(watch)
    const watching = watch
    const reload = new Reload({
      path: spec,
      compile: (path) => createReward(path),
      target: {
        async load(next) {
          await openRun(next)
          await service.load(next)
        },
      },
      logger,
      tell: (event) => events.publish('spec', event),
      specDigest: reward.plan.digest,
    })
    if (options.reload) reload.watch()
    return {
      service,
      routes,
      reload,
      openApi: (url) => openApiDocument(routes, { version: packageVersion(), servers: [url] }),
      storeLocation: store?.location ?? 'none',
      checkStore: async () => void (await store?.run(run)),
      async close() {
        await service.stop()
        studioEvents?.close()
        await Promise.all([watching.close(), studio?.close(), sandboxes.close()])
        await store?.close()
      },
    }
  } catch (error) {
    await Promise.all([reward.close(), watch?.close(), sandboxes.close()])
    await store?.close()
    throw error
  }
}

/** The reward's name and the time, so that two starts are two runs unless a name says otherwise. */
function runName(reward: Reward): string {
  const name = reward.plan.spec.name.replace(/[^\w.:-]+/g, '-')
  return `${name}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}`
}

/** Answers of moved states are kept so long: in this process until a failed store has been tried again, in Redis until
 * a retry has reached another replica. */
const rememberSeconds = { memory: 30, redis: 600 }

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

interface AlertTargets {
  readonly run: string
  readonly store: Store | undefined
  readonly events: StudioEvents | undefined
  readonly options: ServeOptions
  readonly logger: Logger
}

/** Keeps an alert, shows it, and posts it where the user asked for it. */
async function tellAlert(alert: Alert, { run, store, events, options, logger }: AlertTargets): Promise<void> {
  const at = Date.now()
  logger.warn({ diagnostic: alert.diagnostic, verdict: alert.verdict, step: alert.step }, alert.diagnostic)
  try {
    const stored = await store?.saveAlert(run, alert, at)
    if (stored !== undefined) await events?.alert(stored)
  } catch (error) {
    logger.error({ err: error }, 'an alert could not be stored')
  }
  if (options.webhook === undefined) return
  const { delivered, reason } = await sendAlert(alert, {
    url: options.webhook,
    secret: options.webhookSecret,
    run,
    at,
    includeText: options.webhookText,
  })
  if (!delivered) logger.warn(`the webhook did not take an alert: ${reason}`)
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
