/** Serves a spec and shows shipped rollouts in the studio: the same server that a trainer would talk to. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { pino } from 'pino'
import type { Rollout } from '../src/records/rollout.ts'
import { assemble } from '../src/server/assemble.ts'
import { parseServeOptions } from '../src/server/options.ts'
import { type RunningServer, startServer } from '../src/server/serve.ts'

export interface StudioExample {
  /** the spec's file */
  readonly spec: string
  readonly rollouts: readonly Rollout[]
  /** the spec's digest: a changed spec is another run */
  readonly specDigest: string
  /** SQLite file that keeps the scored rows */
  readonly store: string
}

/** Rows of a request: whole groups of eight. */
const rowsOfRequest = 64

/**
 * Starts the server on the usual port (or a free one when that is taken) and sends it the rollouts. Started again, it
 * finds them in its store: equal requests are repeats, so nothing is scored or kept twice.
 */
export async function showInStudio({
  spec,
  rollouts,
  specDigest,
  store,
}: StudioExample): Promise<RunningServer> {
  mkdirSync(dirname(store), { recursive: true })
  const logger = pino({ level: 'warn' }, pino.destination({ fd: 2, sync: true }))
  const start = (port: number): Promise<RunningServer> => {
    const options = parseServeOptions({ port, store, run: `example-${specDigest.slice(0, 8)}` })
    return startServer(options, logger, (surroundings) => assemble(spec, options, surroundings))
  }
  // Another program on the port is no reason not to show anything.
  const server = await start(8765).catch(() => start(0))
  for (let from = 0; from < rollouts.length; from += rowsOfRequest) {
    const rows = rollouts.slice(from, from + rowsOfRequest)
    const response = await fetch(`${server.url}/v1/rewards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ protocol: 'example', groups: 'whole', rows: rows.map(wireRow) }),
    })
    if (!response.ok) throw new Error(`the server refused the rollouts: ${await response.text()}`)
  }
  return server
}

/** A rollout as a client sends it. */
function wireRow({ finishReason, referenceLogprobs, ...rollout }: Rollout): unknown {
  return {
    ...rollout,
    ...(finishReason === undefined ? {} : { finish_reason: finishReason }),
    ...(referenceLogprobs === undefined ? {} : { reference_logprobs: referenceLogprobs }),
  }
}
