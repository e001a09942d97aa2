/** Things that signals open once and share: worker pools, models, caches. Owned by a reward and closed with it. */
export class Resources {
  readonly #open = new Map<string, Promise<unknown>>()
  readonly #closers: (() => void | Promise<void>)[] = []

  /** The resource under a key, opened at the first call; a failed opening is forgotten, so the next call tries again. */
  get<T>(key: string, open: () => T | Promise<T>, close?: (resource: T) => void | Promise<void>): Promise<T> {
    const known = this.#open.get(key)
    if (known !== undefined) return known as Promise<T>
    const opening = Promise.resolve()
      .then(open)
      .then((resource) => {
        if (close !== undefined) this.#closers.push(() => close(resource))
        return resource
      })
    this.#open.set(key, opening)
    opening.catch(() => this.#open.delete(key))
    return opening
  }

  /** Closes everything, last opened first, also what is still opening. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#open.values())
    this.#open.clear()
    for (const close of this.#closers.splice(0).reverse()) await close()
  }
}
