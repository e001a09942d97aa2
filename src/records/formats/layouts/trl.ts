/** The layouts of TRL's trainers: preference pairs, unpaired (KTO), stepwise (PRM) and prompts alone. */
import type { ErrorPlace } from '../../error.ts'
import { promptDigest } from '../../rollout.ts'
import {
  checkSameLength,
  defined,
  type Fields,
  otherFields,
  readBoolean,
  readId,
  readNumber,
  readReference,
  readString,
  readText,
  textForm,
  wrongForm,
} from '../fields.ts'
import { column, hasAll, hasAny, type Layout } from '../layout.ts'
import { looksLikeTranscript } from './hh-rlhf.ts'
import { splitImplicitPrompt } from './implicit-prompt.ts'
import { looksLikeRmBench } from './reward-benchmarks.ts'

const preferenceColumns = {
  id: column.optionalString,
  prompt: column.optionalText,
  chosen: column.text,
  rejected: column.text,
  margin: column.optionalNumber,
  tie: column.optionalBoolean,
  score_chosen: column.optionalNumber,
  score_rejected: column.optionalNumber,
  category: column.optionalString,
  user: column.optionalString,
  source: column.optionalString,
}

export function scoresOf(
  row: Fields,
  where: ErrorPlace,
): { readonly chosen: number; readonly rejected: number } | undefined {
  const chosen = readNumber.optional(row, 'score_chosen', where)
  const rejected = readNumber.optional(row, 'score_rejected', where)
  return chosen === undefined || rejected === undefined ? undefined : { chosen, rejected }
}

export const trlPreference: Layout<'preference'> = {
  name: 'trl-preference',
  record: 'preference',
  columns: preferenceColumns,
  // Many sets have chosen and rejected; what they have besides says that another layout reads more of them.
  matches: (columns, sample) =>
    hasAll(columns, 'chosen', 'rejected') &&
    !hasAny(columns, 'num_correct', 'chosen_model', 'subset', 'prompt_id') &&
    !looksLikeRmBench(columns, sample) &&
    !(!columns.has('prompt') && looksLikeTranscript(sample?.chosen)),
  parse(row, where) {
    const chosen = readText(row, 'chosen', where)
    const rejected = readText(row, 'rejected', where)
    const prompt = readText.optional(row, 'prompt', where)
    const pair = prompt === undefined ? splitImplicitPrompt(chosen, rejected) : { prompt, chosen, rejected }
    if (pair === undefined) throw wrongForm(where, 'rejected', rejected, 'the same form as "chosen"')
    const strength = readNumber.optional(row, 'margin', where)
    if (strength !== undefined && strength < 0) throw wrongForm(where, 'margin', strength, 'a number from 0')
    return {
      id: readId(row, 'id', where),
      ...pair,
      ...defined({
        strength,
        tie: readBoolean.optional(row, 'tie', where),
        scores: scoresOf(row, where),
        category: readString.optional(row, 'category', where),
        user: readString.optional(row, 'user', where),
        metadata: otherFields(row, preferenceColumns),
      }),
      source: readString.optional(row, 'source', where) ?? 'trl-preference',
    }
  },
}

const unpairedColumns = {
  id: column.optionalString,
  prompt: column.text,
  completion: column.text,
  label: column.boolean,
}

export const trlUnpaired: Layout<'rating'> = {
  name: 'trl-unpaired',
  record: 'rating',
  columns: unpairedColumns,
  matches: (columns) => hasAll(columns, 'prompt', 'completion', 'label') && !columns.has('group'),
  /** `ratings.label` is 1 for a desirable completion and 0 for an undesirable one */
  parse(row, where) {
    return {
      id: readId(row, 'id', where),
      prompt: readText(row, 'prompt', where),
      completion: readText(row, 'completion', where),
      ratings: { label: readBoolean(row, 'label', where) ? 1 : 0 },
      source: 'trl-unpaired',
      ...defined({ metadata: otherFields(row, unpairedColumns) }),
    }
  },
}

const stepwiseColumns = {
  id: column.optionalString,
  prompt: column.text,
  completions: column.json,
  labels: column.json,
}

export const trlStepwise: Layout<'stepwise'> = {
  name: 'trl-stepwise',
  record: 'stepwise',
  columns: stepwiseColumns,
  matches: (columns) => hasAll(columns, 'prompt', 'completions', 'labels'),
  /** true becomes 1, false -1 */
  parse(row, where) {
    const steps = readString.list(row, 'completions', where)
    const labels = readBoolean.list(row, 'labels', where)
    checkSameLength('labels', labels, 'completions', steps.length, where)
    return {
      id: readId(row, 'id', where),
      prompt: readText(row, 'prompt', where),
      steps,
      labels: labels.map((right) => (right ? 1 : -1)),
      source: 'trl-stepwise',
      ...defined({ metadata: otherFields(row, stepwiseColumns) }),
    }
  },
}

const promptColumns = {
  id: column.optionalString,
  prompt: column.text,
  reference: column.optionalReference,
  category: column.optionalString,
}

export const trlPromptOnly: Layout<'prompt'> = {
  name: 'trl-prompt-only',
  record: 'prompt',
  columns: promptColumns,
  matches: (columns) => columns.has('prompt'),
  parse(row, where) {
    const prompt = readText(row, 'prompt', where)
    if (prompt.length === 0) {
      throw wrongForm(where, 'prompt', prompt, `${textForm}, not empty`)
    }
    return {
      id: row.id === undefined || row.id === null ? promptDigest(prompt) : readId(row, 'id', where),
      prompt,
      source: 'trl-prompt-only',
      ...defined({
        reference: readReference(row, 'reference', where),
        category: readString.optional(row, 'category', where),
        metadata: otherFields(row, promptColumns),
      }),
    }
  },
}
