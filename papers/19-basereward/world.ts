/**
 * Two worlds behind a frozen random encoder. In `grounding` a reply's claims count as far as the prompt's image
 * supports them, a product of two modalities, and its quality counts by itself; in `teacher` the utility is a tanh
 * network of the reply's columns.
 */

import { RandomStream } from '../../src/numerics/random.ts'
import { sigmoid } from '../../src/numerics/sigmoid.ts'
import { annotator } from '../../src/preferences/testbed/annotator.ts'
import { labelPairs } from '../../src/preferences/testbed/label-pairs.ts'
import { tanhTeacher } from '../../src/preferences/testbed/teacher.ts'
import type { EncodedPairs } from '../../src/reward-models/encoded-pairs.ts'
import { pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'

const EACH = 6
const COLUMNS = 3 * EACH
const FLIPS = 0.05

/** Which pairs are drawn: both terms vary, the image with equal quality, or text without an image. */
export type Slice = 'all' | 'grounding' | 'text'

export interface GroundingWorld {
  readonly draw: (name: string, slice: Slice, count: number, clean: boolean) => EncodedPairs
}

/** x → tanh(1.2·Px), P with entries N(0, 1/columns), rows of `columns` to rows of `width`. */
function frozenEncoder(stream: RandomStream, columns: number, width: number) {
  const projection = Float64Array.from(
    { length: width * columns },
    () => (1.2 * stream.normal()) / Math.sqrt(columns),
  )
  return (x: Float64Array): Float64Array => {
    const rows = x.length / columns
    const encoded = new Float64Array(rows * width)
    for (let row = 0; row < rows; row++)
      for (let unit = 0; unit < width; unit++) {
        let sum = 0
        for (let column = 0; column < columns; column++)
          sum += projection[unit * columns + column]! * x[row * columns + column]!
        encoded[row * width + unit] = Math.tanh(sum)
      }
    return encoded
  }
}

export interface GroundingOptions {
  /** false: the claims do not count, so the utility is linear in quality */
  readonly interaction: boolean
  /** true: training pairs show the image of another pair */
  readonly swapImages?: boolean
}

export function groundingWorld(
  seed: number,
  { interaction, swapImages = false }: GroundingOptions,
): GroundingWorld {
  const source = new RandomStream(seed).derive('grounding world')
  const weights = Float64Array.from({ length: EACH }, source.normal.bind(source))
  const encode = frozenEncoder(source.derive('encoder'), COLUMNS, 48)
  const utility = (x: Float64Array, at: number): number => {
    let sum = 0
    for (let k = 0; k < EACH; k++) {
      if (interaction) sum += x[at + k]! * x[at + EACH + k]!
      sum += 0.8 * weights[k]! * x[at + 2 * EACH + k]!
    }
    return sum
  }
  return {
    draw(name, slice, count, clean) {
      const stream = source.derive(`${name} ${slice}`)
      const labels = stream.derive('labels')
      const sides = [new Float64Array(count * COLUMNS), new Float64Array(count * COLUMNS)] as const
      for (let row = 0; row < count; row++) {
        const at = row * COLUMNS
        const [a, b] = sides
        for (let k = 0; k < EACH; k++) {
          a[at + k] = b[at + k] = slice === 'text' ? 0 : stream.normal()
          a[at + EACH + k] = stream.normal()
          b[at + EACH + k] = stream.normal()
          a[at + 2 * EACH + k] = stream.normal()
          b[at + 2 * EACH + k] = slice === 'grounding' ? a[at + 2 * EACH + k]! : stream.normal()
        }
        const difference = utility(a, at) - utility(b, at)
        const flip = labels.uniform() < FLIPS
        const prefersA = clean ? difference > 0 : labels.uniform() < sigmoid((3 * difference) / 2.5) !== flip
        if (prefersA) continue
        for (let column = at; column < at + COLUMNS; column++) {
          const kept = a[column]!
          a[column] = b[column]!
          b[column] = kept
        }
      }
      if (swapImages && !clean) {
        const from = stream.shuffle(Array.from({ length: count }, (_, row) => row))
        const images = Float64Array.from(
          { length: count * EACH },
          (_, index) => sides[0][Math.floor(index / EACH) * COLUMNS + (index % EACH)]!,
        )
        for (const side of sides)
          for (let row = 0; row < count; row++)
            side.set(images.subarray(from[row]! * EACH, (from[row]! + 1) * EACH), row * COLUMNS)
      }
      const words = stream.derive('lengths')
      const lengths = (): Float64Array =>
        Float64Array.from({ length: count }, () =>
          Math.max(1, Math.round(Math.exp(5 + 0.6 * words.normal()))),
        )
      return pairsOfFeatures(encode(sides[0]), encode(sides[1]), 48, {
        chosenLength: lengths(),
        rejectedLength: lengths(),
        sources: { codes: new Int32Array(count), names: [slice] },
      })
    },
  }
}

/** The world that was tried first: a tanh teacher of 24 units on 16 columns, behind an encoder 32 wide. */
export function teacherWorld(seed: number, count: number, testCount: number) {
  const stream = new RandomStream(seed).derive('teacher world')
  const teacher = tanhTeacher(stream, { dimensions: 16, units: 24 })
  const encode = frozenEncoder(stream.derive('encoder'), 16, 32)
  const encoded = (name: string, pairs: number, who: ReturnType<typeof annotator>): EncodedPairs => {
    const labelled = labelPairs(stream.derive(name), teacher, who, { pairs, dimensions: 16 })
    return pairsOfFeatures(encode(labelled.chosen), encode(labelled.rejected), 32)
  }
  return {
    train: encoded('train', count, annotator({ rationality: 3, flip: FLIPS })),
    test: encoded('test', testCount, annotator({ rationality: Number.POSITIVE_INFINITY, flip: 0 })),
  }
}
