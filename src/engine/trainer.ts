/**
 * A trainer: a model's parameters and optimiser inside a session, with a step that has forward pass, gradients and
 * update in one program. `fit` runs it over data; methods that need more than a plain loop drive it themselves.
 */
import { GuerdonError } from '../records/error.ts'
import { clipByNorm } from './clip-by-norm.ts'
import { valueAndGradients } from './gradient.ts'
import { graphOf } from './graph.ts'
import { type HostTensor, hostTensor, type Parameters } from './host-tensor.ts'
import type { Dtype, Shape } from './node.ts'
import type { Optimiser, TensorTree } from './optimiser.ts'
import { type OpenOptions, openSession } from './sessions/open-session.ts'
import type { Feed, Noise, Session, Table } from './sessions/session.ts'
import { input, type Tensor } from './tensor.ts'

/** A loss and, if wanted, further scalars to watch. */
export type LossResult = Tensor | { readonly loss: Tensor; readonly metrics?: TensorTree }

/** Parameters and one batch's inputs → the scalar to minimise. */
export type Loss = (parameters: TensorTree, batch: TensorTree) => LossResult

export interface BatchInput {
  readonly shape: Shape
  readonly dtype?: Dtype
  /** drawn anew each step instead of given */
  readonly noise?: Noise
}

/** A function of parameters and inputs that reads the current state, for example a forward pass. */
export interface Evaluation {
  readonly inputs: Readonly<Record<string, BatchInput>>
  build(parameters: TensorTree, inputs: TensorTree): TensorTree
}

export interface TrainerOptions extends OpenOptions {
  readonly parameters: Parameters
  readonly batch: Readonly<Record<string, BatchInput>>
  readonly loss: Loss
  readonly optimiser: Optimiser
  /** longest allowed joint gradient, if any */
  readonly clip?: number
  /** gradients found in another way than by differentiating the loss at the parameters */
  readonly gradients?: (
    parameters: TensorTree,
    batch: TensorTree,
  ) => { readonly value: Tensor; readonly gradients: TensorTree }
  /** parameters that stay as they are */
  readonly frozen?: (name: string) => boolean
  readonly evaluations?: Readonly<Record<string, Evaluation>>
  readonly tables?: Readonly<Record<string, Table>>
  readonly seed?: number
}

/** What a step is given besides noise: rows of a table, or values. */
export type BatchFeeds = Readonly<Record<string, Feed>>

export interface Trainer {
  readonly session: Session
  /** names of the scalars that each step returns: `loss`, `norm` with clipping, and the loss's metrics */
  readonly scalars: readonly string[]
  /** Runs steps; the first has the given number (from 1). Returns every scalar of every step. */
  steps(
    first: number,
    batches: readonly BatchFeeds[],
    rates: readonly number[],
  ): Promise<Record<string, Float64Array>>
  evaluate(name: string, inputs: BatchFeeds): Promise<Record<string, HostTensor>>
  parameters(): Promise<Parameters>
  /** parameters and the optimiser's state, the latter as `optimizer.…` */
  state(): Promise<Parameters>
  setState(state: Parameters): Promise<void>
  close(): Promise<void>
}

const OPTIMISER = 'optimizer.'

const prefixed = (tree: Parameters): Parameters =>
  Object.fromEntries(Object.entries(tree).map(([name, value]) => [`${OPTIMISER}${name}`, value]))

const inputsOf = (values: Readonly<Record<string, BatchInput>>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(values).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  )

