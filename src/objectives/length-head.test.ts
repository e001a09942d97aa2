import { expect, test } from 'vitest'
import { bradleyTerry } from './bradley-terry.ts'
import { lengthHead } from './length-head.ts'
import { evaluateObjective } from './objective.ts'

const heads = {
  chosenQuality: [0.2, 1.1, -0.3],
  rejectedQuality: [0.5, -0.4, 0],
  chosenLengthReward: [1, 2, 0.5],
  rejectedLengthReward: [0.3, 0.1, 0.9],
}

test('one length for all: no correlation, so Bradley–Terry on the sum alone', async () => {
  const { loss, parts } = await evaluateObjective(lengthHead, {
    ...heads,
    chosenLength: [7, 7, 7],
    rejectedLength: [7, 7, 7],
  })
  const plain = await evaluateObjective(bradleyTerry, { chosen: [1.2, 3.1, 0.2], rejected: [0.8, -0.3, 0.9] })
  expect(loss).toBeCloseTo(plain.loss, 12)
  expect(parts.lengthCorrelation![0]).toBe(0)
})

test('a length head that is the length costs nothing, a quality head that is costs λ', async () => {
  const lengths = { chosenLength: [10, 20, 30], rejectedLength: [5, 40, 12] }
  const scaled = (values: readonly number[]): number[] => values.map((value) => value / 10 - 3)
  const asLength = {
    ...heads,
    chosenLengthReward: scaled(lengths.chosenLength),
    rejectedLengthReward: scaled(lengths.rejectedLength),
  }
  const { parts } = await evaluateObjective(lengthHead, { ...asLength, ...lengths })
  expect(parts.lengthCorrelation![0]).toBeCloseTo(1, 10)
  const { parts: other } = await evaluateObjective(lengthHead, {
    ...asLength,
    ...lengths,
    chosenQuality: scaled(lengths.chosenLength).map((value) => -value),
    rejectedQuality: scaled(lengths.rejectedLength).map((value) => -value),
  })
  expect(other.qualityCorrelation![0]).toBeCloseTo(-1, 10)
})
