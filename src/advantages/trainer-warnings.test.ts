import { describe, expect, it } from 'vitest'
import { TRAINERS } from '../kinds/method.ts'
import { normalisedAgain, tokenAdvantagesAreLost } from './trainer-warnings.ts'

describe('trainer warnings', () => {
  it('only verl takes token advantages', () => {
    expect(TRAINERS.filter((trainer) => tokenAdvantagesAreLost(trainer).length === 0)).toEqual(['verl'])
  })

  it('name the trainer', () => {
    for (const trainer of TRAINERS) expect(normalisedAgain(trainer)[0]).toContain(trainer)
  })
})
