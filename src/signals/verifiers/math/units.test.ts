import { describe, expect, it } from 'vitest'
import { toText } from './rational.ts'
import { isKnownUnit, relateUnits, type Unit, unitOf } from './units.ts'

/** "km/h^2" to a unit. */
const unit = (text: string): Unit => {
  const factors = text.split(' ').map((part) => {
    const [word, power = '1'] = part.split('^')
    return { word: word!, power: Number(power) }
  })
  return unitOf(factors)
}

describe('units', () => {
  it('multiply their scales', () => {
    const speed = unit('km h^-1')
    expect(toText(speed.scale)).toBe('5/18')
    expect(speed.dimension).toBe('length^1 time^-1')
    expect(unit('square meters').dimension).toBe('length^2')
    expect(unit('apples').dimension).toBe('')
  })

  it.each([
    ['cm', 'centimeters', 'same'],
    ['in^2', 'square inches', 'same'],
    ['dollars', '$', 'same'],
    ['units^2', 'cm^2', 'same'],
    ['apples', 'red apples', 'same'],
    ['km', 'm', 'convertible'],
    ['hours', 'minutes', 'convertible'],
    ['L', 'cm^3', 'convertible'],
    ['N m', 'J', 'same'],
    ['cm', 'kg', 'contradictory'],
    ['cm', 'cm^2', 'contradictory'],
    ['a.m.', 'p.m.', 'contradictory'],
    ['apples', 'oranges', 'unknown'],
    ['apples', 'cm', 'unknown'],
  ])('relate %s and %s: %s', (a, b, kind) => {
    expect(relateUnits(unit(a), unit(b)).kind).toBe(kind)
  })

  it('convert exactly', () => {
    const relation = relateUnits(unit('m'), unit('km'))
    expect(relation.kind === 'convertible' && toText(relation.factor)).toBe('1000')
  })

  it('look nothing up on objects', () => {
    expect(isKnownUnit('constructor')).toBe(false)
    expect(isKnownUnit('__proto__')).toBe(false)
  })
})
