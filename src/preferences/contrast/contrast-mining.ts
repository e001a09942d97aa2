/**
 * Contrast instructions: for each instruction the most similar other one inside a window of cosines, close enough to
 * look alike and far enough to mean something else. Source: paper 32.
 */
import { normaliseRows } from '../../inference/pool-tokens.ts'
import { GuerdonError } from '../../records/error.ts'

export interface ContrastPartners {
  /** index of each instruction's partner; −1 where none lies in the window */
  readonly partner: Int32Array
  /** their cosine; NaN without a partner */
  readonly cosine: Float64Array
}

/**
 * The partner of each instruction: highest cosine in [low, high], the lower index of equal ones.
 *
 * @param embeddings n × width, row-major; cost n²·width
 * @param texts with them, equal texts are never partners, whatever their embeddings
 * @throws GuerdonError ARGUMENT_INVALID for an empty window
 */
export function contrastPartners(
  embeddings: ArrayLike<number>,
  width: number,
  { low = 0.75, high = 0.9, texts }: { low?: number; high?: number; texts?: readonly string[] } = {},
): ContrastPartners {
  if (!(low <= high))
    throw new GuerdonError('ARGUMENT_INVALID', `is no window of cosines`, {
      found: [low, high],
      expected: 'the lower bound first',
    })
  const n = embeddings.length / width
  const unit = Float64Array.from(embeddings)
  normaliseRows(unit, width)
  const partner = new Int32Array(n).fill(-1)
  const cosine = new Float64Array(n).fill(Number.NaN)
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++) {
      if (a === b || (texts !== undefined && texts[a] === texts[b])) continue
      let sum = 0
      for (let column = 0; column < width; column++)
        sum += unit[a * width + column]! * unit[b * width + column]!
      if (sum < low || sum > high || sum <= (partner[a] === -1 ? Number.NEGATIVE_INFINITY : cosine[a]!))
        continue
      partner[a] = b
      cosine[a] = sum
    }
  return { partner, cosine }
}
