/**
 * The state of a reward that several replicas share, in Redis. A move reads the version, computes, and compares and
 * sets with a script (`move-script.ts`) that also checks and records the requests it stands for. When the connection
 * is cut after the script ran, the same move is sent again and recognised by its id, so it is never applied twice.
 *
 * Keys: `guerdon:{NAME:DIGEST}:state` stays until somebody removes it; `guerdon:{NAME:DIGEST}:applied:KEY` runs out.
 * The state is as durable as the Redis behind it; the service's checkpoints are the second copy.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { GuerdonError, messageOf } from '../../records/error.ts'
import type { RewardState } from '../../reward/score.ts'
import { MOVE_SCRIPT, MOVE_SCRIPT_SHA, type MoveReply } from './move-script.ts'
import {
  checkKeys,
  closed,
  encodeStep,
  type MoveOutcome,
  REMEMBER_SECONDS,
  type StateScope,
  type StateStore,
  type Step,
} from './state-store.ts'

/** How often a command is sent again over a new connection, and how often a move gives way to other replicas. */
const CONNECTION_RETRIES = 8
const CONFLICT_RETRIES = 500

export interface RedisStateOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string
  readonly scope: StateScope
  /** state before the first move (default: none); used only while Redis holds no state of this scope */
  readonly initial?: RewardState | undefined
  /** how long the answers of applied requests are kept (default one hour) */
  readonly rememberSeconds?: number | undefined
  /** how often a command is sent again after its connection was lost (default 8, about six seconds) */
  readonly retries?: number | undefined
}

interface Known {
  readonly state: RewardState
  readonly version: number
}

