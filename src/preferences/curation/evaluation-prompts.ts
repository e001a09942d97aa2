/** The prompts of evaluation files, in any layout: what training data must not contain. */
import { GuerdonError } from '../../records/error.ts'
import { readRecords } from '../../records/formats/read-records.ts'
import { completionText, type Text } from '../../records/rollout.ts'
import { EvaluationGrams } from './ngram-overlap.ts'

/** The first turn of a user; the whole prompt where it has no turns. */
function firstTurn(prompt: Text): string {
  if (typeof prompt === 'string') return prompt
  const asked = prompt.find(({ role }) => role === 'user')
  return asked === undefined ? '' : completionText([asked])
}

/**
 * The word n-grams of the first-turn prompts of evaluation files.
 *
 * @throws GuerdonError as `readRecords`, and DATA_EMPTY when no prompt has n words
 */
export async function evaluationGrams(files: readonly string[], n: number): Promise<EvaluationGrams> {
  const prompts: string[] = []
  for (const file of files) {
    for await (const records of readRecords(file)) {
      for (const record of records) prompts.push(firstTurn(record.prompt))
    }
  }
  const grams = new EvaluationGrams(prompts, n)
  if (grams.size > 0) return grams
  throw new GuerdonError('DATA_EMPTY', `no prompt of the evaluation data has ${n} words`, {
    where: { file: files.join(', ') },
    hint: 'Shorter runs are compared with --ngram',
  })
}
