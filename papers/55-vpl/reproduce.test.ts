import { expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

const opposed = reproduction.claims.find(({ name }) => name === 'opposed users')!
const used = reproduction.claims.find(({ name }) => name === 'the labels are used')!
const quick = { users: 600, epochs: 60, sets: 32, quick: true } as const

it('users who want the opposite are served from eight of their labels', async () => {
  const measured = await measure(100, quick)
  expect(opposed.holds([measured])).toBe(true)
  expect(used.holds([measured])).toBe(true)
})

it('latents that are drawn by chance serve nobody', async () => {
  expect(opposed.holds([await measure(100, { ...quick, blind: true })])).toBe(false)
})
