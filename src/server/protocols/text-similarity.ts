/** The text similarities that OpenAI graders name and that can be computed here, each in [0, 1]. */
import { GuerdonError } from '../../records/error.ts'
import { rougeL, rougeTokens } from '../../signals/text/rouge-l.ts'
import { sentenceBleu } from '../../signals/text/sentence-bleu.ts'
import { editSimilarity } from '../../signals/verifiers/fuzzy-match.ts'

export const SIMILARITY_METRICS = [
  'fuzzy_match',
  'bleu',
  'rouge_1',
  'rouge_2',
  'rouge_3',
  'rouge_4',
  'rouge_5',
  'rouge_l',
] as const
export type SimilarityMetric = (typeof SIMILARITY_METRICS)[number]

/** Edit distance is quadratic in the length, the others nearly linear. Characters. */
const longest = { fuzzy_match: 20_000, other: 200_000 }

/**
 * How alike two texts are: one minus the edit distance over the longer length (fuzzy_match), sacrebleu's sentence BLEU
 * with exponential smoothing over 100 (bleu), F-measure of shared n-grams of words (rouge_1 to rouge_5) or of the
 * longest common subsequence (rouge_l).
 * @throws GuerdonError DATA_FIELD_INVALID for texts that are too long to compare
 *
 * @example textSimilarity('rouge_1', 'the cat', 'the dog') // 0.5
 */
export function textSimilarity(metric: SimilarityMetric, text: string, reference: string): number {
  const limit = metric === 'fuzzy_match' ? longest.fuzzy_match : longest.other
  const length = Math.max(text.length, reference.length)
  if (length > limit) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'a text is too long to compare', {
      where: { field: 'grader.evaluation_metric' },
      found: `${length} characters`,
      expected: `at most ${limit} characters for ${metric}`,
    })
  }
  if (metric === 'fuzzy_match') return editSimilarity(text, reference)
  if (metric === 'bleu') return sentenceBleu(text, [reference], { variant: 'sacrebleu' }).score / 100
  if (metric === 'rouge_l') return rougeL(text, [reference])
  return rougeN(text, reference, Number(metric.slice('rouge_'.length)))
}

/** F = 2PR/(P + R) of the n-grams of words, each counted as often as both texts have it; 0 when none is shared. */
function rougeN(text: string, reference: string, order: number): number {
  const counts = ngrams(reference, order)
  let inText = 0
  let shared = 0
  let inReference = 0
  for (const count of counts.values()) inReference += count
  for (const [ngram, count] of ngrams(text, order)) {
    inText += count
    shared += Math.min(count, counts.get(ngram) ?? 0)
  }
  return shared === 0 ? 0 : (2 * shared) / (inText + inReference)
}

function ngrams(text: string, order: number): Map<string, number> {
  const words = rougeTokens(text)
  const counts = new Map<string, number>()
  for (let start = 0; start + order <= words.length; start++) {
    const ngram = words.slice(start, start + order).join(' ')
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1)
  }
  return counts
}
