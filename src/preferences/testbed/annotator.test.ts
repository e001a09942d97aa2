import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { annotator, annotatorProbability } from './annotator.ts'
import { annotatorPreset } from './annotator-presets.ts'

const number = fc.double({ min: -5, max: 5, noNaN: true })
const rate = fc.double({ min: 0, max: 1, noNaN: true })

const anyAnnotator = fc
  .record({
    rationality: fc.double({ min: 0, max: 8, noNaN: true }),
    lengthBias: fc.double({ min: 0, max: 2, noNaN: true }),
    lengthForm: fc.constantFrom('linear' as const, 'saturating' as const),
    longerShare: rate,
    formatBias: number,
    positionBias: number,
    intransitivity: number,
    styles: fc.constantFrom(3, 4, 5),
    flip: rate,
    lapse: rate,
  })
  .map(annotator)

test('swapping the items gives 1 − p, whatever the biases, and p is a probability', () => {
  fc.assert(
    fc.property(
      anyAnnotator,
      fc.tuple(number, number, number, number),
      fc.nat(2),
      fc.nat(2),
      fc.nat(1),
      (who, [utilityA, utilityB, lengthA, lengthB], styleA, styleB, first) => {
        const [p] = annotatorProbability(
          {
            utilityA: [utilityA],
            utilityB: [utilityB],
            lengthA: [lengthA],
            lengthB: [lengthB],
            attributeA: [1],
            attributeB: [0],
            styleA: [styleA],
            styleB: [styleB],
            aShownFirst: [first],
          },
          who,
        )
        const [swapped] = annotatorProbability(
          {
            utilityA: [utilityB],
            utilityB: [utilityA],
            lengthA: [lengthB],
            lengthB: [lengthA],
            attributeA: [0],
            attributeB: [1],
            styleA: [styleB],
            styleB: [styleA],
            aShownFirst: [1 - first],
          },
          who,
        )
        expect(p! + swapped!).toBeCloseTo(1, 14)
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
      },
    ),
  )
})

test('without rationality, with half the labels flipped or with every click at random, p is ½', () => {
  const pair = { utilityA: [3], utilityB: [-1] }
  expect(annotatorProbability(pair, annotator({ rationality: 0 }))[0]).toBe(0.5)
  expect(annotatorProbability(pair, annotator({ flip: 0.5 }))[0]).toBe(0.5)
  expect(annotatorProbability(pair, annotator({ lapse: 1 }))[0]).toBe(0.5)
})

test('a deterministic annotator and an adversary', () => {
  const pairs = { utilityA: [1, 0, 2], utilityB: [0, 1, 2] }
  const sure = annotator({ rationality: Number.POSITIVE_INFINITY, flip: 0 })
  expect([...annotatorProbability(pairs, sure)]).toEqual([1, 0, 0.5])
  expect([...annotatorProbability(pairs, { ...sure, flip: 1 })]).toEqual([0, 1, 0.5])
})

test('who always picks the longer does so whatever the utilities are', () => {
  const pairs = { utilityA: [5, 5, 5], utilityB: [0, 0, 0], lengthA: [1, 2, 3], lengthB: [2, 2, 2] }
  const who = annotator({ longerShare: 1, flip: 0 })
  expect([...annotatorProbability(pairs, who)]).toEqual([0, 0.5, 1])
})

test('flip rates of single labels take the place of the annotator’s', () => {
  const pairs = { utilityA: [50, 50], utilityB: [0, 0] }
  expect([...annotatorProbability(pairs, annotator(), [0, 0.4])]).toEqual([1, 0.6])
})

test('presets are ordered in reliability and cost', () => {
  const [expert, crowd, judge] = (['expert', 'crowd', 'llm-judge'] as const).map((name) =>
    annotatorPreset(name, 30),
  )
  expect(expert!.rationality).toBeGreaterThan(judge!.rationality)
  expect(judge!.rationality).toBeGreaterThan(crowd!.rationality)
  expect(judge!.consistent).toBe(true)
  expect(expert!.cost).toBeGreaterThan(crowd!.cost)
  expect(crowd!.lengthScale).toBe(30)
})

test('impossible parameters and missing lists are refused', () => {
  const refused = (run: () => unknown): void => {
    expect(run).toThrow(GuerdonError)
  }
  for (const parameters of [
    { flip: 1.1 },
    { flip: Number.NaN },
    { rationality: -1 },
    { lengthScale: 0 },
    { styles: 1 },
    { positionBias: Number.POSITIVE_INFINITY },
    { fatigue: { end: 2, tau: 1 } },
    { fatigue: { end: 0.2, tau: 0 } },
  ])
    refused(() => annotator(parameters))
  const pair = { utilityA: [1], utilityB: [0] }
  refused(() => annotatorProbability(pair, annotator({ lengthBias: 1 })))
  refused(() => annotatorProbability(pair, annotator({ positionBias: 1 })))
  refused(() => annotatorProbability({ utilityA: [1], utilityB: [] }, annotator()))
  refused(() => annotatorProbability({ utilityA: [Number.NaN], utilityB: [0] }, annotator()))
})
