import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FormatBias, LengthBias, lengthBinOf, lengthRatios } from './label-bias.ts'
import { attributesOf, pairAttributes } from './pair-attributes.ts'

const lengths = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })), { maxLength: 60 })

test('exchanging all labels mirrors the shares and turns the log-odds', () => {
  fc.assert(
    fc.property(lengths, (pairs) => {
      const [one, other] = [new LengthBias(), new LengthBias()]
      const [format, turned] = [new FormatBias(), new FormatBias()]
      for (const [chosen, rejected] of pairs) {
        one.add(chosen, rejected)
        other.add(rejected, chosen)
        format.add(chosen, rejected)
        turned.add(rejected, chosen)
      }
      const [report, mirrored] = [one.report(), other.report()]
      expect(mirrored.pairs).toBe(report.pairs)
      expect(mirrored.longer).toBe(report.pairs - report.longer)
      expect(report.pairs + report.equal).toBe(pairs.length)
      expect(report.bins.reduce((sum, bin) => sum + bin.pairs, 0)).toBe(report.pairs)
      for (const [index, bias] of format.report().entries()) {
        const back = turned.report()[index]!
        if (bias.logOdds === null) expect(back.logOdds).toBeNull()
        else {
          expect(back.logOdds! + bias.logOdds).toBeCloseTo(0, 12)
          expect(back.p).toBeCloseTo(bias.p!, 12)
        }
      }
    }),
  )
})

test('bins hold the ratios they name', () => {
  expect(lengthBinOf(10, 10)).toBe(-1)
  expect(lengthRatios[lengthBinOf(11, 10)]).toBe(1.1)
  expect(lengthRatios[lengthBinOf(10, 11)]).toBe(1.1)
  expect(lengthRatios[lengthBinOf(0, 3)]).toBe(4)
  expect(lengthRatios[lengthBinOf(20, 10)]).toBe(2)
})

test('an attribute that only chosen completions have stands out, one that comes evenly does not', () => {
  const bias = new FormatBias()
  for (let pair = 0; pair < 40; pair++) {
    bias.add(attributesOf('- one\n- two'), attributesOf('one and two'))
    bias.add(attributesOf(pair % 2 === 0 ? 'Fine!' : 'Fine'), attributesOf(pair % 2 === 0 ? 'Fine' : 'Fine!'))
  }
  const byName = new Map(bias.report().map((row) => [row.name, row]))
  expect(byName.get('list')!.p!).toBeLessThan(1e-9)
  expect(byName.get('list')!.interval![0]).toBeGreaterThan(1)
  expect(byName.get('exclamation')).toMatchObject({ chosenOnly: 20, rejectedOnly: 20, logOdds: 0, p: 1 })
  expect(byName.get('code')).toMatchObject({ logOdds: null, p: null })
})

test('attributes see what they name', () => {
  const names = (text: string) =>
    pairAttributes.filter((_, index) => (attributesOf(text) >>> index) & 1).map(({ name }) => name)
  expect(names('1. **Do** this\n\nWhat else?')).toEqual(['list', 'bold', 'paragraphs', 'question', 'digits'])
  expect(names("I'm sorry, maybe not!")).toEqual(['exclamation', 'refusal', 'hedge'])
  expect(names('# Title\nSee https://example.org and `code`')).toEqual(['heading', 'code', 'link'])
  expect(names('Plain words.')).toEqual([])
})
