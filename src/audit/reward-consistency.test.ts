import { expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { rewardConsistency } from './reward-consistency.ts'

it('a reward of the answer alone is at chance and is said to ignore the prompt', () => {
  const stream = new RandomStream(5)
  const rewards = new Float64Array(4 * 400)
  for (let row = 0; row < 400; row++) {
    const [first, second] = [stream.normal(), stream.normal()]
    rewards.set([first, second, first, second], 4 * row)
  }
  const found = rewardConsistency(rewards)
  expect(found.verdict).toBe('ignores the prompt')
  expect(found.instruction).toBe(0)
  expect(Math.max(...found.interaction.map(Math.abs))).toBeLessThan(1e-12)
})

it('a reward that matches answers with prompts is consistent, whatever constants are added', () => {
  const stream = new RandomStream(6)
  const rewards = new Float64Array(4 * 100)
  for (let row = 0; row < 100; row++) {
    const prompt = stream.normal() * 0.1
    rewards.set([1 + prompt, prompt, 0, 1], 4 * row)
  }
  const found = rewardConsistency(rewards)
  expect(found.verdict).toBe('reads the prompt')
  expect(found.joint).toBe(1)
})

it('needs examples', () => {
  expect(() => rewardConsistency(new Float64Array(0))).toThrow('no contrast examples')
})
