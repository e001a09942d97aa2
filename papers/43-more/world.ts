/** Five annotators of one kind of items: the first two share a taste, each of the others has its own on top of it. */
import type { RandomStream } from '../../src/numerics/random.ts'
import { annotator } from '../../src/preferences/testbed/annotator.ts'
import { labelPairs } from '../../src/preferences/testbed/label-pairs.ts'
import { linearTeacher } from '../../src/preferences/testbed/teacher.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'

export const WIDTH = 16
export const SOURCES = ['shared a', 'shared b', 'odd c', 'odd d', 'odd e'] as const

/**
 * Labelled pairs of all sources, one source after another: w_t = w₀ for the first two and w₀ + 1.5·N(0, I) for the
 * others (`identical`: w₀ for all), β = 2 on differences of standard deviation 1, ε = 0.05.
 */
export function drawSources(
  stream: RandomStream,
  part: string,
  perSource: number,
  { identical = false, only = SOURCES.length }: { readonly identical?: boolean; readonly only?: number } = {},
): EncodedPairs {
  const taste = stream.derive('tastes')
  const shared = Float64Array.from({ length: WIDTH }, () => taste.normal())
  const tastes = SOURCES.map((_, source) => {
    const own = taste.derive(`source ${source}`)
    return source < 2 || identical ? shared : shared.map((weight) => weight + 1.5 * own.normal())
  })
  const [chosen, rejected] = [
    new Float64Array(only * perSource * WIDTH),
    new Float64Array(only * perSource * WIDTH),
  ]
  for (let source = 0; source < only; source++) {
    const labelled = labelPairs(
      stream.derive(`${part} ${source}`),
      linearTeacher(tastes[source]!),
      annotator({ rationality: 2, flip: 0.05 }),
      { pairs: perSource, dimensions: WIDTH },
    )
    chosen.set(labelled.chosen, source * perSource * WIDTH)
    rejected.set(labelled.rejected, source * perSource * WIDTH)
  }
  return pairsOfFeatures(chosen, rejected, WIDTH, {
    sources: {
      codes: Int32Array.from({ length: only * perSource }, (_, pair) => Math.floor(pair / perSource)),
      names: SOURCES.slice(0, only),
    },
  })
}
