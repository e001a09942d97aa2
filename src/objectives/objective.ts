/**
 * Objectives: losses as pure functions of tensors, with named inputs, parameters and a paper. The same function is
 * traced into a training program and evaluated on plain numbers in double precision.
 */
import type { z } from 'zod'
import { compile, type Specification } from '../engine/compile.ts'
import { gradients } from '../engine/gradient.ts'
import { type HostTensor, hostTensor } from '../engine/host-tensor.ts'
import type { Dtype } from '../engine/node.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { BackEnd } from '../engine/sessions/session.ts'
import type { Tensor } from '../engine/tensor.ts'
import { type PaperReference, type ParameterSchema, parseParameters } from '../kinds/method.ts'
import { GuerdonError } from '../records/error.ts'
import { checkAgreement } from './agreeing-shapes.ts'

export interface ObjectiveInput {
  /** what it is, with its axes: `rewards of the chosen completions, [pairs]` */
  readonly description: string
  /** labels, masks and lengths have no gradient */
  readonly differentiable: boolean
  readonly optional?: boolean
  readonly dtype?: Dtype
}

export interface ObjectiveResult {
  /** the scalar to minimise */
  readonly loss: Tensor
  /** the loss of each pair, list or row before reduction, where there is one */
  readonly perRow?: Tensor
  /** further results that authors report, for example probabilities */
  readonly parts?: TensorTree
}

export interface ObjectiveDescription<P extends ParameterSchema> {
  readonly name: string
  /** one sentence: what it is and when to use it */
  readonly summary: string
  readonly paper?: PaperReference
  readonly formula: string
  readonly parameters: P
  readonly inputs: Readonly<Record<string, ObjectiveInput>>
  /** other words people search for, for example a trainer's name for it */
  readonly aliases?: readonly string[]
  /** the trainer's flag or column that gives the same loss, by trainer */
  readonly elsewhere?: Readonly<Record<string, string>>
  compute(inputs: TensorTree, parameters: z.output<P>): ObjectiveResult
  /**
   * What a program of tensors cannot refuse, because it depends on values: a label outside its range, a batch without
   * any label. Runs before evaluation on plain numbers; whoever trains runs it once over the data.
   *
   * @throws GuerdonError ARGUMENT_INVALID
   */
  check?(inputs: Readonly<Record<string, HostTensor>>, parameters: z.output<P>): void
}

export interface Objective<P extends ParameterSchema = ParameterSchema> extends ObjectiveDescription<P> {
  readonly kind: 'objective'
  /** The loss in tensors, with parameters checked and defaults filled in. */
  (inputs: TensorTree, parameters?: z.input<P>): ObjectiveResult
}

/** Makes an objective: callable inside a training program, described for everyone else. */
export function defineObjective<P extends ParameterSchema>(
  description: ObjectiveDescription<P>,
): Objective<P> {
  const call = (inputs: TensorTree, parameters: Record<string, unknown> = {}): ObjectiveResult => {
    for (const [name, { optional }] of Object.entries(description.inputs)) {
      if (inputs[name] === undefined && optional !== true)
        throw new GuerdonError('ARGUMENT_INVALID', `${description.name} needs "${name}"`, {
          expected: description.inputs[name]!.description,
        })
    }
    checkAgreement(description.name, description.inputs, inputs)
    return description.compute(inputs, parseParameters(description, parameters))
  }
  const { name, ...rest } = description
  const objective = Object.assign(call, rest, { kind: 'objective' as const })
  Object.defineProperty(objective, 'name', { value: name, enumerable: true })
  return objective as unknown as Objective<P>
}

export interface Evaluated {
  readonly loss: number
  readonly perRow?: Float64Array
  readonly parts: Readonly<Record<string, Float64Array>>
  /** ∂loss/∂input for every differentiable input, flat, row-major */
  readonly gradients: Readonly<Record<string, Float64Array>>
}

/** A plain array of any depth, with its shape. */
export type Nested = number | readonly Nested[]

function flattened(values: Nested): { readonly shape: readonly number[]; readonly flat: number[] } {
  const shape: number[] = []
  for (let level: Nested | undefined = values; Array.isArray(level); level = level[0])
    shape.push(level.length)
  return { shape, flat: ([values] as unknown[]).flat(Infinity) as number[] }
}

/**
 * An objective's value, parts and gradients on plain numbers, in double precision.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a missing input, shapes that do not fit, numbers that are not finite or that
 *   the objective refuses; PARAMETER_INVALID
 */
export async function evaluateObjective<P extends ParameterSchema>(
  objective: Objective<P>,
  values: Readonly<Record<string, Nested>>,
  parameters?: z.input<P>,
  options: { readonly backEnd?: BackEnd | 'auto' } = {},
): Promise<Evaluated> {
  const specifications: Record<string, Specification> = {}
  const given: Record<string, HostTensor> = {}
  for (const [name, nested] of Object.entries(values)) {
    const declared = objective.inputs[name]
    if (declared === undefined)
      throw new GuerdonError('ARGUMENT_INVALID', `${objective.name} has no input "${name}"`, {
        expected: Object.keys(objective.inputs).join(', '),
      })
    const { shape, flat } = flattened(nested)
    // A missing entry would become 0 in a typed array, and NaN a loss without a number.
    const odd = flat.findIndex((value) => !Number.isFinite(value))
    if (odd >= 0)
      throw new GuerdonError('ARGUMENT_INVALID', `"${name}" holds something that is no finite number`, {
        found: flat[odd] === undefined || flat[odd] === null ? 'nothing' : String(flat[odd]),
      })
    const dtype = declared.dtype ?? 'float64'
    specifications[name] = { shape, dtype }
    given[name] = hostTensor(flat, shape, dtype)
  }
  objective.check?.(given, parseParameters(objective, parameters ?? {}))
  const free = Object.keys(values).filter((name) => objective.inputs[name]!.differentiable)
  const program = await compile(
    specifications,
    (inputs) => {
      const { loss, perRow, parts = {} } = objective(inputs, parameters)
      const found = gradients(
        loss,
        free.map((name) => inputs[name]!),
      )
      return {
        loss,
        ...(perRow && { 'per row': perRow }),
        ...Object.fromEntries(
          Object.entries(parts).map(([name, part]) => [`part ${name}`, part.cast('float64')]),
        ),
        ...Object.fromEntries(free.map((name, index) => [`gradient ${name}`, found[index]!])),
      } as Record<string, Tensor>
    },
    options,
  )
  try {
    const results = await program.run(given)
    const named = (prefix: string): Record<string, Float64Array> =>
      Object.fromEntries(
        Object.entries(results).flatMap(([name, { values: own }]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), Float64Array.from(own)]] : [],
        ),
      )
    const rows = results['per row']
    return {
      loss: Number(results.loss!.values[0]),
      ...(rows && { perRow: Float64Array.from(rows.values) }),
      parts: named('part '),
      gradients: named('gradient '),
    }
  } finally {
    await program.close()
  }
}
