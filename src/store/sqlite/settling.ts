/** When the writing thread settles: whole lumps right behind the commit that completed them, the rest when it is quiet. */
import type { DatabaseSync } from 'node:sqlite'
import { LUMP_CHARACTERS, LUMP_ROWS, type Settler } from './settle.ts'
import { transaction } from './transaction.ts'

/** How long batches that make up no whole lump wait, unless a reader asks for them. */
const QUIET_MILLISECONDS = 500

export class Settling {
  readonly #database: DatabaseSync
  readonly #settler: Settler
  #timer: NodeJS.Timeout | undefined
  #rows = 0
  #characters = 0

  constructor(database: DatabaseSync, settler: Settler) {
    this.#database = database
    this.#settler = settler
  }

  /** Notes what a commit stored. */
  note({ rows, characters }: { readonly rows: number; readonly characters: number }): void {
    this.#rows += rows
    this.#characters += characters
    this.soon()
  }

  /**
   * Settles while a whole lump waits. Called behind the answer to a commit: nobody waits for it, but the next commit
   * does, so that what is unsettled stays within a lump and a commit however fast requests come.
   */
  wholeLumps(): void {
    if (this.#rows < LUMP_ROWS && this.#characters < LUMP_CHARACTERS) return
    this.quietly()
  }

  /** Settles everything when nothing else did it for a while. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.quietly()
    }, QUIET_MILLISECONDS).unref()
  }

  /** Settles everything that is accepted, by this process or another one. */
  all(): void {
    while (this.#settler.isBehind) transaction(this.#database, () => this.#settler.settleLump())
    this.#rows = 0
    this.#characters = 0
  }

  /** The same where a failure may wait: whoever opens or reads the store next settles what is left. */
  quietly(): void {
    try {
      this.all()
    } catch {
      this.#rows = 0
      this.#characters = 0
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
