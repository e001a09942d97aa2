/** Pairs of items of one prompt with their true utilities, before anybody has compared them. */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import type { Teacher } from './teacher.ts'
import { type Items, itemColumns, type VectorItemOptions, vectorItems } from './vector-items.ts'

export interface ItemPairs {
  readonly count: number
  readonly dimensions: number
  readonly a: Items
  readonly b: Items
  readonly utilityA: Float64Array
  readonly utilityB: Float64Array
  /** 0 … prompts − 1; splits are made by it */
  readonly prompt: Int32Array
}

export interface PairOptions extends Omit<VectorItemOptions, 'context'> {
  readonly pairs: number
  /** prompts that share the pairs evenly; as many as pairs unless told */
  readonly prompts?: number
  /** numbers of a prompt's context, drawn N(0, 1) and appended to both items; 0 unless told */
  readonly context?: number
  /** where the items come from instead of N(0, I): the current policy, for instance */
  readonly items?: (stream: RandomStream, count: number, prompt: Int32Array) => Items
}

/** Columns of one item under these options: what a teacher and a model must expect. */
export function columnsOf(options: Omit<PairOptions, 'pairs' | 'prompts' | 'items'>): number {
  const { context = 0, ...items } = options
  return itemColumns(items, context).total
}

/**
 * Pairs drawn uniformly at random: both items of a pair belong to one prompt and share its context.
 * Source: paper 00-preference-testbed.
 * @throws GuerdonError ARGUMENT_INVALID when the teacher expects another number of columns
 *
 * @example drawPairs(new RandomStream(1), linearTeacher(Float64Array.of(1, 1)), { pairs: 5, dimensions: 2 }).count // 5
 */
export function drawPairs(stream: RandomStream, teacher: Teacher, options: PairOptions): ItemPairs {
  const { pairs, prompts = pairs, context = 0 } = options
  if (!(Number.isInteger(pairs) && pairs >= 0 && prompts >= Math.min(1, pairs) && context >= 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'pairs cannot be drawn', {
      expected: 'a whole number of pairs, at least one prompt and no negative context',
      found: { pairs, prompts, context },
    })
  }
  const prompt = new Int32Array(pairs)
  for (let pair = 0; pair < pairs; pair++) prompt[pair] = Math.floor((pair * prompts) / pairs)
  const contexts = new Float64Array(prompts * context)
  const drawn = stream.derive('contexts')
  for (let entry = 0; entry < contexts.length; entry++) contexts[entry] = drawn.normal()
  const { context: _, items: _items, pairs: _pairs, prompts: _prompts, ...itemOptions } = options
  const side = (name: string): Items => {
    const own = stream.derive(name)
    if (options.items !== undefined) return options.items(own, pairs, prompt)
    if (context === 0) return vectorItems(own, pairs, itemOptions)
    const shared = { of: prompt, values: contexts, dimensions: context }
    return vectorItems(own, pairs, { ...itemOptions, context: shared })
  }
  const a = side('items a')
  const b = side('items b')
  if (a.dimensions !== teacher.dimensions || b.dimensions !== teacher.dimensions) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the teacher expects items of another width', {
      expected: `${teacher.dimensions} columns`,
      found: a.dimensions,
      hint: 'columnsOf(options) tells how many columns the options give',
    })
  }
  return {
    count: pairs,
    dimensions: a.dimensions,
    a,
    b,
    utilityA: teacher.utility(a.features, pairs),
    utilityB: teacher.utility(b.features, pairs),
    prompt,
  }
}

function pickItems(items: Items, rows: Int32Array): Items {
  const features = new Float64Array(rows.length * items.dimensions)
  const length = new Float64Array(rows.length)
  const attribute = new Uint8Array(rows.length)
  const style = new Uint8Array(rows.length)
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!
    const from = row * items.dimensions
    features.set(items.features.subarray(from, from + items.dimensions), at * items.dimensions)
    length[at] = items.length[row]!
    attribute[at] = items.attribute[row]!
    style[at] = items.style[row]!
  }
  return { count: rows.length, dimensions: items.dimensions, features, length, attribute, style }
}

/** The pairs with these numbers, in this order. */
export function pickPairs(pairs: ItemPairs, rows: Int32Array): ItemPairs {
  const pick = <T extends Float64Array | Int32Array>(values: T, into: T): T => {
    for (let at = 0; at < rows.length; at++) into[at] = values[rows[at]!]!
    return into
  }
  return {
    count: rows.length,
    dimensions: pairs.dimensions,
    a: pickItems(pairs.a, rows),
    b: pickItems(pairs.b, rows),
    utilityA: pick(pairs.utilityA, new Float64Array(rows.length)),
    utilityB: pick(pairs.utilityB, new Float64Array(rows.length)),
    prompt: pick(pairs.prompt, new Int32Array(rows.length)),
  }
}
