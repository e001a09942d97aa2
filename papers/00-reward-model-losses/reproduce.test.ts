import { expect, it } from 'vitest'
import { judge } from '../../src/kinds/reproduction.ts'
import { reproduction } from './reproduce.ts'

const holding = (measured: Readonly<Record<string, number>>): string[] =>
  judge(reproduction, [measured])
    .claims.filter(({ holds, required }) => holds && required)
    .map(({ name }) => name)

it('every loss recovers the utility and the robust one stays calibrated', async () => {
  expect(holding(await reproduction.run(1, {}))).toEqual(['recovery', 'robust loss'])
})

it('rewards of the wrong sign break both', async () => {
  expect(holding(await reproduction.sabotage.run(1, {}))).toEqual([])
})
