import { expect, test } from 'vitest'
import { TRAINERS } from '../kinds/method.ts'
import {
  groupDeviationRescales,
  groupMeanUndoes,
  groupNormalisationUndoes,
  scalarTrainerCollapsesSteps,
} from './trainer-warnings.ts'

test('every trainer gets one sentence that names it', () => {
  for (const warn of [groupDeviationRescales, groupMeanUndoes, groupNormalisationUndoes]) {
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
})
