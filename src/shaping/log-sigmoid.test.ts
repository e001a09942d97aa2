import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logSigmoid, logSigmoidSlope } from './log-sigmoid.ts'
import { checkShaping, shape } from './shaping.contract.ts'

checkShaping(logSigmoid)

const run = (column: number[]) => shape(logSigmoid, {}, { column }) as number[]

test('exactly linear far below the reference, not yet 0 far above it', () => {
  expect(run([-60, -1e6])).toEqual([-60, -1e6])
  expect(run([60])[0]).toBeCloseTo(-8.75651076269652e-27, 40)
})

test('the slope is the derivative and falls from 1 to 0', () => {
  fc.assert(
    fc.property(fc.double({ min: -20, max: 20, noNaN: true }), (centred) => {
      const [below, above] = run([centred - 1e-5, centred + 1e-5])
      const slopes = logSigmoidSlope(Float64Array.of(centred, centred + 1), Uint8Array.of(1, 1))
      expect((above! - below!) / 2e-5).toBeCloseTo(slopes[0]!, 7)
      expect(slopes[1]).toBeLessThan(slopes[0]!)
    }),
  )
  expect(logSigmoidSlope(Float64Array.of(5), Uint8Array.of(0))).toEqual(Float64Array.of(0))
})

test('the warning names the trainer’s own setting', () => {
  expect(logSigmoid.warnings?.('trl', {})[0]).toContain('scale_rewards: none')
})
