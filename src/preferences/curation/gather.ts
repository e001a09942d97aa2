/** The first pass over the pairs: everything that single rows contribute to grouping, and the sample for the voters. */
import { wordsOf } from '../../numerics/word-grams.ts'
import { completionText, promptText } from '../../records/rollout.ts'
import { type AnnotatorAgreement, strongestLabel } from './annotator-agreement.ts'
import { mixedKey, textKey } from './content-key.ts'
import { PairGrams } from './find-near-copies.ts'
import type { Marks } from './marks.ts'
import { MinHash, type MinHashOptions } from './min-hash.ts'
import type { EvaluationGrams } from './ngram-overlap.ts'
import type { ReadPair } from './read-pairs.ts'
import type { Relation, Relations } from './relation.ts'
import type { TrainingSample } from './training-sample.ts'
import { keysOf, PairReading } from './voter-strengths.ts'

export interface Gathered {
  /** two keys of the labelled pair, row */
  readonly copies: Relation
  /** prompt, unordered completions, annotator, row, signed label */
  readonly labels: Relation
  /** prompt, chosen, rejected, row */
  readonly preferences: Relation
  /** band key, labelled pair, row */
  readonly bands: Relation
  /** every column that a row has */
  readonly columns: ReadonlySet<string>
  readonly rows: number
}

export interface GatherOptions {
  readonly relations: Relations
  readonly marks: Marks
  readonly agreement: AnnotatorAgreement
  /** absent where no voters are trained */
  readonly sample: TrainingSample | undefined
  readonly evaluation: EvaluationGrams | undefined
  readonly annotatorOf: (read: ReadPair) => string | undefined
  readonly minHash: MinHashOptions
  readonly gramWords: number
  readonly onRows?: ((rows: number) => void) | undefined
}

/** most column names that are remembered */
const mostColumns = 10_000

/** Whether two sides are one text, as copies are compared. */
export function sameSides(keys: { readonly chosen: number; readonly rejected: number }): boolean {
  return keys.chosen === keys.rejected
}

/** The label as agreement counts it: its strength with the sign of the side that comes first by its key. */
function signedLabel(pair: ReadPair['pair'], firstChosen: boolean): number {
  if (pair.tie === true) return 0
  const graded = Number.isInteger(pair.strength) && pair.strength! >= 1
  const strength = graded ? Math.min(strongestLabel, pair.strength!) : 1
  return firstChosen ? strength : -strength
}

/**
 * Reads all pairs once. Pairs whose sides are the same take no part in grouping, pairs that share a gram with the
 * evaluation data are marked and take no part either: what is dropped anyway is nobody's copy.
 */
export async function gather(
  batches: AsyncIterable<readonly ReadPair[]>,
  options: GatherOptions,
): Promise<Gathered> {
  const { relations, marks, agreement, sample, evaluation } = options
  const copies = await relations.open('copies', 3)
  const labels = await relations.open('labels', 5)
  const preferences = await relations.open('preferences', 4)
  const bands = await relations.open('bands', 3)
  const columns = new Set<string>()
  const grams = new PairGrams(options.gramWords)
  const minHash = new MinHash(options.minHash)
  const reading = new PairReading()
  const three = new Float64Array(3)
  const four = new Float64Array(4)
  const five = new Float64Array(5)
  let row = 0
  for await (const batch of batches) {
    for (const read of batch) {
      const { pair } = read
      for (const name in read.fields) if (columns.size < mostColumns) columns.add(name)
      const keys = keysOf(pair)
      const own = row++
      if (sameSides(keys)) continue
      if (evaluation !== undefined && isContaminated(pair, evaluation)) {
        marks.add(own, 'contaminated')
        continue
      }
      three[0] = keys.labelled
      // A second, independent key: ten million rows do not meet by chance.
      three[1] = mixedKey(keys.unordered, keys.chosen)
      three[2] = own
      copies.append(three)

      five[0] = keys.prompt
      five[1] = keys.unordered
      const annotator = options.annotatorOf(read)
      five[2] = -1
      if (annotator !== undefined) {
        five[2] = textKey(annotator)
        agreement.name(five[2], annotator)
      }
      five[3] = own
      five[4] = signedLabel(pair, keys.chosen < keys.rejected)
      labels.append(five)

      if (pair.tie !== true) {
        four[0] = keys.prompt
        four[1] = keys.chosen
        four[2] = keys.rejected
        four[3] = own
        preferences.append(four)
        sample?.offer(keys.unordered, keys.labelled, keys.prompt, reading.read(pair))
      }

      grams.read(pair)
      const bandKeys = minHash.sign(...grams.sets).bandsOf()
      three[1] = keys.labelled
      three[2] = own
      for (let band = 0; band < bandKeys.length; band++) {
        three[0] = bandKeys[band]!
        bands.append(three)
      }
    }
    options.onRows?.(row)
  }
  return { copies, labels, preferences, bands, columns, rows: row }
}

function isContaminated(
  { prompt, chosen, rejected }: ReadPair['pair'],
  evaluation: EvaluationGrams,
): boolean {
  return [promptText(prompt), completionText(chosen), completionText(rejected)].some(
    (text) => evaluation.sharedWith(wordsOf(text)) !== undefined,
  )
}
