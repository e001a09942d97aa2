/** Plugs the rooms of a server together: spec, store, state, scoring service, routes. */
import { readFileSync } from 'node:fs'
import { createReward, type Reward } from '../reward/score.ts'
import { openStore } from '../store/open-store.ts'
import { openState } from '../store/state/open-state.ts'
import type { Store } from '../store/store.ts'
import { Reload } from './http/reload.ts'
import type { ServeOptions } from './options.ts'
import { protocolRoutes } from './protocols/index.ts'
import { openApiDocument } from './protocols/openapi.ts'
import { Sandboxes } from './protocols/sandboxes.ts'
import type { Route } from './route.ts'
import { JoiningService } from './scoring/joining-service.ts'
import type { ScoringListener } from './scoring/scoring-listener.ts'
import type { ServerParts, Surroundings } from './serve.ts'
import { StudioEvents } from './studio/event-source.ts'
import { studioRoutes } from './studio/routes.ts'
import { Studio } from './studio/studio.ts'

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
    const listeners: ScoringListener[] = [...observers]
    const service = await JoiningService.open(reward, {
      run,
      store,
      continued,
      shared: options.redis !== undefined,
      openState: async ({ plan }) =>
        openState({
          redis: options.redis,
          scope: { name: run, specDigest: plan.digest },
          initial: await opened?.loadState(run),
        }),
      maximumRows: options.batchRows,
      maximumWait: options.batchWait,
      concurrency: options.batchConcurrency,
      cacheBytes: options.cacheBytes,
      groupSize: options.groupSize,
      groupTimeout: options.groupTimeout,
      listeners,
    })
    const sandboxes = new Sandboxes()
    const routes: Route[] = [...protocolRoutes(sandboxes)]
    let studio: Studio | undefined
    if (opened !== undefined) {
      studio = new Studio({ store: opened, service })
      routes.push(...studioRoutes({ store: opened, service }, studio))
      const known = await opened.run(run)
      // The studio needs the service, whose listeners are read anew at each batch.
      listeners.push(
        new StudioEvents(events, studio.alertViews, known === undefined ? [] : [known], (sentence) =>
          logger.warn(sentence),
        ),
      )
    }
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
        await studio?.close()
        await sandboxes.close()
        await store?.close()
      },
    }
  } catch (error) {
    await reward.close()
    await store?.close()
    throw error
  }
}

/** The reward's name and the time, so that two starts are two runs unless a name says otherwise. */
function runName(reward: Reward): string {
  const name = reward.plan.spec.name.replace(/[^\w.:-]+/g, '-')
  return `${name}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}`
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
