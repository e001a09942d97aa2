/** Sentences about what a trainer's own treatment undoes in rewards, shapings and advantages (papers 06, 12, 36, 54). */
import type { Trainer } from './method.ts'

const WITHOUT_DEVIATION: Readonly<Record<Trainer, string>> = {
  trl: 'scale_rewards: none',
  verl: 'algorithm.norm_adv_by_std_in_grpo: false',
  openrlhf: 'the advantage estimator dr_grpo',
  slime: 'no group standard deviation (--disable-grpo-std-normalization)',
  nemo: 'grpo.normalize_rewards: false',
}

/** The group's standard deviation rescales what was made of them, prompt by prompt. */
export function groupDeviationRescales(trainer: Trainer): readonly string[] {
  return [
    `${trainer} divides rewards by the standard deviation of their group, which rescales it prompt by prompt; use ${WITHOUT_DEVIATION[trainer]}.`,
  ]
}

/** A linear change is removed without trace by the group's mean and standard deviation. */
export function groupNormalisationUndoes(trainer: Trainer): readonly string[] {
  return [
    `${trainer} subtracts the mean of the group and divides by its standard deviation, which undoes a linear shaping; use ${WITHOUT_DEVIATION[trainer]} to keep the scale.`,
  ]
}

/** A constant a prompt is removed by any group baseline, unless a curve follows it. */
export function groupMeanUndoes(trainer: Trainer): readonly string[] {
  return [
    `${trainer} subtracts the mean of the group, so a level that only the prompt decides has no effect unless a curve such as log-sigmoid follows.`,
  ]
}

/** Trainers that take one number a rollout lose everything that lies between the steps; verl takes token rewards. */
export function scalarTrainerCollapsesSteps(trainer: Trainer, left: string): readonly string[] {
  return trainer === 'verl'
    ? []
    : [`${trainer} takes one reward a rollout, so step rewards are added up and ${left}.`]
}

/** Trainers that take one number a rollout lose where in it a token reward lies; verl takes token rewards. */
export function scalarTrainerCollapsesTokens(trainer: Trainer): readonly string[] {
  return trainer === 'verl'
    ? []
    : [
        `${trainer} takes one reward a rollout, so token rewards are added up and the credit of each turn is lost.`,
      ]
}

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
