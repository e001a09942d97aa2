import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { constraintPoints } from './constraint-points.ts'

/** Two components rise; gold peaks half-way when `bent`. */
const run = (bent: boolean, size = {}) =>
  plantedRun(({ quality, progress, stream }) => {
    const one = 2 * progress + 0.2 * stream.normal()
    const two = 3 * progress + 0.2 * stream.normal()
    const merit = bent ? -8 * (progress - 0.5) ** 2 : 2 * progress
    return { reward: one + two, columns: { one, two, gold: 0.5 * quality + merit } }
  }, size)

describe('constraint-points', () => {
  it('fails when two components lie beyond the peak of gold, passes when gold still rises', () => {
    const finding = findingOf(constraintPoints, run(true), 'gold')
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.theta).toBeLessThan(finding.numbers.now!)
    expect(findingOf(constraintPoints, run(false), 'gold').verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(constraintPoints, run(true, SMALL), 'gold').verdict).toBe('watch')
  })

  it('needs components that vary', () => {
    const constant = run(true).map(({ columns, ...row }) => ({
      ...row,
      columns: { one: 1, gold: columns.gold! },
    }))
    expect(findingOf(constraintPoints, constant, 'gold').sentence).toBe('Needs components that vary.')
  })
})
