import { expect, it } from 'vitest'
import { countSteps, stepShare } from './reasoning-steps.ts'

it.each([
  ['Step 1: a\nStep 2: b\nStep 3: c', 3],
  ['1. a\n2. b', 1],
  ['\n- a\n- b', 2],
  ['First, a. Second, b. Next, c. Finally, d', 4],
  ['first, a', 0],
])('counts in %j', (completion, steps) => {
  expect(countSteps(completion)).toBe(steps)
  expect(stepShare(completion)).toBe(Math.min(1, steps / 3))
})
