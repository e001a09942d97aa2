/** Circular preferences: A over B, B over C, C over A. */

/**
 * For each preference chosen[i] > rejected[i] (nodes are any numbers) the number of completions in its cycle: the size
 * of the strongly connected component that holds both ends, 0 where the ends lie in different ones. 2 means the same
 * two completions labelled both ways, 3 or more a true cycle. Tarjan's algorithm without recursion, linear in the edges.
 *
 * @example preferenceCycles([1, 2, 3, 1], [2, 3, 1, 4]) // Int32Array [3, 3, 3, 0]
 */
export function preferenceCycles(
  chosen: ArrayLike<number>,
  rejected: ArrayLike<number>,
  size = chosen.length,
): Int32Array {
  const nodes = new Map<number, number>()
  const nodeOf = (key: number): number => {
    const known = nodes.get(key)
    if (known === undefined) nodes.set(key, nodes.size)
    return known ?? nodes.size - 1
  }
  const from = new Int32Array(size)
  const to = new Int32Array(size)
  for (let edge = 0; edge < size; edge++) {
    from[edge] = nodeOf(chosen[edge]!)
    to[edge] = nodeOf(rejected[edge]!)
  }
  const count = nodes.size
  // The edges of each node, one list after the other.
  const starts = new Int32Array(count + 1)
  for (let edge = 0; edge < size; edge++) starts[from[edge]! + 1]!++
  for (let node = 0; node < count; node++) starts[node + 1]! += starts[node]!
  const next = starts.slice(0, count)
  const targets = new Int32Array(size)
  for (let edge = 0; edge < size; edge++) targets[next[from[edge]!]!++] = to[edge]!

  const index = new Int32Array(count).fill(-1)
  const low = new Int32Array(count)
  const component = new Int32Array(count).fill(-1)
  const sizes: number[] = []
  const at = starts.slice(0, count)
  const path: number[] = []
  const open: number[] = []
  let visited = 0
  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue
    path.push(root)
    while (path.length > 0) {
      const node = path.at(-1)!
      if (index[node] === -1) {
        index[node] = low[node] = visited++
        open.push(node)
      }
      if (at[node]! < starts[node + 1]!) {
        const target = targets[at[node]!++]!
        if (index[target] === -1) path.push(target)
        else if (component[target] === -1) low[node] = Math.min(low[node]!, index[target]!)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!)
      if (low[node] !== index[node]) continue
      let members = 0
      for (let member = -1; member !== node; members++) {
        member = open.pop()!
        component[member] = sizes.length
      }
      sizes.push(members)
    }
  }
  const cycles = new Int32Array(size)
  for (let edge = 0; edge < size; edge++) {
    const own = component[from[edge]!]!
    if (own === component[to[edge]!] && from[edge] !== to[edge]) cycles[edge] = sizes[own]!
  }
  return cycles
}
