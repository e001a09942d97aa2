/** What a column of a number frame is, told from its name. */

export type ColumnKind = 'reward' | 'advantage' | 'signal' | 'stage' | 'logged' | 'length'

/**
 * The kind of a frame's column: `reward`, `advantage` and `length` by name, `logged/NAME`, `column/1 method` for a
 * stage, everything else a signal.
 *
 * @example columnKind('tokens/1 soft-overlong') // 'stage'
 */
export function columnKind(name: string): ColumnKind {
  if (name === 'reward' || name === 'advantage' || name === 'length') return name
  if (name.startsWith('logged/')) return 'logged'
  return name.includes('/') ? 'stage' : 'signal'
}

/** The parts of a stage's name, `column/1 method`; undefined when it has another form. */
export function stageParts(
  name: string,
): { readonly column: string; readonly index: number; readonly method: string } | undefined {
  const match = /^([^/]+)\/(\d+) (.+)$/.exec(name)
  return match === null ? undefined : { column: match[1]!, index: Number(match[2]), method: match[3]! }
}

const kindOrder: readonly ColumnKind[] = ['reward', 'advantage', 'signal', 'stage', 'length', 'logged']

/** Names with the reward first, then advantage, signals in their order, stages, length, logged ones. */
export function inOrder(names: Iterable<string>): string[] {
  const places = new Map<ColumnKind, number>(kindOrder.map((kind, place) => [kind, place]))
  return [...names].sort((a, b) => places.get(columnKind(a))! - places.get(columnKind(b))!)
}
