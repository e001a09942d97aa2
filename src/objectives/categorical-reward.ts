/**
 * Rewards as distributions over atoms: the probability that a draw of one exceeds a draw of the other.
 * Source: paper 55's baseline; VPL `pref_learn/models/mlp.py:CategoricalModel` (distributional preference learning,
 * Siththaranjan et al., 2024).
 */
import { z } from 'zod'
import { arange, logSoftmax, logSumExp, softmax, where } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const categoricalReward = defineObjective({
  name: 'categorical-reward',
  summary: 'Learns a distribution of rewards for each completion, so that disagreement becomes visible.',
  paper: {
    slug: '55-vpl',
    title: 'Personalizing RLHF with Variational Preference Learning',
    source: 'mlp.py:CategoricalModel',
  },
  formula: '−log[P(chosen > rejected) + ½·P(equal)] − λ·H(mean distribution), atoms in order',
  parameters: z.object({
    entropy: z
      .number()
      .min(0)
      .default(0)
      .describe('λ; rewards the use of all atoms over the batch, the language version has 0.1'),
  }),
  inputs: {
    ...pairInputs,
    chosen: { description: 'logits of the atoms, smallest first, [pairs, atoms]', differentiable: true },
    rejected: { description: 'logits of the atoms, smallest first, [pairs, atoms]', differentiable: true },
  },
  aliases: ['distributional preference learning', 'DPL'],
  compute({ chosen, rejected, mask }, { entropy }) {
    const atoms = chosen!.shape.at(-1)!
    const places = arange(atoms)
    const [own, other] = [places.expand(1), places]
    const logs = logSoftmax(chosen!).expand(2).add(logSoftmax(rejected!).expand(1))
    // log ½ on equal atoms; pairs of atoms that speak against the preference are out.
    const halved = where(own.equal(other), logs.sub(Math.LN2), logs)
    const wins = where(own.less(other), full([], -1e9, logs.dtype), halved)
    const perRow = logSumExp(wins.reshape([...logs.shape.slice(0, -2), atoms * atoms])).neg()
    const likelihood = pairMean(perRow, mask)
    const accuracy = pairMean(perRow.less(Math.LN2).cast('float32'), mask)
    if (entropy === 0) return { loss: likelihood, perRow, parts: { accuracy } }
    const average = softmax(chosen!).mean(0).add(softmax(rejected!).mean(0)).mul(0.5)
    const spread = average.mul(average.maximum(1e-30).log()).sum().neg()
    return { loss: likelihood.sub(spread.mul(entropy)), perRow, parts: { accuracy, entropy: spread } }
  },
})
