/** A reward head with given weights: rewards, and gradients of their sum. */
import { gradients } from '../../../../src/engine/gradient.ts'
import type { Activation } from '../../../../src/engine/layers/layer.ts'
import { mlp } from '../../../../src/engine/layers/mlp.ts'
import { doubles, forward, type LinearWeights, namedWeights } from './forward.ts'

export interface HeadResult {
  readonly reward: number[]
  readonly gradHidden: number[][]
  readonly gradWeights: number[][][]
  readonly gradBiases: number[][]
}

export async function rewardHead(
  hidden: readonly number[][],
  layers: readonly LinearWeights[],
  activation: Activation,
): Promise<HeadResult> {
  const widths = [hidden[0]!.length, ...layers.map(({ weight }) => weight.length)]
  const head = mlp({ name: 'head', widths, activation })
  const found = await forward({ ...namedWeights('head', layers), hidden: doubles(hidden) }, (given) => {
    const reward = head.apply(given, given.hidden!).squeeze(-1)
    const names = ['hidden', ...layers.flatMap((_, i) => [`head.${i}.weight`, `head.${i}.bias`])]
    const all = gradients(
      reward.sum(),
      names.map((name) => given[name]!),
    )
    return { reward, ...Object.fromEntries(names.map((name, index) => [`gradient ${name}`, all[index]!])) }
  })
  return {
    reward: found.reward as number[],
    gradHidden: found['gradient hidden'] as number[][],
    gradWeights: layers.map((_, index) => found[`gradient head.${index}.weight`] as number[][]),
    gradBiases: layers.map((_, index) => found[`gradient head.${index}.bias`] as number[]),
  }
}
