import { expect, test } from 'vitest'
import { hybrid } from '../../combining/hybrid.ts'
import type { AnyCombiner } from '../../combining/named-lists.contract.ts'
import { properScore } from '../../combining/proper-score.ts'
import { weightedSum } from '../../combining/weighted-sum.ts'
import { parseParameters, type Use } from '../../kinds/method.ts'
import { bleu } from '../../signals/text/bleu.ts'
import { bleuberi } from './bleuberi.ts'
import { dler } from './dler.ts'
import { harmo } from './harmo.ts'
import { rlcr } from './rlcr.ts'

const presets = [dler, rlcr, harmo, bleuberi]
const combiners: Record<string, AnyCombiner> = {
  'weighted-sum': weightedSum,
  'proper-score': properScore,
  hybrid,
}

function given({ use: _use, ...parameters }: Use): Record<string, unknown> {
  return parameters
}

test.each(presets.map((preset) => [preset.name, preset] as const))(
  '%s combines columns that it has, with parameters its methods take, and survives JSON',
  (_, { fragment }) => {
    const signals = Object.keys(fragment.signals!)
    const combine = fragment.combine!
    const method = combiners[combine.use]!
    const parameters = parseParameters(method, given(combine))
    for (const column of method.reads(parameters)) expect(signals).toContain(column)
    for (const column of Object.keys(fragment.shape ?? {})) expect(signals).toContain(column)
    expect(JSON.parse(JSON.stringify(fragment))).toEqual(fragment)
  },
)

test('the presets that score by BLEU read the tagged answer', () => {
  for (const use of [bleuberi.fragment.signals!.bleu!, harmo.fragment.signals!.similar!]) {
    expect(use.use).toBe('bleu')
    expect(parseParameters(bleu, given(use)).answer).toBe('tags')
  }
})
