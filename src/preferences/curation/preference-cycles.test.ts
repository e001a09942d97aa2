import fc from 'fast-check'
import { expect, test } from 'vitest'
import { preferenceCycles } from './preference-cycles.ts'

const edges = fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 })), { maxLength: 20 })

test('an edge lies in a cycle exactly where its end leads back to its start', () => {
  fc.assert(
    fc.property(edges, (list) => {
      const cycles = preferenceCycles(
        list.map(([from]) => from),
        list.map(([, to]) => to),
      )
      const reachable = (from: number): Set<number> => {
        const seen = new Set([from])
        const open = [from]
        while (open.length > 0) {
          const node = open.pop()!
          for (const [start, end] of list) {
            if (start !== node || seen.has(end)) continue
            seen.add(end)
            open.push(end)
          }
        }
        return seen
      }
      for (const [index, [from, to]] of list.entries()) {
        const inCycle = from !== to && reachable(to).has(from)
        expect(cycles[index]! > 0).toBe(inCycle)
        if (!inCycle) continue
        const component = [...reachable(from)].filter((node) => reachable(node).has(from))
        expect(cycles[index]).toBe(component.length)
      }
    }),
  )
})

test('a ranking has no cycle, whatever its length', () => {
  const size = 20_000
  const chosen = Array.from({ length: size }, (_, index) => index)
  const rejected = chosen.map((index) => index + 1)
  expect(preferenceCycles(chosen, rejected).every((cycle) => cycle === 0)).toBe(true)
  rejected[size - 1] = 0
  expect(preferenceCycles(chosen, rejected).every((cycle) => cycle === size)).toBe(true)
})
