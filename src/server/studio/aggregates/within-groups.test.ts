import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withinCorrelations } from './within-groups.ts'

const groups = { count: 2, of: Int32Array.of(0, 1, 0, 1, 0, 1) }

test('what differs between groups alone does not count', () => {
  const x = Float64Array.of(1, 101, 2, 102, 3, 103)
  const y = Float64Array.of(3, 203, 2, 202, 1, 201)
  const [own, both] = withinCorrelations([x, y], groups)
  expect(own).toBeCloseTo(1, 12)
  expect(both).toBeCloseTo(-1, 12)
})

test('a column that is constant inside groups explains nothing', () => {
  const x = Float64Array.of(1, 0.1, 2, 0.1, 3, 0.1)
  const constant = Float64Array.of(0.1, 0.3, 0.1, 0.3, 0.1, 0.3)
  const [, both, , own] = withinCorrelations([x, constant], groups)
  expect(both).toBeNaN()
  expect(own).toBeNaN()
})

test('pairs agree with centring by hand, and hold the bounds', () => {
  const entry = fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }).map(Math.fround) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  )
  const row = fc.record({ group: fc.integer({ min: 0, max: 4 }), x: entry, y: entry })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (list) => {
      const x = Float64Array.from(list, (one) => one.x)
      const y = Float64Array.from(list, (one) => one.y)
      const [, found] = withinCorrelations([x, y], {
        count: 5,
        of: Int32Array.from(list, ({ group }) => group),
      })
      let both = 0
      let squaresX = 0
      let squaresY = 0
      for (let group = 0; group < 5; group++) {
        const members = list.filter((one) => one.group === group && !Number.isNaN(one.x + one.y))
        const meanX = members.reduce((sum, one) => sum + one.x, 0) / members.length
        const meanY = members.reduce((sum, one) => sum + one.y, 0) / members.length
        for (const one of members) {
          both += (one.x - meanX) * (one.y - meanY)
          squaresX += (one.x - meanX) ** 2
          squaresY += (one.y - meanY) ** 2
        }
      }
      if (squaresX > 1e-6 && squaresY > 1e-6) {
        expect(found).toBeCloseTo(both / Math.sqrt(squaresX * squaresY), 6)
        expect(Math.abs(found!)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('very large and very small numbers keep their correlation', () => {
  const x = Float64Array.of(1e200, 0, 2e200, 0, 3e200, 0)
  const y = Float64Array.of(1e-200, 0, 2e-200, 0, 3e-200, 0)
  expect(withinCorrelations([x, y], groups)[1]).toBeCloseTo(1, 12)
})
