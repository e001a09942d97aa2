/** The layouts of reward model benchmarks: RewardBench 1 and 2, RM-Bench, JudgeBench and LLMBar. */
import {
  checkSameLength,
  defined,
  type Fields,
  isMessages,
  otherFields,
  readId,
  readInteger,
  readObject,
  readString,
  readText,
  wrongForm,
} from '../fields.ts'
import { column, hasAll, type Layout } from '../layout.ts'

const rewardbenchColumns = {
  id: column.optionalString,
  prompt: column.text,
  chosen: column.text,
  chosen_model: column.optionalString,
  rejected: column.text,
  rejected_model: column.optionalString,
  subset: column.string,
}
const { chosen_model: _chosen, rejected_model: _rejected, ...rewardbenchKnown } = rewardbenchColumns

export const rewardbench: Layout<'preference'> = {
  name: 'rewardbench',
  record: 'preference',
  columns: rewardbenchColumns,
  matches: (columns) =>
    hasAll(columns, 'prompt', 'chosen', 'rejected', 'subset') && !columns.has('num_correct'),
  parse(row, where) {
    return {
      id: readId(row, 'id', where),
      prompt: readText(row, 'prompt', where),
      chosen: readText(row, 'chosen', where),
      rejected: readText(row, 'rejected', where),
      category: readString(row, 'subset', where),
      source: 'rewardbench',
      ...defined({ metadata: otherFields(row, rewardbenchKnown) }),
    }
  },
}

const rewardbench2Columns = {
  id: column.string,
  prompt: column.string,
  chosen: column.json,
  rejected: column.json,
  num_correct: column.number,
  num_incorrect: column.optionalNumber,
  total_completions: column.optionalNumber,
  models: column.optionalJson,
  subset: column.string,
  additional_metadata: column.optionalJson,
}

export const rewardbench2: Layout<'ranking'> = {
  name: 'rewardbench2',
  record: 'ranking',
  columns: rewardbench2Columns,
  matches: (columns) => hasAll(columns, 'prompt', 'chosen', 'rejected', 'num_correct', 'subset'),
  /** right completions first, with score 1, then the wrong ones with score 0 */
  parse(row, where) {
    const chosen = readString.list(row, 'chosen', where)
    const rejected = readString.list(row, 'rejected', where)
    const completions = [...chosen, ...rejected]
    const right = readInteger(row, 'num_correct', where)
    if (right !== chosen.length)
      throw wrongForm(where, 'num_correct', right, `${chosen.length}, as "chosen" is long`)
    const total = readInteger.optional(row, 'total_completions', where)
    if (total !== undefined && total !== completions.length) {
      throw wrongForm(where, 'total_completions', total, `${completions.length}, as there are completions`)
    }
    const writers =
      row.models === undefined || row.models === null ? undefined : readString.list(row, 'models', where)
    if (writers !== undefined && writers.length > 0) {
      checkSameLength('models', writers, 'completions', completions.length, where)
    }
    return {
      id: readId(row, 'id', where),
      prompt: readString(row, 'prompt', where),
      completions,
      scores: completions.map((_, index) => (index < right ? 1 : 0)),
      category: readString(row, 'subset', where),
      source: 'rewardbench2',
      ...defined({ writers, metadata: readObject.optional(row, 'additional_metadata', where) }),
    }
  },
}

const rmBenchColumns = {
  id: column.optionalString,
  prompt: column.string,
  chosen: column.json,
  rejected: column.json,
  domain: column.string,
}

/** The three styles of RM-Bench, in the order in which both lists hold them. */
export const rmBenchStyles: readonly string[] = ['concise', 'detailed', 'detailed-markdown']

/** Whether a file is RM-Bench: a pair with a prompt and a domain whose sides are lists, not single texts. */
export function looksLikeRmBench(columns: ReadonlySet<string>, sample?: Fields): boolean {
  if (!hasAll(columns, 'prompt', 'chosen', 'rejected', 'domain')) return false
  const side = sample?.chosen
  // In CSV the list is still its JSON.
  return side === undefined || (typeof side === 'string' ? side.startsWith('[') : !isMessages(side))
}

export const rmBench: Layout<'ranking'> = {
  name: 'rm-bench',
  record: 'ranking',
  columns: rmBenchColumns,
  matches: looksLikeRmBench,
  /** three right completions (score 1) and three wrong ones (score 0), each in the three styles in order */
  parse(row, where) {
    const chosen = readString.list(row, 'chosen', where)
    const rejected = readString.list(row, 'rejected', where)
    checkSameLength('chosen', chosen, 'styles', rmBenchStyles.length, where)
    checkSameLength('rejected', rejected, 'styles', rmBenchStyles.length, where)
    return {
      id: readId(row, 'id', where),
      prompt: readString(row, 'prompt', where),
      completions: [...chosen, ...rejected],
      scores: [1, 1, 1, 0, 0, 0],
      category: readString(row, 'domain', where),
      source: 'rm-bench',
      ...defined({ metadata: otherFields(row, rmBenchColumns) }),
    }
  },
}

const judgebenchColumns = {
  pair_id: column.string,
  original_id: column.optionalString,
  source: column.optionalString,
  question: column.string,
  response_model: column.optionalString,
  response_A: column.string,
  response_B: column.string,
  label: column.string,
}
const { original_id: _id, response_model: _model, ...judgebenchKnown } = judgebenchColumns

export const judgebench: Layout<'preference'> = {
  name: 'judgebench',
  record: 'preference',
  columns: judgebenchColumns,
  matches: (columns) => hasAll(columns, 'question', 'response_A', 'response_B', 'label'),
  /** the label is "A>B" or "B>A" ("A=B": a tie); the source of a question is its category */
  parse(row, where) {
    const first = readString(row, 'response_A', where)
    const second = readString(row, 'response_B', where)
    const label = readString(row, 'label', where)
    if (!['A>B', 'B>A', 'A=B'].includes(label))
      throw wrongForm(where, 'label', label, '"A>B", "B>A" or "A=B"')
    const firstWins = label !== 'B>A'
    return {
      id: readId(row, 'pair_id', where),
      prompt: readString(row, 'question', where),
      chosen: firstWins ? first : second,
      rejected: firstWins ? second : first,
      ...(label === 'A=B' ? { tie: true } : {}),
      ...defined({
        category: readString.optional(row, 'source', where),
        metadata: otherFields(row, judgebenchKnown),
      }),
      source: 'judgebench',
    }
  },
}

const llmbarColumns = {
  input: column.string,
  output_1: column.string,
  output_2: column.string,
  label: column.number,
}

export const llmbar: Layout<'preference'> = {
  name: 'llmbar',
  record: 'preference',
  columns: llmbarColumns,
  matches: (columns) => hasAll(columns, 'input', 'output_1', 'output_2', 'label'),
  /** the label is the number of the better output */
  parse(row, where) {
    const first = readString(row, 'output_1', where)
    const second = readString(row, 'output_2', where)
    const label = readInteger(row, 'label', where)
    if (label !== 1 && label !== 2) throw wrongForm(where, 'label', label, '1 or 2')
    return {
      id: `row-${where.line ?? 1}`,
      prompt: readString(row, 'input', where),
      chosen: label === 1 ? first : second,
      rejected: label === 1 ? second : first,
      source: 'llmbar',
      ...defined({ metadata: otherFields(row, llmbarColumns) }),
    }
  },
}
