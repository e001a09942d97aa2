import { expect, test } from 'vitest'
import { compile } from '../engine/compile.ts'
import { RandomStream } from '../numerics/random.ts'
import { sinkhornAssignment } from './swav.ts'

test('assignments: rows sum to 1, prototypes are used evenly, huge scores are safe', async () => {
  const stream = new RandomStream(3)
  const scores = Float64Array.from({ length: 12 * 3 }, () => 2 * stream.uniform() - 1)
  for (const scale of [1, 500]) {
    const program = await compile({ scores: { shape: [12, 3], dtype: 'float64' } }, ({ scores: own }) => ({
      assignment: sinkhornAssignment(own.mul(scale), 0.5 * scale, 60),
    }))
    const { values } = (await program.run({ scores })).assignment
    for (let row = 0; row < 12; row++)
      expect(values[3 * row]! + values[3 * row + 1]! + values[3 * row + 2]!).toBeCloseTo(1, 12)
    for (let prototype = 0; prototype < 3; prototype++) {
      let used = 0
      for (let row = 0; row < 12; row++) used += values[3 * row + prototype]!
      expect(used).toBeCloseTo(4, 6)
    }
  }
})
