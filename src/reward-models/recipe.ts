/**
 * Recipes: ways to learn a reward from preferences. A recipe trains on encoded pairs and says, in tensors, how its
 * weights score an embedding; training, the saved model, the signal and the command line all use that one function.
 */
import type { z } from 'zod'
import type { Parameters } from '../engine/host-tensor.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { BackEnd } from '../engine/sessions/session.ts'
import type { Tensor } from '../engine/tensor.ts'
import { type PaperReference, type ParameterSchema, parseParameters } from '../kinds/method.ts'
import type { EncodedPairs } from './encoded-pairs.ts'

export interface RecipeContext {
  /** everything that is drawn follows from it */
  readonly seed: number
  readonly backEnd?: BackEnd | 'auto'
  readonly threads?: number
  /** false: train in this thread (scripts, tests); true by default, so that the caller's event loop stays free */
  readonly worker?: boolean
  /** a folder for checkpoints: a killed run that finds its own there continues */
  readonly checkpoints?: string
  /** digest of the data, part of what a checkpoint belongs to */
  readonly data?: string
  readonly abort?: AbortSignal
  /** steps done and the loss; `stage` names the part of a recipe that trains several times */
  readonly progress?: (stage: string, step: number, steps: number, loss: number) => void
}

/** Vectors that stand for users: a posterior's mean, or weights over heads. */
export interface UserVectors {
  readonly names: readonly string[]
  /** row-major, names.length × width */
  readonly vectors: Float32Array
  readonly width: number
  /** for a user who is not known */
  readonly unknown: Float32Array
}

/** What scoring may look at: a batch of embeddings, and what the recipe declared. */
export interface ScoreInputs {
  /** embedding of prompt and completion, [batch, width] */
  readonly completion: Tensor
  /** embedding of the prompt alone, [batch, width], for recipes with `needs.prompt` */
  readonly prompt?: Tensor
  /** [batch, user width], for models with user vectors */
  readonly user?: Tensor
}

export interface ScoreOutputs {
  /** [batch] */
  readonly reward: Tensor
  /** further columns, [batch] each: an ensemble's deviation, a head's own reward */
  readonly parts?: TensorTree
}

/** A recipe's own numbers that scoring needs besides weights: plain JSON. */
export type Settings = Readonly<Record<string, unknown>>

export interface TrainedRewardModel {
  readonly weights: Parameters
  readonly settings: Settings
  readonly users?: UserVectors
  /** what was measured in training: flat names */
  readonly metrics: Readonly<Record<string, number>>
  /** tables for people: a strength report, a search's results; plain JSON */
  readonly report?: unknown
}

export interface TrainingSplit {
  readonly train: EncodedPairs
  /** pairs of other prompts; used to choose a step, weights or a temperature, never for gradients */
  readonly validation: EncodedPairs
}

export interface RecipeDescription<P extends ParameterSchema> {
  readonly name: string
  /** one sentence: what it learns and when to use it */
  readonly summary: string
  readonly paper?: PaperReference
  readonly parameters: P
  /** what the data must have; checked before anything is encoded */
  readonly needs?: {
    readonly prompt?: boolean
    readonly strength?: boolean
    readonly scores?: boolean
    readonly users?: boolean
    readonly sources?: boolean
  }
  /** what it can do with: pairs without a preference (left out otherwise), features that are NaN (an error otherwise) */
  readonly takes?: { readonly ties?: boolean; readonly missingFeatures?: boolean }
  readonly aliases?: readonly string[]
  train(data: TrainingSplit, parameters: z.output<P>, context: RecipeContext): Promise<TrainedRewardModel>
  score(weights: TensorTree, inputs: ScoreInputs, parameters: z.output<P>, settings: Settings): ScoreOutputs
}

export interface Recipe<P extends ParameterSchema = ParameterSchema> extends RecipeDescription<P> {
  readonly kind: 'recipe'
  /** Trains with parameters checked and defaults filled in. */
  run(
    data: TrainingSplit,
    parameters: z.input<P>,
    context: RecipeContext,
  ): Promise<{ readonly model: TrainedRewardModel; readonly parameters: z.output<P> }>
}

/** Makes a recipe. @throws GuerdonError PARAMETER_INVALID from `run` for parameters that do not fit */
export function defineRecipe<P extends ParameterSchema>(description: RecipeDescription<P>): Recipe<P> {
  return {
    ...description,
    kind: 'recipe',
    async run(data, given, context) {
      const parameters = parseParameters(description, given as Record<string, unknown>)
      return { model: await description.train(data, parameters, context), parameters }
    },
  }
}
