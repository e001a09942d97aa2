/**
 * Finds the route of a request: exact paths by one look-up, those with `:name` parts by Hono's trie. The protocols'
 * paths are exact, so a scoring request costs one hash.
 */
import { TrieRouter } from 'hono/router/trie-router'

export type Method = 'GET' | 'POST'

export interface Found<T> {
  readonly target: T
  readonly parameters: Readonly<Record<string, string>>
}

const NONE: Readonly<Record<string, string>> = Object.freeze({})
const METHODS: readonly Method[] = ['GET', 'POST']

export class RouteTable<T> {
  readonly #exact = new Map<string, Found<T>>()
  readonly #patterns = new TrieRouter<T>()

  /** A later route for the same method and path is refused: two protocols would claim one address. */
  add(method: Method, path: string, target: T): void {
    if (path.includes(':')) {
      this.#patterns.add(method, path, target)
      return
    }
    const key = `${method} ${path}`
    if (this.#exact.has(key)) throw new Error(`two routes for ${key}`)
    this.#exact.set(key, { target, parameters: NONE })
  }

  /** `path` as in the request line, without the query; undefined when there is no such route. */
  find(method: Method, path: string): Found<T> | undefined {
    const exact = this.#exact.get(`${method} ${path}`)
    if (exact !== undefined) return exact
    const [matches, stash] = this.#patterns.match(method, path)
    const match = matches[0]
    if (match === undefined) return undefined
    const parameters: Record<string, string> = {}
    for (const [name, value] of Object.entries(match[1])) {
      const raw = typeof value === 'number' ? stash?.[value] : value
      const text = decoded(raw ?? '')
      if (text === undefined) return undefined
      parameters[name] = text
    }
    return { target: match[0], parameters }
  }

  /** The methods a path knows, for 405 and OPTIONS; empty when it knows none. */
  methodsOf(path: string): string[] {
    const known: string[] = METHODS.filter((method) => this.find(method, path) !== undefined)
    if (known.includes('GET')) known.push('HEAD')
    if (known.length > 0) known.push('OPTIONS')
    return known
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken escape names nothing.
    return undefined
  }
}
