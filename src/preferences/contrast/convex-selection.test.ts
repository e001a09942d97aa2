import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convexSelection } from './convex-selection.ts'

describe('convex selection', () => {
  it('keeps the corners of a square and leaves out its middle', () => {
    const { vertices, area } = convexSelection([0, 0, 2, 0, 2, 2, 0, 2, 1, 1], 2)
    expect(vertices).toEqual([0, 1, 2, 3])
    expect(area).toBeCloseTo(4, 9)
  })

  it('takes the two ends of points on a line, and the first of equal ones', () => {
    expect(convexSelection([0, 0, 1, 1, 2, 2, 3, 3], 2).vertices).toEqual([0, 3])
    expect(convexSelection([5, 5, 5, 5], 2).vertices).toEqual([0])
    expect(convexSelection([1, 2, 3], 3).vertices).toEqual([0])
  })

  it('holds every point inside the hull that it names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 24, maxLength: 24 }),
        (numbers) => {
          const { vertices, plane, area } = convexSelection(numbers, 4)
          if (area < 1e-6) return
          const centre = [0, 1].map(
            (axis) => vertices.reduce((sum, v) => sum + plane[2 * v + axis]!, 0) / vertices.length,
          )
          const around = [...vertices].sort(
            (a, b) =>
              Math.atan2(plane[2 * a + 1]! - centre[1]!, plane[2 * a]! - centre[0]!) -
              Math.atan2(plane[2 * b + 1]! - centre[1]!, plane[2 * b]! - centre[0]!),
          )
          for (let point = 0; point < 6; point++)
            around.forEach((a, index) => {
              const b = around[(index + 1) % around.length]!
              const side =
                (plane[2 * b]! - plane[2 * a]!) * (plane[2 * point + 1]! - plane[2 * a + 1]!) -
                (plane[2 * b + 1]! - plane[2 * a + 1]!) * (plane[2 * point]! - plane[2 * a]!)
              expect(side).toBeGreaterThan(-1e-7)
            })
        },
      ),
    )
  })
})
