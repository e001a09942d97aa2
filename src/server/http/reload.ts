/**
 * Serves a changed spec without a restart: watches the file, compiles it, and hands it over when it compiles. A spec
 * that does not compile changes nothing; the reason goes to the log, the studio and `/readyz`.
 */
import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Logger } from 'pino'
import { messageOf } from '../../records/error.ts'
import type { Reward } from '../../reward/score.ts'

/** What is given new rewards. The old one is closed by it when its last request is answered. */
export interface Reloadable {
  load(reward: Reward): Promise<void>
}

export interface ReloadOptions {
  /** the spec's file */
  readonly path: string
  compile(path: string): Promise<Reward>
  readonly target: Reloadable
  readonly logger: Logger
  /** tells the studio: a new spec is served, or one was refused */
  tell(event: { accepted: boolean; specDigest: string; sentence: string }): void
  /** digest of what is served when it begins */
  readonly specDigest: string
  /** an editor writes in several steps; milliseconds of quiet before the file is read; default 150 */
  readonly quiet?: number
}

export class Reload {
  readonly #options: ReloadOptions
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #content: string | undefined
  #served: string
  #problem: string | undefined
  #work: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: ReloadOptions) {
    this.#options = options
    this.#served = options.specDigest
    this.#content = this.#read()
  }

  /** why the file as it stands is not served; undefined when it is */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Watches the folder: an editor that replaces the file would leave a watch on the file itself with nothing. */
  watch(): void {
    const { path, logger, quiet = 150 } = this.#options
    try {
      this.#watcher = watch(dirname(resolve(path)), { persistent: false }, () => {
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => void this.#check(), quiet)
      })
    } catch (error) {
      logger.warn(`the spec's folder cannot be watched (${messageOf(error)}); SIGHUP still loads it anew`)
      return
    }
    this.#watcher.on('error', (error) => logger.warn(`the spec is no longer watched: ${messageOf(error)}`))
  }

  /** Loads the file now, changed or not. Loads are done one after the other. */
  reload(): Promise<void> {
    this.#work = this.#work.then(() => this.#load())
    return this.#work
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#watcher?.close()
    await this.#work
  }

  /** The folder may hold anything; only another content of the file counts, and an absent file is one being replaced. */
  #check(): Promise<void> {
    const content = this.#read()
    if (content === undefined || content === this.#content) return this.#work
    return this.reload()
  }

  async #load(): Promise<void> {
    if (this.#closed) return
    const { path, compile, target, logger, tell } = this.#options
    this.#content = this.#read()
    let reward: Reward | undefined
    try {
      reward = await compile(path)
      await target.load(reward)
      this.#served = reward.plan.digest
      this.#problem = undefined
      const sentence = `A new spec is served: ${reward.plan.spec.name} ${this.#served.slice(0, 12)}`
      logger.info({ specDigest: this.#served }, sentence)
      tell({ accepted: true, specDigest: this.#served, sentence })
    } catch (error) {
      await reward?.close()
      this.#problem = `The changed spec was refused and the one before is served: ${messageOf(error)}`
      logger.error({ err: error }, this.#problem)
      tell({ accepted: false, specDigest: this.#served, sentence: this.#problem })
    }
  }

  #read(): string | undefined {
    try {
      return createHash('sha256').update(readFileSync(this.#options.path)).digest('hex')
    } catch {
      return undefined
    }
  }
}
