import { describe, expect, it } from 'vitest'
import { reproduce } from './reproduce.ts'

describe('planted faults', () => {
  const { length, exploit, position } = reproduce(10, 40)

  it('stays quiet on clean worlds once quality is held equal', () => {
    expect(length['no bias, control']).toBeLessThanOrEqual(0.14)
    expect(exploit[0]!.flagged).toBeLessThanOrEqual(0.08)
    expect(exploit[0]!.tail).toBeLessThanOrEqual(0.08)
    expect(position[0]).toBeLessThanOrEqual(0.14)
  })

  it('takes merit for a bias when the control is left out', () => {
    expect(length['no bias, raw']).toBeGreaterThan(0.9)
  })

  it('finds a length bias, a position bias and an exploit', () => {
    expect(length['bias 0.2, control']).toBeGreaterThanOrEqual(0.9)
    expect(position[0.9]).toBeGreaterThanOrEqual(0.9)
    expect(exploit[3]!.flagged).toBeGreaterThanOrEqual(0.9)
  })
})
