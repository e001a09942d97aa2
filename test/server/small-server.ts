/** A server on a free port with routes of the test and a scoring service that counts words. */
import { connect, type Socket } from 'node:net'
import { type Logger, pino } from 'pino'
import { createReward, type Reward } from '../../src/reward/score.ts'
import type { EventStream } from '../../src/server/http/event-stream.ts'
import { parseServeOptions } from '../../src/server/options.ts'
import type { Route } from '../../src/server/route.ts'
import type { ScoreAnswer, ScoreRequest, ScoringService } from '../../src/server/scoring/scoring-service.ts'
import { type RunningServer, type ServerParts, startServer } from '../../src/server/serve.ts'

export const wordsSpec = { name: 'words', signals: { words: { use: 'length', unit: 'words' } } } as const

/** Scores with a real reward; `gate` lets a test hold requests back. */
export class WordsService implements ScoringService {
  readonly reward: Reward
  readonly run = 'test'
  readonly columnNames = ['words']
  gate: Promise<void> = Promise.resolve()
  readonly aborted: unknown[] = []

  constructor(reward: Reward) {
    this.reward = reward
  }

  async score({ rollouts, abort }: ScoreRequest): Promise<ScoreAnswer> {
    abort.addEventListener('abort', () => this.aborted.push(abort.reason))
    await this.gate
    const scored = await this.reward.score(rollouts)
    const rows = rollouts.map(({ id, group }, row) => ({
      id,
      group,
      reward: scored.reward.values[row]!,
      advantage: null,
      columns: { words: scored.reward.values[row]! },
      stages: {},
      reasons: {},
    }))
    return { batch: 'b_1', repeated: false, specDigest: this.reward.plan.digest, rows }
  }
}

export const routes: readonly Route[] = [
  {
    method: 'post',
    path: '/words',
    protocol: 'words',
    summary: 'Counts words.',
    async handle(body, { service, abort }) {
      const texts = (body as { texts: string[] }).texts
      const rollouts = texts.map((completion, index) => ({
        id: `r${index}`,
        group: 'g',
        prompt: '',
        completion,
      }))
      const { rows } = await service.score({ rollouts, protocol: 'words', groups: 'whole', abort })
      return { body: { words: rows.map((row) => row.reward) } }
    },
  },
  {
    method: 'post',
    path: '/fails',
    protocol: 'fails',
    summary: 'Fails in a way nobody expected.',
    errorBody: (error) => ({ oops: error.code, text: error.message }),
    handle: async () => {
      throw new TypeError('a secret of the inside')
    },
  },
  {
    method: 'get',
    path: '/things/:thing',
    protocol: 'things',
    summary: 'Names a thing.',
    handle: async (_body, { parameters, query }) => ({
      body: { thing: parameters.thing, q: query.get('q') },
    }),
  },
]

export interface SmallServer extends RunningServer {
  readonly service: WordsService
  readonly log: readonly string[]
  readonly events: EventStream
  readonly port: number
}

/** Starts it; whatever is not given has its default. */
export async function smallServer(
  given: Readonly<Record<string, unknown>> = {},
  parts: Partial<ServerParts> = {},
): Promise<SmallServer> {
  const log: string[] = []
  const logger: Logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) })
  const service = new WordsService(await createReward(wordsSpec))
  let events: EventStream | undefined
  const options = parseServeOptions({ port: 0, store: 'none', ...given })
  const server = await startServer(options, logger, async (surroundings) => {
    events = surroundings.events
    return {
      service,
      routes,
      openApi: (url) => ({ openapi: '3.1.0', servers: [{ url }] }),
      storeLocation: 'none',
      checkStore: async () => {},
      close: () => service.reward.close(),
      ...parts,
    }
  })
  return { ...server, service, log, events: events!, port: Number(new URL(server.url).port) }
}

/** A connection on which bytes are written as they are; `text` resolves with what came when `until` is in it, or at the end. */
export async function rawConnection(
  port: number,
): Promise<{ socket: Socket; text(until?: string | RegExp): Promise<string> }> {
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received = ''
  let ended = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const check of waiting) check()
  }
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1')
    wake()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
    wake()
  })
  return {
    socket,
    text: (until) =>
      new Promise((resolve) => {
        const check = (): void => {
          const there =
            until !== undefined &&
            (typeof until === 'string' ? received.includes(until) : until.test(received))
          if (!ended && !there) return
          waiting.delete(check)
          resolve(received)
        }
        waiting.add(check)
        check()
      }),
  }
}

export function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
}
