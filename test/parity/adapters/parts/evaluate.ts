/** An objective on a vector's plain numbers, with its flat gradients in the shape of the inputs. */
import {
  type Evaluated,
  evaluateObjective,
  type Nested,
  type Objective,
} from '../../../../src/objectives/objective.ts'

type Values = Readonly<Record<string, unknown>>

/** JSON's booleans as numbers, lists of any depth. */
const numbers = (value: unknown): Nested =>
  Array.isArray(value) ? value.map(numbers) : typeof value === 'boolean' ? Number(value) : (value as number)

const shaped = (flat: ArrayLike<number>, like: unknown, from = { place: 0 }): unknown =>
  Array.isArray(like) ? like.map((part) => shaped(flat, part, from)) : flat[from.place++]

export interface Evaluation extends Omit<Evaluated, 'gradients'> {
  readonly gradients: Readonly<Record<string, unknown>>
}

/** Inputs that are undefined are left out. */
export async function evaluate(
  // biome-ignore lint/suspicious/noExplicitAny: every objective has its own parameters
  objective: Objective<any>,
  inputs: Values,
  parameters: Values = {},
): Promise<Evaluation> {
  const given = Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, numbers(value)] as const],
    ),
  )
  const { gradients, ...rest } = await evaluateObjective(objective, given, parameters)
  return {
    ...rest,
    gradients: Object.fromEntries(
      Object.entries(gradients).map(([name, flat]) => [name, shaped(flat, given[name])]),
    ),
  }
}

/** Loss and gradients of a loss on pairs, as most vectors hold them. */
export async function evaluatePairs(
  // biome-ignore lint/suspicious/noExplicitAny: every objective has its own parameters
  objective: Objective<any>,
  inputs: Values,
  parameters: Values = {},
): Promise<Record<string, unknown>> {
  const { loss, gradients } = await evaluate(objective, inputs, parameters)
  return { loss, gradChosen: gradients.chosen, gradRejected: gradients.rejected }
}
