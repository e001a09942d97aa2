/** Plugs the rooms of a server together: spec, store, state, scoring service, routes. */
import { readFileSync } from 'node:fs'
import { GuerdonError } from '../records/error.ts'
import { createReward, type Reward } from '../reward/score.ts'
import { openStore } from '../store/open-store.ts'
import type { StateStore } from '../store/state/state-store.ts'
import type { Store } from '../store/store.ts'
import { Reload } from './http/reload.ts'
import type { ServeOptions } from './options.ts'
import type { Route } from './route.ts'
import { JoiningService } from './scoring/joining-service.ts'
import type { ServerParts, Surroundings } from './serve.ts'

/** What the rooms above the service need to make their routes. */
export interface Served {
  readonly service: JoiningService
  readonly store: Store | undefined
  readonly options: ServeOptions
}

/** The rooms that speak with clients or keep states. */
export interface Rooms {
  /** the protocols' and the studio's routes */
  routes(served: Served): readonly Route[]
  /** describes the routes as OpenAPI */
  openApi(routes: readonly Route[], info: { version: string; servers: readonly string[] }): unknown
  openState(reward: Reward, options: ServeOptions, store: Store | undefined): Promise<StateStore>
}

/**
 * Makes of a spec file what `startServer` serves.
 * @throws GuerdonError for a spec that does not compile or a store that cannot be opened; nothing stays open then
 */
export async function assemble(
  spec: string,
  options: ServeOptions,
  { logger, events, observers }: Surroundings,
  rooms: Rooms,
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
    const service = await JoiningService.open(reward, {
      run,
      store,
      continued,
      shared: options.redis !== undefined,
      openState: (served) => rooms.openState(served, options, opened),
      maximumRows: options.batchRows,
      maximumWait: options.batchWait,
      concurrency: options.batchConcurrency,
      cacheBytes: options.cacheBytes,
      groupSize: options.groupSize,
      groupTimeout: options.groupTimeout,
      listeners: observers,
    })
    const routes = rooms.routes({ service, store, options })
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
      openApi: (url) => rooms.openApi(routes, { version: packageVersion(), servers: [url] }),
      storeLocation: store?.location ?? 'none',
      checkStore: async () => void (await store?.run(run)),
      async close() {
        await service.stop()
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

/** A stateful reward without a place for its state is refused: its numbers would begin anew with every batch. */
export async function noState(reward: Reward): Promise<StateStore> {
  throw new GuerdonError(
    'SPEC_INVALID',
    `reward "${reward.plan.spec.name}" has a state, and none can be kept here`,
  )
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
