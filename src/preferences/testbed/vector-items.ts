/** Items that are random vectors, with a length, an attribute of form and a style that carry no utility. */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'

export interface Items {
  readonly count: number
  /** of one item, columns for what shows of length and form included */
  readonly dimensions: number
  /** count × dimensions, row-major */
  readonly features: Float64Array
  /** in standard deviations of length, mean 0; `itemLengths` turns it into tokens */
  readonly length: Float64Array
  /** 0 or 1 */
  readonly attribute: Uint8Array
  /** 0 … styles − 1 */
  readonly style: Uint8Array
}

export interface VectorItemOptions {
  /** columns drawn N(0, 1), 16 unless told */
  readonly dimensions?: number
  /** a further column that shows the length, so that a model can learn from it; absent: no */
  readonly showLength?: boolean
  /** a further column that shows the attribute; absent: no */
  readonly showAttribute?: boolean
  /** share of items with the attribute, ½ unless told */
  readonly attributeShare?: number
  /** styles, each equally likely; 3 unless told */
  readonly styles?: number
  /** a further column a style, 1 for the item's own */
  readonly showStyle?: boolean
  /** numbers of the prompt, appended to every item's features: k a prompt, row-major, and which prompt is whose */
  readonly context?: { readonly of: Int32Array; readonly values: Float64Array; readonly dimensions: number }
}

/** How many columns an item has, and where each part begins; a part that is not shown has no columns. */
export function itemColumns(
  options: Omit<VectorItemOptions, 'context'> = {},
  contextColumns = 0,
): {
  readonly drawn: number
  readonly length: number | undefined
  readonly attribute: number | undefined
  readonly style: number | undefined
  readonly context: number | undefined
  readonly total: number
} {
  const drawn = options.dimensions ?? 16
  const styles = options.styles ?? 3
  let total = drawn
  const take = (shown: boolean | undefined, columns: number): number | undefined => {
    if (shown !== true) return undefined
    total += columns
    return total - columns
  }
  const length = take(options.showLength, 1)
  const attribute = take(options.showAttribute, 1)
  const style = take(options.showStyle, styles)
  const context = take(contextColumns > 0, contextColumns)
  return { drawn, length, attribute, style, context, total }
}

/**
 * Items x ~ N(0, I), with an independent length ~ N(0, 1), an attribute and a style. A row's columns are: what was
 * drawn, the length, the attribute, the style (one column each) and the prompt's context, as far as they are shown.
 * Source: paper 00-preference-testbed.
 * @throws GuerdonError ARGUMENT_INVALID for sizes that are no whole numbers or more than 256 styles
 *
 * @example vectorItems(new RandomStream(1), 3, { dimensions: 2 }).features.length // 6
 */
export function vectorItems(stream: RandomStream, count: number, options: VectorItemOptions = {}): Items {
  const columns = itemColumns(options, options.context?.dimensions)
  const styles = options.styles ?? 3
  if (![count, columns.drawn, styles].every(Number.isInteger) || count < 0 || columns.drawn < 1) {
    throw new GuerdonError('ARGUMENT_INVALID', 'items cannot have this size', {
      expected: 'a number of items, at least one dimension, and whole numbers',
      found: { count, dimensions: columns.drawn, styles },
    })
  }
  if (styles < 1 || styles > 256) {
    throw new GuerdonError('ARGUMENT_INVALID', `${styles} styles`, { expected: '1 to 256' })
  }
  const dimensions = columns.total
  const features = new Float64Array(count * dimensions)
  const length = new Float64Array(count)
  const attribute = new Uint8Array(count)
  const style = new Uint8Array(count)
  const vectors = stream.derive('features')
  const forms = stream.derive('form')
  const share = options.attributeShare ?? 0.5
  for (let item = 0; item < count; item++) {
    const at = item * dimensions
    for (let column = 0; column < columns.drawn; column++) features[at + column] = vectors.normal()
    length[item] = forms.normal()
    attribute[item] = forms.uniform() < share ? 1 : 0
    style[item] = forms.below(styles)
    if (columns.length !== undefined) features[at + columns.length] = length[item]!
    if (columns.attribute !== undefined) features[at + columns.attribute] = attribute[item]!
    if (columns.style !== undefined) features[at + columns.style + style[item]!] = 1
    if (columns.context !== undefined && options.context !== undefined) {
      const { of, values, dimensions: width } = options.context
      const from = of[item]! * width
      for (let column = 0; column < width; column++)
        features[at + columns.context + column] = values[from + column]!
    }
  }
  return { count, dimensions, features, length, attribute, style }
}

/**
 * Lengths in tokens: max(1, round(mean + deviation·length)).
 *
 * @example itemLengths(Float64Array.of(-9, 0, 1), 120, 30) // [1, 120, 150]
 */
export function itemLengths(length: Float64Array, mean: number, deviation: number): Int32Array {
  return Int32Array.from(length, (value) => Math.max(1, Math.round(mean + deviation * value)))
}
