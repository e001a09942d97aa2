/** Scores embeddings with a trained model: one program a batch size, kept open. */

import { graphOf } from '../engine/graph.ts'
import type { Parameters } from '../engine/host-tensor.ts'
import { rowsOf } from '../engine/sessions/fill.ts'
import { openSession } from '../engine/sessions/open-session.ts'
import type { BackEnd, Session, SessionFunction, Table } from '../engine/sessions/session.ts'
import { input, type Tensor } from '../engine/tensor.ts'
import type { Recipe, Settings, UserVectors } from './recipe.ts'

/**
 * Fixed batch sizes: the smallest that holds the rows is filled up with repeats. None is 1: products of a single row run
 * through other code, and a row's reward would then depend in its last bits on who else was scored.
 */
const SIZES = [8, 64, 512] as const

export interface Scorable {
  readonly recipe: Recipe
  readonly parameters: Readonly<Record<string, unknown>>
  readonly weights: Parameters
  readonly settings: Settings
  readonly users?: UserVectors
  readonly width: number
}

export interface ScoreRows {
  readonly completion: Table
  readonly prompt?: Table
  /** one name a row; undefined or unknown names use the unknown user's vector */
  readonly users?: readonly (string | undefined)[]
}

export interface RowScores {
  readonly reward: Float64Array
  readonly parts: Readonly<Record<string, Float64Array>>
}

export interface RowScorer {
  /** names of the parts that every score has */
  readonly parts: readonly string[]
  score(rows: ScoreRows): Promise<RowScores>
  close(): Promise<void>
}

/** Opens a scorer. `worker: true` keeps long batches off the caller's event loop. */
export async function openRowScorer(
  model: Scorable,
  options: { readonly worker?: boolean; readonly backEnd?: BackEnd | 'auto'; readonly threads?: number } = {},
): Promise<RowScorer> {
  const { recipe, weights, users, width } = model
  const functions: Record<string, SessionFunction> = {}
  let partNames: string[] = []
  for (const size of SIZES) {
    const tensors = Object.fromEntries(
      Object.entries(weights).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
    )
    const { reward, parts = {} } = recipe.score(
      tensors,
      {
        completion: input('completion', [size, width]),
        ...(recipe.needs?.prompt && { prompt: input('prompt', [size, width]) }),
        ...(users && { user: input('user', [size, users.width]) }),
      },
      model.parameters as never,
      model.settings,
    )
    partNames = Object.keys(parts)
    const outputs: Record<string, Tensor> = { reward }
    for (const name of partNames) outputs[`part ${name}`] = parts[name]!
    functions[`score ${size}`] = { graph: graphOf(outputs) }
  }
  const session: Session = await openSession({ functions, state: weights }, { worker: false, ...options })
  const vectorOf = new Map(
    users?.names.map((name, row) => [
      name,
      users.vectors.subarray(row * users.width, (row + 1) * users.width),
    ]),
  )
  return {
    parts: partNames,
    async score({ completion, prompt, users: names }) {
      const count = completion.shape[0]!
      const reward = new Float64Array(count)
      const parts = Object.fromEntries(partNames.map((name) => [name, new Float64Array(count)]))
      for (let from = 0; from < count; ) {
        const left = count - from
        const size = SIZES.find((candidate) => candidate >= left) ?? SIZES.at(-1)!
        const own = Math.min(size, left)
        const rows = Int32Array.from({ length: size }, (_, index) => from + Math.min(index, own - 1))
        const user = new Float32Array(size * (users?.width ?? 0))
        if (users !== undefined)
          rows.forEach((row, index) => {
            user.set(vectorOf.get(names?.[row] ?? '') ?? users.unknown, index * users.width)
          })
        const out = await session.run(`score ${size}`, {
          completion: rowsOf(completion, rows, 'completions'),
          ...(prompt && { prompt: rowsOf(prompt, rows, 'prompts') }),
          ...(users && { user: { shape: [size, users.width], dtype: 'float32', values: user } }),
        })
        reward.set(out.reward!.values.subarray(0, own), from)
        for (const name of partNames) parts[name]!.set(out[`part ${name}`]!.values.subarray(0, own), from)
        from += own
      }
      return { reward, parts }
    },
    close: () => session.close(),
  }
}
