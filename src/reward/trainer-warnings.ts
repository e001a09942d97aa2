/** What a trainer's own normalisation would undo in a reward: collected from the methods, plus what the plan shows. */
import type { Trainer } from '../kinds/method.ts'
import type { Plan, PlannedAdvantage } from './plan.ts'

export interface TrainerWarning {
  readonly field: string
  readonly method: string
  readonly sentence: string
}

/** How each trainer compares rewards by itself, and whether it can be handed advantages instead. */
const trainerHabits: Readonly<
  Record<Trainer, { readonly normalises: string; readonly takesAdvantages: string | undefined }>
> = {
  trl: {
    normalises:
      'GRPOTrainer subtracts the group mean and divides by the group standard deviation (scale_rewards)',
    takesAdvantages: undefined,
  },
  verl: {
    normalises: 'its advantage estimator compares the rewards again',
    takesAdvantages: 'register the advantages as a custom estimator',
  },
  openrlhf: { normalises: 'its advantage estimator compares the rewards again', takesAdvantages: undefined },
  slime: {
    normalises:
      'it subtracts the group mean and, with --grpo-std-normalization, divides by the standard deviation',
    takesAdvantages: 'hand them over in --custom-reward-post-process-path',
  },
  nemo: {
    normalises: 'its GRPO loop subtracts a leave-one-out or group baseline',
    takesAdvantages: undefined,
  },
}

/** Every warning of a plan for a trainer, in the order of the spec. */
export function trainerWarnings(plan: Plan, trainer: Trainer): TrainerWarning[] {
  const warnings: TrainerWarning[] = []
  const add = (
    field: string,
    { method, parameters }: { method: { name: string; warnings?: unknown }; parameters: unknown },
  ): void => {
    const say = method.warnings as ((trainer: Trainer, parameters: unknown) => readonly string[]) | undefined
    for (const sentence of say?.(trainer, parameters) ?? [])
      warnings.push({ field, method: method.name, sentence })
  }
  for (const signal of plan.signals) add(`signals.${signal.name}`, signal)
  for (const [column, steps] of plan.shapings)
    for (const [index, step] of steps.entries()) add(`shape.${column}.${index}`, step)
  if (plan.combiner !== undefined) {
    add('combine', plan.combiner)
    if (plan.combiner.method.grain === 'token' && trainer !== 'verl') {
      warnings.push({
        field: 'combine',
        method: plan.combiner.method.name,
        sentence: `${trainer} takes one number a rollout: token rewards arrive as their sum and the credit of single steps is lost`,
      })
    }
  }
  const habit = trainerHabits[trainer]
  for (
    let advantage: PlannedAdvantage | undefined = plan.advantage;
    advantage !== undefined;
    advantage = advantage.inner
  )
    add('advantage', advantage)
  // What the method itself said of the trainer is closer to the point.
  if (plan.advantage !== undefined && !warnings.some(({ field }) => field === 'advantage')) {
    warnings.push({
      field: 'advantage',
      method: plan.advantage.method.name,
      sentence:
        habit.takesAdvantages === undefined
          ? `${trainer} takes rewards only and ${habit.normalises}: these advantages are for looking at`
          : `${trainer} compares rewards by itself (${habit.normalises}) unless you ${habit.takesAdvantages}`,
    })
  }
  if (plan.scope !== 'row' && trainer === 'trl') {
    warnings.push({
      field: 'signals',
      method: plan.spec.name,
      sentence:
        'TRL may split a group between processes: send whole groups (one process, or a per-device batch that is a multiple of num_generations)',
    })
  }
  return warnings
}
