/** `guerdon serve SPEC`: a reward server that trainers use as it is. */
import { setFlagsFromString } from 'node:v8'
import { pino } from 'pino'
import { assemble } from '../../server/assemble.ts'
import { parseServeOptions } from '../../server/options.ts'
import { startServer } from '../../server/serve.ts'

/**
 * The old generation may double between collections instead of growing by a multiple, so that a server under load stays
 * at some hundred megabytes.
 */
const heapGrowth = '--heap-growing-percent=100'

/** Runs until SIGTERM or SIGINT; a second signal ends it at once with code 1. */
export async function serveCommand(spec: string, given: Readonly<Record<string, unknown>>): Promise<void> {
  setFlagsFromString(heapGrowth)
  // Commander sets `reload` whether it was given or not; only "no" is a choice.
  const { reload, ...rest } = given
  const options = parseServeOptions(reload === false ? { ...rest, reload } : rest, process.env)
  const logger = pino(
    { level: options.logLevel, base: { name: 'guerdon' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  )
  let store = 'none'
  let reloadSpec: (() => Promise<void>) | undefined
  const server = await startServer(options, logger, async (surroundings) => {
    const parts = await assemble(spec, options, surroundings)
    store = parts.storeLocation
    reloadSpec = () => parts.reload?.reload() ?? Promise.resolve()
    return parts
  })
  console.log(`Serving ${spec} at ${server.url}`)
  logger.info({ url: server.url, spec, store }, 'listening')

  const { promise: stopped, resolve, reject } = Promise.withResolvers<void>()
  let signals = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    if (++signals > 1) process.exit(1)
    logger.info({ signal }, 'stopping: accepted requests are finished first, a second signal ends at once')
    server.stop().then(resolve, reject)
  }
  const onHangup = (): void => void reloadSpec?.()
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal).on('SIGHUP', onHangup)
  try {
    await stopped
    logger.info('stopped')
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal).off('SIGHUP', onHangup)
  }
}
