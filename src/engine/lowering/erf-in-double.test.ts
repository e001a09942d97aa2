import { expect, it } from 'vitest'
import { compile } from '../compile.ts'
import { unary } from '../tensor.ts'

// Python's math.erf.
const known: readonly (readonly [x: number, value: number])[] = [
  [0, 0],
  [1e-10, 1.1283791670955126e-10],
  [0.3, 0.3286267594591274],
  [1.4999, 0.9660932516622953],
  [1.5, 0.9661051464753108],
  [1.7, 0.9837904585907745],
  [2.5, 0.999593047982555],
  [4, 0.9999999845827421],
  [6.6, 1],
  [40, 1],
]

it('gives erf to the last digits of a double', async () => {
  const xs = known.flatMap(([x]) => [x, -x])
  const program = await compile({ x: { shape: [xs.length], dtype: 'float64' } }, ({ x }) => ({
    y: unary('erf', x),
  }))
  const { y } = await program.run({ x: xs })
  known.forEach(([, value], index) => {
    expect(Math.abs(y.values[2 * index]! - value)).toBeLessThanOrEqual(4e-16 * value)
    expect(Math.abs(y.values[2 * index + 1]! + value)).toBeLessThanOrEqual(4e-16 * value)
  })
})
