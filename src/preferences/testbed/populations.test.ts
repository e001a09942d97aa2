import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { annotator } from './annotator.ts'
import { labelUsers } from './label-users.ts'
import { mixtureBounds } from './mixture.ts'
import { contextWeights, type PopulationName, population } from './populations.ts'

const who = annotator({ rationality: 4, flip: 0 })

function boundsOf(name: PopulationName): {
  readonly gain: number
  readonly controversial: number
  readonly without: number
} {
  const people = population(new RandomStream(1), name, { dimensions: 8 })
  const drawn = labelUsers(new RandomStream(2), people, who, { users: 50, pairsPerUser: 60, dimensions: 8 })
  const bounds = mixtureBounds(
    people.weights,
    drawn.groupDifferences.map((difference) => difference * who.rationality),
  )
  const controversial = drawn.controversial.reduce((sum, flag) => sum + flag, 0) / drawn.count
  return {
    gain: bounds.accuracyWithGroup - bounds.accuracyWithoutGroup,
    controversial,
    without: bounds.accuracyWithoutGroup,
  }
}

test('each population has the room for personalisation that its name says', () => {
  const agree = boundsOf('agree')
  expect(agree.gain).toBeCloseTo(0, 10)
  expect(agree.controversial).toBe(0)
  const opposed = boundsOf('opposed')
  expect(opposed.without).toBeCloseTo(0.5, 10)
  expect(opposed.gain).toBeGreaterThan(0.3)
  expect(opposed.controversial).toBe(1)
  const partial = boundsOf('partial')
  expect(Math.abs(partial.controversial - 0.4)).toBeLessThan(0.04)
  const minority = boundsOf('minority')
  expect(minority.without).toBeGreaterThan(0.7)
  expect(minority.gain).toBeGreaterThan(0.02)
  const four = boundsOf('four')
  // Four independent signs agree with probability 2/16.
  expect(Math.abs(four.controversial - 14 / 16)).toBeLessThan(0.03)
})

test('users belong to one group each, in the population’s shares, and hints give only the truth away', () => {
  const people = population(new RandomStream(1), 'minority', { dimensions: 4 })
  const drawn = labelUsers(new RandomStream(3), people, who, {
    users: 400,
    pairsPerUser: 2,
    dimensions: 4,
    hinted: 0.25,
  })
  const majority = drawn.group.filter((group) => group === 0).length / drawn.count
  expect(Math.abs(majority - 0.85)).toBeLessThan(0.06)
  let hinted = 0
  for (let pair = 0; pair < drawn.count; pair++) {
    expect(drawn.group[pair]).toBe(drawn.group[pair - (pair % 2)])
    if (drawn.hint[pair] === -1) continue
    hinted++
    expect(drawn.hint[pair]).toBe(drawn.group[pair])
  }
  expect(Math.abs(hinted / drawn.count - 0.25)).toBeLessThan(0.06)
})

test('a user’s own taste moves his preferences, and none leaves the group’s', () => {
  const people = population(new RandomStream(1), 'opposed', { dimensions: 4 })
  const against = (spread: number): number => {
    const options = { users: 30, pairsPerUser: 50, dimensions: 4, spread }
    const drawn = labelUsers(new RandomStream(4), people, who, options)
    let count = 0
    for (let pair = 0; pair < drawn.count; pair++) {
      const own = drawn.utilityChosen[pair]! - drawn.utilityRejected[pair]!
      if (Math.sign(own) !== Math.sign(drawn.groupDifferences[pair * 2 + drawn.group[pair]!]!)) count++
    }
    return count / drawn.count
  }
  expect(against(0)).toBe(0)
  expect(against(0.1)).toBeLessThan(against(1))
})

test('shares of groups by context sum to 1', () => {
  const weights = contextWeights(Float64Array.of(1, 0, 800, 0), Float64Array.of(1, 5, -1, 0), 2)
  expect(weights[0]! + weights[1]!).toBeCloseTo(1, 14)
  expect(weights[1]).toBe(1)
  expect(weights[2]).toBe(1)
})

test('too few columns are refused', () => {
  expect(() => population(new RandomStream(1), 'four', { dimensions: 3 })).toThrow(GuerdonError)
  expect(() => population(new RandomStream(1), 'partial', { dimensions: 1 })).toThrow(GuerdonError)
  const people = population(new RandomStream(1), 'four', { dimensions: 4 })
  const options = { users: 0, pairsPerUser: 1, dimensions: 4 }
  expect(() => labelUsers(new RandomStream(1), people, who, options)).toThrow(GuerdonError)
})
