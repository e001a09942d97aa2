import { expect, it } from 'vitest'
import { judge } from '../../src/kinds/reproduction.ts'
import { quickNames, reproduction, runNamed } from './reproduce.ts'

const required = ['accurate and blind', 'contrast repairs', 'trickle-down']
const holding = (measured: Readonly<Record<string, number>>): string[] =>
  judge(reproduction, [measured])
    .claims.filter(({ name, holds }) => holds && required.includes(name))
    .map(({ name }) => name)

it('an accurate reward is blind to the question until contrast records teach it', async () => {
  expect(holding(await runNamed(100, quickNames))).toEqual(required)
})

it('answers exchanged by chance take the repair away', async () => {
  expect(holding(await reproduction.sabotage.run(100, {}))).not.toContain('contrast repairs')
})
