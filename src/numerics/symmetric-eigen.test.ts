import fc from 'fast-check'
import { expect, it } from 'vitest'
import { symmetricEigen } from './symmetric-eigen.ts'

it('eigenvectors rebuild the matrix, are orthogonal, and their values descend', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.infiniteStream(fc.double({ min: -3, max: 3, noNaN: true })),
      (n, numbers) => {
        const matrix = new Float64Array(n * n)
        for (let a = 0; a < n; a++)
          for (let b = 0; b <= a; b++) {
            const value = numbers.next().value as number
            matrix[a * n + b] = value
            matrix[b * n + a] = value
          }
        const { values, vectors } = symmetricEigen(matrix, n)
        for (let a = 0; a < n; a++)
          for (let b = 0; b < n; b++) {
            let rebuilt = 0
            let product = 0
            for (let k = 0; k < n; k++) {
              rebuilt += values[k]! * vectors[k * n + a]! * vectors[k * n + b]!
              product += vectors[a * n + k]! * vectors[b * n + k]!
            }
            expect(rebuilt).toBeCloseTo(matrix[a * n + b]!, 8)
            expect(product).toBeCloseTo(a === b ? 1 : 0, 8)
          }
        for (let k = 1; k < n; k++) expect(values[k]).toBeLessThanOrEqual(values[k - 1]! + 1e-12)
      },
    ),
  )
})
