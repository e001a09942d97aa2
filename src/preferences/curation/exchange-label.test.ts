import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layoutNamed } from '../../records/formats/layouts.ts'
import type { PreferencePair } from '../../records/preference.ts'
import { exchangeLabel } from './exchange-label.ts'
import { readPairs } from './read-pairs.ts'

const samples = join(import.meta.dirname, '..', '..', '..', 'test', 'samples')

for (const layout of [
  'trl-preference',
  'hh-rlhf',
  'ultrafeedback-binarized',
  'helpsteer2-preference',
  'helpsteer3-preference',
  'rewardbench',
  'judgebench',
  'llmbar',
]) {
  test(`${layout}: read again, the exchanged row prefers the other completion; twice exchanged it is as it was`, async () => {
    let seen = 0
    for await (const pairs of readPairs([join(samples, `${layout}.jsonl`)], { skipInvalid: true }).batches) {
      for (const { pair, fields, line } of pairs) {
        const flipped = exchangeLabel(fields, layout)
        const again = layoutNamed(layout).parse(flipped, { line }) as PreferencePair
        if (pair.tie !== true) {
          expect([again.chosen, again.rejected]).toEqual([pair.rejected, pair.chosen])
          expect(again.prompt).toEqual(pair.prompt)
          expect(again.strength).toBe(pair.strength)
        }
        if (pair.scores !== undefined)
          expect(again.scores).toEqual({ chosen: pair.scores.rejected, rejected: pair.scores.chosen })
        expect(exchangeLabel(flipped, layout)).toEqual(fields)
        seen++
      }
    }
    expect(seen).toBeGreaterThan(0)
  })
}

test('writes the columns that the map names, and refuses labels inside objects and other layouts', () => {
  expect(
    exchangeLabel({ good: 'a', bad: 'b' }, 'trl-preference', { chosen: 'good', rejected: 'bad' }),
  ).toEqual({
    good: 'b',
    bad: 'a',
  })
  expect(() => exchangeLabel({ a: { b: 'x' } }, 'trl-preference', { chosen: 'a.b' })).toThrow(
    'inside an object',
  )
  expect(() => exchangeLabel({}, 'verl')).toThrow('verl')
})
