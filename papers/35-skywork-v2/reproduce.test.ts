import { expect, it } from 'vitest'
import { judge, type Measured } from '../../src/kinds/reproduction.ts'
import { curated, reproduction } from './reproduce.ts'

const quick = { pairs: 6000, rounds: 2 }
const central = ['retrieval helps the judge', 'filter against the whole pool', 'filter against chance']
const noise = 'noise without a rule'

const holding = (measured: Measured, among: readonly string[]): string[] =>
  judge(reproduction, [measured])
    .claims.filter(({ name, holds }) => holds && among.includes(name))
    .map(({ name }) => name)

it('curation helps against a source that errs by a rule, and human labels by a coin take that away', async () => {
  expect(holding(await curated(100, 'systematic', quick), central)).toEqual(central)
  expect(holding(await curated(100, 'systematic', { ...quick, sabotaged: true }), central)).toEqual([])
})

it('where errors have no rule, the whole pool is worth more than its filtered part', async () => {
  const measured = await curated(100, 'random', { pairs: 20_000, rounds: 1 })
  const control = Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [`control: ${name}`, value]),
  )
  expect(holding(control, [noise])).toEqual([noise])
})
