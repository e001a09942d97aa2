/**
 * Bradley–Terry on pairs whose label says how strongly one of the two is preferred.
 * Source: paper 25 (HelpSteer2-Preference), section 3; NeMo-Aligner `megatron_gpt_regression_reward_model.py:bt_loss_func`.
 */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import { full, type Tensor } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

/** |label| as a magnitude: as it is, or looked up for |label| = 1, 2, … (0 stays 0, and so does what is not listed). */
function magnitudeOf(label: Tensor, magnitudes: readonly number[] | undefined): Tensor {
  const strength = label.abs()
  if (magnitudes === undefined) return strength
  return magnitudes.reduce<Tensor>(
    (found, magnitude, index) => where(strength.equal(index + 1), full([], magnitude, label.dtype), found),
    full(label.shape, 0, label.dtype),
  )
}

export const strengthBradleyTerry = defineObjective({
  name: 'strength-bradley-terry',
  summary:
    'Bradley–Terry for labels with a strength, which is ignored, used as a margin, or used as a weight.',
  paper: {
    slug: '25-helpsteer2-preference',
    title: 'HelpSteer2-Preference: Complementing Ratings with Preferences',
    source: 'section 3',
  },
  formula:
    'regular −log σ(Δ); margin −log σ(Δ − |s|); scaled −|s|·log σ(Δ); Δ = chosen − rejected, the first is chosen for s < 0, otherwise the second',
  parameters: z.object({
    kind: z.enum(['regular', 'margin', 'scaled']).default('scaled').describe('what the strength does'),
    magnitudes: z
      .array(z.number().min(0))
      .optional()
      .describe('what |s| = 1, 2, … count for, for example [1, 3, 10]; as they are if left out'),
  }),
  inputs: {
    first: { description: 'rewards of the first completions, [pairs]', differentiable: true },
    second: { description: 'rewards of the second completions, [pairs]', differentiable: true },
    label: { description: 's, negative when the first is preferred, [pairs]', differentiable: false },
    mask: { description: 'above 0 for pairs that count, [pairs]', differentiable: false, optional: true },
  },
  aliases: ['scaled Bradley–Terry', 'regular_bt', 'margin_bt', 'scaled_bt'],
  elsewhere: { nemo: 'loss_func: regular_bt, margin_bt or scaled_bt' },
  compute({ first, second, label, mask }, { kind, magnitudes }) {
    const difference = second!.sub(first!)
    const gap = where(label!.less(0), difference.neg(), difference)
    const magnitude = magnitudeOf(label!, magnitudes)
    const perRow =
      kind === 'margin'
        ? softplus(magnitude.sub(gap))
        : kind === 'scaled'
          ? softplus(gap.neg()).mul(magnitude)
          : softplus(gap.neg())
    return { loss: pairMean(perRow, mask), perRow }
  },
})
