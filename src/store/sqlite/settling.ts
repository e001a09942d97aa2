/** When the writing thread settles: whole lumps right behind the commit that completed them, the rest a moment later. */
import type { DatabaseSync } from 'node:sqlite'
import { KEY_LUMP, LUMP_CHARACTERS, LUMP_ROWS, type Settler } from './settle.ts'
import { transaction } from './transaction.ts'
import type { StoredAmount } from './write.ts'

/** How long batches that make up no whole lump wait, unless a reader asks for them. */
const WAITING_MILLISECONDS = 500

export class Settling {
  readonly #database: DatabaseSync
  readonly #settler: Settler
  #timer: NodeJS.Timeout | undefined
  #rows = 0
  #characters = 0
  #keys = 0

  constructor(database: DatabaseSync, settler: Settler) {
    this.#database = database
    this.#settler = settler
  }

  /** Notes what a commit stored. */
  note({ batches, rows, characters }: StoredAmount): void {
    this.#rows += rows
    this.#characters += characters
    this.#keys += batches
    this.soon()
  }

  /**
   * Settles while a whole lump waits. Called behind the answer to a commit: nobody waits for it, but the next commit
   * does, so that what is unsettled stays within a lump and a commit however fast requests come.
   */
  wholeLumps(): void {
    if (this.#rows >= LUMP_ROWS || this.#characters >= LUMP_CHARACTERS) this.#quietly(() => this.rows())
    if (this.#keys >= KEY_LUMP) this.#quietly(() => this.#settleKeys())
  }

  /** Settles everything when it has been waiting for a while. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#quietly(() => this.all())
    }, WAITING_MILLISECONDS).unref()
  }

  /** Settles the rows of everything that is accepted, by this process or another one. */
  rows(): void {
    this.#rows = 0
    this.#characters = 0
    while (this.#settler.isBehind) transaction(this.#database, () => this.#settler.settleLump())
  }

  /** Settles rows and keys. */
  all(): void {
    this.rows()
    this.#settleKeys()
  }

  /** Settles what is left before the connection is closed. */
  finish(): void {
    this.#quietly(() => this.all())
    clearTimeout(this.#timer)
  }

  #settleKeys(): void {
    this.#keys = 0
    while (this.#settler.isKeyBehind) transaction(this.#database, () => this.#settler.settleKeys())
  }

  /** For a failure that may wait: a full disk tells the next commit or reader, and what is left stays in `batches`. */
  #quietly(settle: () => void): void {
    try {
      settle()
    } catch {
      this.soon()
    }
  }
}
