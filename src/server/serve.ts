/** Starts and stops the server: what was assembled, behind a socket. */
import type { Logger } from 'pino'
import { GuerdonError, messageOf } from '../records/error.ts'
import { App, type DirectRoute } from './http/app.ts'
import { BoundedService } from './http/bounded-service.ts'
import { EventStream } from './http/event-stream.ts'
import { checkKey, Keys, readKeyFile } from './http/keys.ts'
import { answerLogin, loginRoute } from './http/login.ts'
import { Metrics } from './http/metrics.ts'
import { isLoopback, type OriginRules } from './http/origin-guard.ts'
import { BodyReader } from './http/read-body.ts'
import { RefusalLog } from './http/refusal-log.ts'
import type { Reload } from './http/reload.ts'
import { type Readiness, serverRoutes } from './http/server-routes.ts'
import { createSocketServer, listen } from './http/socket-server.ts'
import { StaticFiles } from './http/static-files.ts'
import { openTracing } from './http/tracing.ts'
import type { ServiceObserver } from './observer.ts'
import type { ServeOptions } from './options.ts'
import type { Route } from './route.ts'
import type { ScoringService } from './scoring/scoring-service.ts'

/** What stands ready before the rooms are built, because they tell it what happens. */
export interface Surroundings {
  readonly logger: Logger
  readonly events: EventStream
  /** for the scoring service's `listeners` */
  readonly observers: readonly ServiceObserver[]
}

/** What a server serves. `assemble` makes it of a spec; tests make their own. */
export interface ServerParts {
  readonly service: ScoringService
  readonly routes: readonly Route[]
  /** OpenAPI description, given the address the server has */
  openApi(url: string): unknown
  /** where batches are kept, without a password; `none` when nowhere */
  readonly storeLocation: string
  /** rejects when the store does not answer */
  checkStore(): Promise<void>
  readonly reload?: Reload | undefined
  /** the server takes no more requests: whoever waits for one that will not come is answered */
  stopHolding?(): void
  /** finishes what was accepted, flushes and closes store and reward */
  close(): Promise<void>
}

export interface RunningServer {
  readonly url: string
  /** Takes nothing new, finishes what was accepted, closes everything. Called again it gives the same promise. */
  stop(): Promise<void>
}

/** Trainers whose own time-out is shorter than the server's: they must get an answer, not silence. */
const SHORTER_TIMEOUTS: Readonly<Record<string, number>> = { slime: 110, miles: 110 }

/** How long the store may take to show that it is there. */
const STORE_CHECK_MILLISECONDS = 5000

/**
 * Starts a server.
 *
 * @param build makes what is served; when it fails, everything opened before is closed again
 * @throws GuerdonError ARGUMENT_INVALID or FILE_MISSING for options that cannot be met, and whatever `build` throws
 */
export async function startServer(
  options: ServeOptions,
  logger: Logger,
  build: (surroundings: Surroundings) => Promise<ServerParts>,
): Promise<RunningServer> {
  const keys = readKeys(options)
  const origins: OriginRules = {
    corsOrigins: options.cors,
    loopbackOnly: !keys.required && isLoopback(options.host),
  }
  const tracing =
    options.otelEndpoint === undefined
      ? undefined
      : await openTracing(options.otelEndpoint, options.traceRows)
  const events = new EventStream()
  let bounded: BoundedService | undefined
  const metrics = new Metrics({ queueRows: () => bounded?.rows ?? 0, eventClients: () => events.clients })
  const refusals = new RefusalLog(logger)
  const observers: ServiceObserver[] = tracing === undefined ? [metrics] : [metrics, tracing]
  let parts: ServerParts | undefined
  let server: ReturnType<typeof createSocketServer> | undefined
  const closeAll = async (): Promise<void> => {
    await parts?.reload?.close()
    await parts?.close()
    events.close()
    refusals.close()
    metrics.close()
    await tracing
      ?.close()
      .catch((error: unknown) => logger.warn(`the last traces were not sent: ${messageOf(error)}`))
  }
  try {
    parts = await build({ logger, events, observers })
    const served = parts
    bounded = new BoundedService(parts.service, options.queueRows)
    const secure = options.tlsCert !== undefined
    // The app is made when the address is known: the description names it.
    let app: App | undefined
    const socket = createSocketServer(options, (request, response) => app!.listener(request, response))
    server = socket
    const url = await listen(socket, options)
    const readiness = (): Promise<Readiness> => readinessOf(served, app?.stopping ?? false)
    const direct: DirectRoute[] = serverRoutes({ metrics, events, openApi: parts.openApi(url), readiness })
    if (keys.required) {
      const forms = new BodyReader({ maximumBytes: 4096, maximumTotalBytes: 2 ** 20 })
      direct.push(loginRoute(keys, secure, forms))
    }
    app = new App({
      routes: parts.routes,
      direct,
      service: bounded,
      keys,
      origins,
      limits: { maximumBytes: options.bodyLimit, maximumTotalBytes: options.bodiesLimit },
      timeoutOf: (protocol) => Math.min(options.requestTimeout, SHORTER_TIMEOUTS[protocol] ?? Infinity),
      logger,
      refusals,
      observers,
      tracing,
      files: new StaticFiles(options.studio ?? new URL('../../dist/studio', import.meta.url).pathname),
      ...(keys.required
        ? {
            login: (request, response, path, search) =>
              answerLogin(keys, secure, request, response, path, search),
          }
        : {}),
    })
    const running = app
    warnIfOpen(options, keys, logger)
    let stopping: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      events.publish('stopping', {})
      const closed = new Promise<void>((resolve) => socket.close(() => resolve()))
      const drained = running.drain(options.stopTimeout)
      served.stopHolding?.()
      const finished = await drained
      if (!finished) logger.warn(`${running.active} requests were not done after ${options.stopTimeout} s`)
      events.close()
      socket.closeAllConnections()
      await closed
      await closeAll()
    }
    return {
      url,
      stop() {
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    server?.close()
    await closeAll()
    throw error
  }
}

function readKeys(options: ServeOptions): Keys {
  for (const key of options.key) checkKey(key)
  return new Keys([...options.key, ...(options.keyFile === undefined ? [] : readKeyFile(options.keyFile))])
}

function warnIfOpen(options: ServeOptions, keys: Keys, logger: Logger): void {
  if (isLoopback(options.host) || keys.required) return
  logger.warn(
    `EVERYONE who reaches ${options.host} can read the rollouts and score with this server: it has no keys. Set --key-file, or listen on 127.0.0.1.`,
  )
}

async function readinessOf(parts: ServerParts, stopping: boolean): Promise<Readiness> {
  let store = 'ok'
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_resolve, reject) => {
      const error = new GuerdonError('STORE_FAILED', 'the store does not answer')
      timer = setTimeout(() => reject(error), STORE_CHECK_MILLISECONDS)
    })
    await Promise.race([parts.checkStore(), late])
    if (parts.storeLocation === 'none') store = 'none'
  } catch (error) {
    store = messageOf(error)
  } finally {
    clearTimeout(timer)
  }
  const { spec, digest } = parts.service.reward.plan
  return {
    ready: !stopping && (store === 'ok' || store === 'none'),
    store,
    reward: spec.name,
    specDigest: digest,
    stopping,
    specProblem: parts.reload?.problem ?? null,
  }
}