/** A state in Redis. Use `openRedisState`, which fails early when Redis cannot be reached. */
export class RedisState implements StateStore {
  readonly location: string
  readonly #redis: Redis
  readonly #prefix: string
  readonly #initial: RewardState
  readonly #rememberMs: number
  /** What this process saw last: it saves a read, and the script refuses what is out of date. */
  #known: Known | undefined
  /** End of this process's queue: its own moves wait for one another instead of competing. */
  #tail: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor({
    url,
    scope,
    initial = {},
    rememberSeconds = REMEMBER_SECONDS,
    retries = CONNECTION_RETRIES,
  }: RedisStateOptions) {
    this.location = locationOf(url)
    // Braces would end the hash tag early; spaces are not allowed in the name of a connection.
    const name = encodeURIComponent(scope.name)
    this.#prefix = `guerdon:{${name}:${scope.specDigest.slice(0, 16)}}:`
    this.#initial = initial
    this.#rememberMs = Math.ceil(rememberSeconds * 1000)
    this.#redis = new Redis(url, {
      lazyConnect: true,
      connectionName: `guerdon-state:${name}`,
      connectTimeout: 5000,
      maxRetriesPerRequest: retries,
      retryStrategy: (times) => backOff(times, 1500),
      // After a fail-over the old primary refuses writes: connect again and send the command again.
      reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? 2 : false),
    })
    // Every command reports its own failure; without a listener each would be printed as well.
    this.#redis.on('error', () => {})
  }

  async read(): Promise<{ state: RewardState; version: number }> {
    if (this.#closed) throw closed(this.location)
    const [version, state] = await this.#reach(() =>
      this.#redis.hmget(`${this.#prefix}state`, 'version', 'state'),
    )
    this.#known = this.#decode(Number(version ?? 0), state ?? '')
    return this.#known
  }

  async move<T>(keys: readonly string[], step: (state: RewardState) => Step<T>): Promise<MoveOutcome<T>> {
    if (this.#closed) throw closed(this.location)
    checkKeys(keys)
    const move = this.#tail.then(() => this.#move(keys, step))
    this.#tail = move.catch(() => {})
    return move
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#tail
    this.#redis.disconnect()
  }

  async #move<T>(keys: readonly string[], step: (state: RewardState) => Step<T>): Promise<MoveOutcome<T>> {
    const id = randomUUID()
    // A move that stands for no request is recorded too: a lost reply must find it.
    const recorded = (keys.length === 0 ? [`move:${id}`] : keys.map((key) => `applied:${key}`)).map(
      (key) => this.#prefix + key,
    )
    let known = this.#known ?? (await this.read())
    for (let conflicts = 0; conflicts <= CONFLICT_RETRIES; conflicts++) {
      const { state: before, version } = known
      const stepped = step(before)
      const encoded = encodeStep(stepped, keys)
      const answers =
        keys.length === 0 ? ['null'] : stepped.answers.map((answer) => JSON.stringify(answer ?? null))
      const reply = await this.#run(
        [`${this.#prefix}state`, ...recorded],
        [String(version), encoded, String(this.#rememberMs), id, ...answers],
      )
      if (reply[0] === 'moved') {
        this.#known = { state: JSON.parse(encoded), version: reply[1] }
        return { kind: 'moved', result: stepped.result, ...this.#known }
      }
      if (reply[0] === 'applied') return { kind: 'applied', answers: answersOf(reply.slice(1), keys) }
      known = this.#decode(reply[1], reply[2])
      this.#known = known
      // The first conflict brought the newest state, so it is tried at once; later ones spread the replicas out.
      if (conflicts > 0) await pause(backOff(conflicts, 20, 1))
    }
    throw new GuerdonError(
      'STORE_FAILED',
      `the state in ${this.location} was moved by other replicas ${CONFLICT_RETRIES} times while a move was tried`,
      { expected: 'fewer replicas, or more requests joined into one move' },
    )
  }

  /** Runs the script; a Redis that lost it (SCRIPT FLUSH, a restart, another node) gets its text once more. */
  async #run(keys: readonly string[], values: readonly string[]): Promise<MoveReply> {
    const given = [keys.length, ...keys, ...values] as const
    return this.#reach(async () => {
      try {
        return (await this.#redis.evalsha(MOVE_SCRIPT_SHA, ...given)) as MoveReply
      } catch (error) {
        if (!messageOf(error).startsWith('NOSCRIPT')) throw error
        return (await this.#redis.eval(MOVE_SCRIPT, ...given)) as MoveReply
      }
    })
  }

  async #reach<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command()
    } catch (cause) {
      throw new GuerdonError(
        'STORE_FAILED',
        `the state in ${this.location} cannot be reached: ${messageOf(cause)}`,
        { cause },
      )
    }
  }

  #decode(version: number, state: string): Known {
    if (version === 0) return { state: this.#initial, version }
    try {
      return { state: JSON.parse(state), version }
    } catch (cause) {
      throw new GuerdonError('STORE_FAILED', `the state in ${this.location} is damaged`, {
        where: { field: `${this.#prefix}state` },
        found: state,
        expected: 'JSON',
        cause,
      })
    }
  }
}

/**
 * Opens a state in Redis.
 * @throws GuerdonError ARGUMENT_INVALID for an address that is none, STORE_FAILED when Redis does not answer
 */
export async function openRedisState(options: RedisStateOptions): Promise<RedisState> {
  const state = new RedisState(options)
  try {
    await state.read()
  } catch (error) {
    await state.close()
    throw error
  }
  return state
}

/** Milliseconds to wait before try number `times`: random (full jitter) below a doubling limit. */
function backOff(times: number, limit: number, first = 50): number {
  return Math.random() * Math.min(limit, first * 2 ** Math.min(times, 16))
}

function answersOf(entries: readonly (number | string)[], keys: readonly string[]): Map<string, unknown> {
  const answers = new Map<string, unknown>()
  for (let at = 0; at < entries.length; at += 2) {
    answers.set(keys[entries[at] as number]!, JSON.parse(entries[at + 1] as string))
  }
  return answers
}

function locationOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the address of Redis cannot be used', {
      expected: 'redis://HOST:PORT or rediss://HOST:PORT',
    })
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}