/** Writes the training program for these shapes and opens a session with it. */
export async function openTrainer(options: TrainerOptions): Promise<Trainer> {
  const { parameters, optimiser, batch, loss, frozen = () => false } = options
  const clash = Object.keys(batch).find((name) => name in parameters)
  if (clash !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', `"${clash}" names a parameter and a batch input`)
  const trained = Object.fromEntries(Object.entries(parameters).filter(([name]) => !frozen(name)))
  const optimiserState = optimiser.state(trained)
  const tensors = inputsOf(parameters)
  const state = inputsOf(optimiserState)
  const stateInputs = inputsOf(prefixed(optimiserState))
  for (const name of Object.keys(state)) state[name] = stateInputs[`${OPTIMISER}${name}`]!
  // A rate in single precision would round a training in double precision.
  const precise =
    Object.values(trained).length > 0 && Object.values(trained).every(({ dtype }) => dtype === 'float64')
  const scalarType: Dtype = precise ? 'float64' : 'float32'
  const scalars = Object.fromEntries(
    optimiser.scalars.map((name) => [name, input(`step.${name}`, [], scalarType)]),
  )
  const given = inputsOf(batch)

  let metrics: TensorTree = {}
  const lossOf = (own: TensorTree): Tensor => {
    const result = loss({ ...tensors, ...own }, given)
    if (!('loss' in result)) return result
    metrics = result.metrics ?? {}
    return result.loss
  }
  const free = Object.fromEntries(Object.keys(trained).map((name) => [name, tensors[name]!]))
  const found = options.gradients?.(tensors, given) ?? valueAndGradients(lossOf, free)
  const own = Object.fromEntries(Object.keys(trained).map((name) => [name, found.gradients[name]!]))
  const clipped = options.clip === undefined ? undefined : clipByNorm(own, options.clip)
  const next = optimiser.update(free, clipped?.gradients ?? own, state, scalars, trained)
  const watched: TensorTree = { loss: found.value, ...(clipped && { norm: clipped.norm }), ...metrics }

  const outputs: Record<string, Tensor> = {}
  const updates: Record<string, string> = {}
  for (const [name, tensor] of Object.entries(watched)) {
    if (tensor.size !== 1)
      throw new GuerdonError(
        'ARGUMENT_INVALID',
        `the training scalar "${name}" has the shape [${tensor.shape}]`,
        {
          expected: 'a single number, for example a mean',
        },
      )
    outputs[name] = tensor
  }
  const keep = (name: string, tensor: Tensor): void => {
    outputs[`next ${name}`] = tensor
    updates[`next ${name}`] = name
  }
  for (const [name, tensor] of Object.entries(next.parameters)) keep(name, tensor)
  for (const [name, tensor] of Object.entries(next.state)) keep(`${OPTIMISER}${name}`, tensor)

  const functions: Record<string, { graph: ReturnType<typeof graphOf>; updates?: Record<string, string> }> = {
    step: { graph: graphOf(outputs), updates },
  }
  for (const [name, evaluation] of Object.entries(options.evaluations ?? {}))
    functions[`evaluate ${name}`] = { graph: graphOf(evaluation.build(tensors, inputsOf(evaluation.inputs))) }

  const session = await openSession(
    {
      functions,
      state: { ...parameters, ...prefixed(optimiserState) },
      ...(options.tables && { tables: options.tables }),
      ...(options.seed !== undefined && { seed: options.seed }),
    },
    options,
  )
  const noises = Object.entries(batch).flatMap(([name, { noise, shape, dtype }]) =>
    noise === undefined ? [] : [{ name, noise, shape, ...(dtype && { dtype }) }],
  )
  const watchedNames = Object.keys(watched)
  return {
    session,
    scalars: watchedNames,
    steps(first, batches, rates) {
      const feeds = batches.map((values, index) => {
        const step = first + index
        const all: Record<string, Feed> = { ...values }
        optimiser.scalarsAt(step, rates[index]!).forEach((value, place) => {
          all[`step.${optimiser.scalars[place]}`] = hostTensor([value], [], scalarType)
        })
        for (const { name, ...noise } of noises) all[name] = { ...noise, stream: `${name} ${step}` }
        return all
      })
      return session.runMany('step', feeds, watchedNames)
    },
    evaluate: (name, values) => session.run(`evaluate ${name}`, values),
    async parameters() {
      const all = await session.state()
      return Object.fromEntries(Object.keys(parameters).map((name) => [name, all[name]!]))
    },
    state: () => session.state(),
    setState: (values) => session.setState(values),
    close: () => session.close(),
  }
}
