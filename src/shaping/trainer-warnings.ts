/** Sentences about what a trainer's own treatment of rewards does to a shaping (papers 06, 12, 36, 54). */
import type { Trainer } from '../kinds/method.ts'

const WITHOUT_DEVIATION: Readonly<Record<Trainer, string>> = {
  trl: 'scale_rewards: none',
  verl: 'algorithm.norm_adv_by_std_in_grpo: false',
  openrlhf: 'the advantage estimator dr_grpo',
  slime: 'no group standard deviation (--disable-grpo-std-normalization)',
  nemo: 'grpo.normalize_rewards: false',
}

/** The group's standard deviation rescales whatever the shaping made, prompt by prompt. */
export function groupDeviationRescales(trainer: Trainer): readonly string[] {
  return [
    `${trainer} divides rewards by the standard deviation of their group, which rescales this shaping prompt by prompt; use ${WITHOUT_DEVIATION[trainer]}.`,
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
