import { expect, it } from 'vitest'
import { judge } from '../../src/kinds/reproduction.ts'
import { reproduction, run } from './reproduce.ts'

const holding = (measured: readonly Readonly<Record<string, number>>[]): string[] =>
  judge(reproduction, measured)
    .claims.filter(({ name, holds }) => holds && name !== 'nothing to gain, nothing changes')
    .map(({ name }) => name)

it('weights from gradients keep the calibration that equal weights lose', async () => {
  const measured = [await run(101, ['equal', 'none']), await run(102, ['equal', 'none'])]
  expect(holding(measured)).toEqual(
    expect.arrayContaining(['diversity harms', 'weighting helps', 'common descent']),
  )
})

it('without the point of least norm neither holds', async () => {
  const held = holding([await reproduction.sabotage.run(101, {})])
  expect(held).not.toContain('weighting helps')
  expect(held).not.toContain('common descent')
})
