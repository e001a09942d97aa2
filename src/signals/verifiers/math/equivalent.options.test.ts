import { describe, expect, it } from 'vitest'
import { type EquivalenceOptions, equivalent } from './equivalent.ts'

const verdict = (gold: string, answer: string, options: EquivalenceOptions): string =>
  equivalent(gold, answer, options).verdict

describe('options of equivalent', () => {
  it('decimals: places to which a decimal must agree', () => {
    expect(verdict('\\frac13', '0.33', { decimals: 2 })).toBe('equal')
    expect(verdict('\\frac13', '0.34', { decimals: 2 })).toBe('different')
    expect(verdict('\\pi', '3.14', { decimals: 2 })).toBe('equal')
    expect(verdict('3.14', '3.141', { decimals: 2 })).toBe('equal')
    expect(verdict('\\frac13', '0.333333', { decimals: 7 })).toBe('different')
  })

  it('relativeTolerance: for numbers and constants, off by default', () => {
    expect(verdict('1000', '1001', {})).toBe('different')
    expect(verdict('1000', '1001', { relativeTolerance: 0.01 })).toBe('equal')
    expect(verdict('1000', '1011', { relativeTolerance: 0.01 })).toBe('different')
    expect(verdict('\\sqrt{10}', '3.16', { relativeTolerance: 0.01 })).toBe('equal')
    expect(verdict('0', '0.001', { relativeTolerance: 0.01 })).toBe('different')
  })

  it('units: strip ignores a unit on one side only', () => {
    expect(verdict('12', '12 cm', { units: 'strip' })).toBe('equal')
    expect(verdict('1 km', '1000 m', { units: 'strip' })).toBe('undecided')
    expect(verdict('12 cm', '12 kg', { units: 'strip' })).toBe('different')
  })

  it('units: compare converts', () => {
    expect(verdict('1 km', '1000 m', { units: 'compare' })).toBe('equal')
    expect(verdict('1 km', '100 m', { units: 'compare' })).toBe('different')
    expect(verdict('2 hours', '120 minutes', { units: 'compare' })).toBe('equal')
    expect(verdict('\\$2.50', '250 cents', { units: 'compare' })).toBe('equal')
    expect(verdict('18 \\text{ km/h}', '5 \\text{ m/s}', { units: 'compare' })).toBe('equal')
    expect(verdict('1 \\text{ m}^2', '10000 \\text{ cm}^2', { units: 'compare' })).toBe('equal')
  })

  it('units: require wants the unit of the gold answer', () => {
    expect(verdict('12 cm', '12', { units: 'require' })).toBe('different')
    expect(verdict('12 cm', '12 \\mathrm{cm}', { units: 'require' })).toBe('equal')
    expect(verdict('12 cm', '0.12 \\mathrm{m}', { units: 'require' })).toBe('equal')
    expect(verdict('12', '12 cm', { units: 'require' })).toBe('equal')
  })

  it('percent: lenient also accepts the bare number', () => {
    expect(verdict('50\\%', '50', {})).toBe('different')
    expect(verdict('50\\%', '50', { percent: 'lenient' })).toBe('equal')
    expect(verdict('50', '50\\%', { percent: 'lenient' })).toBe('equal')
    expect(verdict('50\\%', '0.5', { percent: 'lenient' })).toBe('equal')
    expect(verdict('50\\%', '5', { percent: 'lenient' })).toBe('different')
  })

  it('sets: loose ignores the kind of brackets', () => {
    expect(verdict('\\{1,2\\}', '(1,2)', {})).toBe('undecided')
    expect(verdict('\\{1,2\\}', '(2,1)', { sets: 'loose' })).toBe('equal')
    expect(verdict('(1,2,3)', '[1,2,3]', { sets: 'loose' })).toBe('equal')
    expect(verdict('(1,2)', '\\begin{pmatrix}1\\\\2\\end{pmatrix}', { sets: 'loose' })).toBe('equal')
    expect(verdict('(1,2)', '\\begin{pmatrix}2\\\\1\\end{pmatrix}', { sets: 'loose' })).toBe('different')
  })

  it('deadline: ends a long comparison undecided', () => {
    const long = `${'5000!+'.repeat(400)}x`
    expect(equivalent(long, `${long}+1`, { deadline: 5 })).toMatchObject({
      verdict: 'undecided',
      evidence: 'the deadline has passed',
    })
  })
})
