/** A stored reward model, opened: conversations in, rewards out. */

import { hostTensor } from '../engine/host-tensor.ts'
import type { BackEnd } from '../engine/sessions/session.ts'
import { encodedText } from '../inference/conversation-text.ts'
import { sigmoid } from '../numerics/sigmoid.ts'
import { GuerdonError } from '../records/error.ts'
import { promptText, type Text } from '../records/rollout.ts'
import { type Calibration, type LoadedModel, loadRewardModel } from './model-file.ts'
import { type OpenedPairEncoder, openPairEncoder } from './pair-encoder.ts'
import { openRowScorer, type RowScorer, type RowScores } from './score-rows.ts'

export const OUTPUTS = ['raw', 'calibrated', 'standardised', 'probability'] as const
/**
 * raw: r as the recipe gives it; calibrated: r/T, whose differences are log-odds; standardised: (r − mean)/deviation over
 * validation rewards; probability: σ((r − mean)/T), that it is preferred to an average reply.
 */
export type RewardOutput = (typeof OUTPUTS)[number]

export interface Conversation {
  readonly prompt: Text
  readonly completion: Text
  readonly user?: string | undefined
  /** for models of features: a number for each of their names */
  readonly features?: Readonly<Record<string, number>>
}

export interface OpenRewardModelOptions {
  /** folder of an embedding cache */
  readonly cache?: string | undefined
  readonly offline?: boolean | undefined
  /** false: long batches block this thread; true by default */
  readonly worker?: boolean
  readonly backEnd?: BackEnd | 'auto'
  readonly threads?: number
}

/** One reward as an output. @example rewardOutput(3, 'standardised', { mean: 1, standardDeviation: 2, temperature: 1 }) // 1 */
export function rewardOutput(
  reward: number,
  output: RewardOutput,
  { mean, standardDeviation, temperature }: Pick<Calibration, 'mean' | 'standardDeviation' | 'temperature'>,
): number {
  switch (output) {
    case 'raw':
      return reward
    case 'calibrated':
      return reward / temperature
    case 'standardised':
      return (reward - mean) / standardDeviation
    case 'probability':
      return sigmoid((reward - mean) / temperature)
  }
}

export class RewardModel {
  readonly #model: LoadedModel
  readonly #encoder: OpenedPairEncoder
  readonly #scorer: RowScorer

  private constructor(model: LoadedModel, encoder: OpenedPairEncoder, scorer: RowScorer) {
    this.#model = model
    this.#encoder = encoder
    this.#scorer = scorer
  }

  /**
   * Opens the model in a folder with its encoder.
   * @throws GuerdonError MODEL_MISSING, MODEL_INVALID (also when the encoder is not the one it was trained with), and what
   *   the encoder throws
   */
  static async open(folder: string, options: OpenRewardModelOptions = {}): Promise<RewardModel> {
    const model = loadRewardModel(folder)
    const { encoder: stored, text } = model.manifest
    const { cache, offline, worker = true, backEnd, threads } = options
    const encoder = await openPairEncoder(stored.spec, text, { folder, cache, offline })
    try {
      if (encoder.digest !== stored.digest || encoder.width !== stored.width)
        throw new GuerdonError(
          'MODEL_INVALID',
          'was trained with another encoder than the one that is there now',
          {
            where: { file: folder },
            found: `${stored.spec.use}, digest ${encoder.digest.slice(0, 12)}…, width ${encoder.width}`,
            expected: `digest ${stored.digest.slice(0, 12)}…, width ${stored.width}`,
            hint: 'Its rewards would mean nothing. Bring the encoder back, or train again',
          },
        )
      const scorer = await openRowScorer(model, {
        worker,
        ...(backEnd && { backEnd }),
        ...(threads && { threads }),
      })
      return new RewardModel(model, encoder, scorer)
    } catch (error) {
      await encoder.close()
      throw error
    }
  }

  get manifest(): LoadedModel['manifest'] {
    return this.#model.manifest
  }

  /** names of the features that a model without texts reads */
  get features(): readonly string[] | undefined {
    return 'features' in this.#encoder.encoder ? this.#encoder.encoder.features : undefined
  }

  /** true when the recipe has an answer to features that are not there */
  get takesMissingFeatures(): boolean {
    return this.#model.recipe.takes?.missingFeatures === true
  }

  /**
   * Rewards and parts as the recipe gives them, one a conversation; the same for any company they are scored in.
   * @throws GuerdonError DATA_FIELD_MISSING for a feature that is not there, unless the recipe takes that; what the encoder throws
   */
  async score(
    conversations: readonly Conversation[],
    options: { readonly abort?: AbortSignal } = {},
  ): Promise<RowScores> {
    const count = conversations.length
    const { width } = this.#encoder
    const { encoder } = this.#encoder
    const users = conversations.map(({ user }) => user)
    if ('features' in encoder) {
      const values = new Float32Array(count * width)
      for (const [row, { features = {} }] of conversations.entries())
        for (const [index, name] of encoder.features.entries()) {
          const value = features[name]
          if (!this.takesMissingFeatures && (value === undefined || !Number.isFinite(value)))
            throw new GuerdonError('DATA_FIELD_MISSING', 'is missing', {
              where: { field: name },
              found: value,
              expected: 'a finite number',
            })
          values[row * width + index] = value ?? Number.NaN
        }
      return this.#scorer.score({ completion: hostTensor(values, [count, width]), users })
    }
    const { texts, text } = encoder
    const completions = conversations.map(({ prompt, completion }) =>
      encodedText(prompt, completion, text.read, text.template),
    )
    const completion = hostTensor(await texts.embed(completions, options), [count, width])
    if (this.#model.recipe.needs?.prompt !== true) return this.#scorer.score({ completion, users })
    const prompts = conversations.map(({ prompt }) => promptText(prompt))
    const distinct = [...new Set(prompts)]
    const numbers = new Map(distinct.map((prompt, number) => [prompt, number]))
    const embedded = await texts.embed(distinct, options)
    const values = new Float32Array(count * width)
    for (const [row, prompt] of prompts.entries()) {
      const at = numbers.get(prompt)! * width
      values.set(embedded.subarray(at, at + width), row * width)
    }
    return this.#scorer.score({ completion, prompt: hostTensor(values, [count, width]), users })
  }

  /** A raw reward as an output of this model. */
  output(reward: number, output: RewardOutput): number {
    return rewardOutput(reward, output, this.#model.manifest.calibration)
  }

  /** @throws GuerdonError MODEL_INVALID, naming the parts that the model has, for a name that is none of them */
  checkPart(name: string): void {
    if (this.#scorer.parts.includes(name)) return
    throw new GuerdonError('MODEL_INVALID', `the reward model has no part "${name}"`, {
      where: { file: this.#model.folder },
      expected: this.#scorer.parts.join(', ') || 'no parts: this recipe has none',
    })
  }

  async close(): Promise<void> {
    await this.#scorer.close()
    await this.#encoder.close()
  }
}
