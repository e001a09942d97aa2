/** What a trainer's own normalisation does to combinations whose scale carries meaning (papers 06 and 54). */
import type { Trainer } from '../kinds/method.ts'

/** The group's standard deviation rescales the result prompt by prompt. */
export function groupDeviationRescales(trainer: Trainer): readonly string[] {
  return [
    `${trainer} divides rewards by the standard deviation of their group, which rescales this reward prompt by prompt; turn that division off.`,
  ]
}

/** Trainers that take one number a rollout lose where in it a token reward lies; verl takes token rewards. */
export function scalarTrainerCollapsesTokens(trainer: Trainer): readonly string[] {
  return trainer === 'verl'
    ? []
    : [
        `${trainer} takes one reward a rollout, so token rewards are added up and the credit of each turn is lost.`,
      ]
}
