/** Sentences about what a trainer does to advantages that are computed before it. */
import type { Trainer } from '../kinds/method.ts'

/** verl reads token rewards; the others take one number a rollout. */
export function tokenAdvantagesAreLost(trainer: Trainer): readonly string[] {
  return trainer === 'verl'
    ? []
    : [`${trainer} takes one number a rollout, so token advantages cannot be sent to it; send the rewards.`]
}

/** A trainer that normalises whatever it is sent centres and rescales these advantages again. */
export function normalisedAgain(trainer: Trainer): readonly string[] {
  return [
    `${trainer} subtracts the mean of the group and may divide by its standard deviation: sent as rewards, these advantages are normalised a second time; send them where it takes advantages.`,
  ]
}
