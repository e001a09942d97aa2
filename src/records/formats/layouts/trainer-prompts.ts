/** The prompts that trainers read: verl's rows and OpenRLHF's input and label. */
import { promptDigest } from '../../rollout.ts'
import {
  defined,
  missing,
  otherFields,
  readId,
  readObject,
  readReference,
  readString,
  readText,
} from '../fields.ts'
import { column, hasAll, type Layout } from '../layout.ts'

const verlColumns = {
  id: column.optionalString,
  data_source: column.optionalString,
  prompt: column.text,
  ability: column.optionalString,
  reward_model: column.json,
  extra_info: column.optionalJson,
}
const { extra_info: _extra, ...verlKnown } = verlColumns

export const verl: Layout<'prompt'> = {
  name: 'verl',
  record: 'prompt',
  columns: verlColumns,
  matches: (columns) => hasAll(columns, 'prompt', 'reward_model') && !columns.has('completion'),
  /** the reference is `reward_model.ground_truth`, the category the ability */
  parse(row, where) {
    const prompt = readText(row, 'prompt', where)
    const rewardModel = readObject(row, 'reward_model', where)
    if (rewardModel.ground_truth === undefined) {
      throw missing(where, 'reward_model.ground_truth', rewardModel, 'the answer to verify against')
    }
    return {
      id: row.id === undefined || row.id === null ? promptDigest(prompt) : readId(row, 'id', where),
      prompt,
      source: readString.optional(row, 'data_source', where) ?? 'verl',
      ...defined({
        reference: readReference(rewardModel, 'ground_truth', where),
        category: readString.optional(row, 'ability', where),
        metadata: otherFields(row, verlKnown),
      }),
    }
  },
}

const openrlhfColumns = {
  input: column.text,
  label: column.optionalReference,
}

export const openrlhfPrompts: Layout<'prompt'> = {
  name: 'openrlhf-prompts',
  record: 'prompt',
  columns: openrlhfColumns,
  matches: (columns) => columns.has('input') && !columns.has('output_1') && !columns.has('prompt'),
  /** other keys than `input` and `label` are mapped: --map input=question */
  parse(row, where) {
    const prompt = readText(row, 'input', where)
    return {
      id: promptDigest(prompt),
      prompt,
      source: 'openrlhf-prompts',
      ...defined({
        reference: readReference(row, 'label', where),
        metadata: otherFields(row, openrlhfColumns),
      }),
    }
  },
}
