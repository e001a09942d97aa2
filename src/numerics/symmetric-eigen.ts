/** Eigenvalues and eigenvectors of small symmetric matrices (Jacobi rotations), largest eigenvalue first. */

export interface SymmetricEigen {
  /** descending */
  readonly values: Float64Array
  /** one eigenvector a row, n × n; signs are arbitrary */
  readonly vectors: Float64Array
}

/** Sweeps over all off-diagonal places; a matrix of some hundred rows needs fewer than ten. */
const SWEEPS = 60

/**
 * @param matrix n × n, row-major, symmetric; cost of order n³ a sweep
 * @example Array.from(symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values).map((value) => Math.round(value)) // [3, 1]
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix)
  const v = new Float64Array(n * n)
  for (let index = 0; index < n; index++) v[index * n + index] = 1
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0
    let scale = 0
    for (let row = 0; row < n; row++)
      for (let column = 0; column < n; column++) {
        const square = a[row * n + column]! ** 2
        scale += square
        if (row !== column) off += square
      }
    if (off <= 1e-30 * scale) break
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!
        if (apq === 0) continue
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq)
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let k = 0; k < n; k++) {
          const [kp, kq] = [a[k * n + p]!, a[k * n + q]!]
          a[k * n + p] = c * kp - s * kq
          a[k * n + q] = s * kp + c * kq
        }
        for (let k = 0; k < n; k++) {
          const [pk, qk] = [a[p * n + k]!, a[q * n + k]!]
          a[p * n + k] = c * pk - s * qk
          a[q * n + k] = s * pk + c * qk
          const [vp, vq] = [v[p * n + k]!, v[q * n + k]!]
          v[p * n + k] = c * vp - s * vq
          v[q * n + k] = s * vp + c * vq
        }
      }
  }
  const order = Array.from({ length: n }, (_, index) => index).sort((p, q) => a[q * n + q]! - a[p * n + p]!)
  const vectors = new Float64Array(n * n)
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n)
  })
  return { values: Float64Array.from(order, (index) => a[index * n + index]!), vectors }
}
