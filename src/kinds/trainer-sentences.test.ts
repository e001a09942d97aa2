import { expect, test } from 'vitest'
import { TRAINERS } from './method.ts'
import {
  groupDeviationRescales,
  groupMeanUndoes,
  groupNormalisationUndoes,
  normalisedAgain,
  scalarTrainerCollapsesSteps,
  tokenAdvantagesAreLost,
} from './trainer-sentences.ts'

test('every trainer gets one sentence that names it', () => {
  for (const warn of [groupDeviationRescales, groupMeanUndoes, groupNormalisationUndoes, normalisedAgain]) {
    for (const trainer of TRAINERS) {
      expect(warn(trainer)).toEqual([expect.stringMatching(new RegExp(`^${trainer} .*\\.$`))])
    }
  }
})

test('only verl takes token rewards', () => {
  const warned = TRAINERS.filter(
    (trainer) => scalarTrainerCollapsesSteps(trainer, 'nothing is left').length > 0,
  )
  expect(warned).toEqual(['trl', 'openrlhf', 'slime', 'nemo'])
  expect(TRAINERS.filter((trainer) => tokenAdvantagesAreLost(trainer).length === 0)).toEqual(['verl'])
})
