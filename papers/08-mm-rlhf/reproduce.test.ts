import { expect, it } from 'vitest'
import { judge, type Measured } from '../../src/kinds/reproduction.ts'
import { betaPart, type scalings } from './beta-part.ts'
import { critiquePart } from './critique-part.ts'
import { reproduction } from './reproduce.ts'

const critiques = ['critiques help', 'fuller critiques help more', 'given critiques']
const betas = ['utility at equal mean β', 'grows with w']
const names = [
  'MM-DPO',
  'equal mean',
  'shuffled',
  'MM-DPO, w 5',
  'equal mean, w 5',
] as const satisfies readonly (typeof scalings)[number][]

const holding = (measured: Measured, among: readonly string[]): string[] =>
  judge(reproduction, [measured])
    .claims.filter(({ name, holds }) => holds && among.includes(name))
    .map(({ name }) => name)

it('critiques help, and those of other replies do not', async () => {
  expect(holding(await critiquePart(100), critiques)).toEqual(critiques)
  expect(holding(await critiquePart(100, true, ['enhanced']), ['critiques help'])).toEqual([])
})

it('β that follows margins beats the same mean β, and margins of other pairs do not', async () => {
  expect(holding(await betaPart(100, false, names), betas)).toEqual(betas)
  expect(holding(await betaPart(100, true, names.slice(0, 3)), ['utility at equal mean β'])).toEqual([])
})
