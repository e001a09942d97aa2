/** Several completions of one prompt in one row: Guerdon's listwise layout and NeMo's preference layout. */
import {
  checkSameLength,
  defined,
  otherFields,
  readId,
  readInteger,
  readNumber,
  readObject,
  readString,
  readText,
  wrongForm,
} from '../fields.ts'
import { column, hasAll, hasAny, type Layout } from '../layout.ts'

const listwiseColumns = {
  id: column.optionalString,
  prompt: column.text,
  completions: column.optionalJson,
  candidates: column.optionalJson,
  scores: column.optionalJson,
  ranks: column.optionalJson,
  category: column.optionalString,
}

export const listwise: Layout<'ranking'> = {
  name: 'listwise',
  record: 'ranking',
  columns: listwiseColumns,
  matches: (columns) =>
    columns.has('prompt') &&
    hasAny(columns, 'completions', 'candidates') &&
    hasAny(columns, 'scores', 'ranks'),
  /** the list may be called `candidates`, as PairRM has it; `scores`, `ranks` or both */
  parse(row, where) {
    const named = row.completions === undefined && row.candidates !== undefined ? 'candidates' : 'completions'
    const completions = readText.list(row, named, where)
    if (completions.length < 2) {
      throw wrongForm(where, named, `${completions.length} entries`, 'at least 2 completions')
    }
    const scores =
      row.scores === undefined || row.scores === null ? undefined : readNumber.list(row, 'scores', where)
    const ranks =
      scores !== undefined && (row.ranks === undefined || row.ranks === null)
        ? undefined
        : readInteger.list(row, 'ranks', where)
    if (scores !== undefined) checkSameLength('scores', scores, named, completions.length, where)
    if (ranks !== undefined) checkSameLength('ranks', ranks, named, completions.length, where)
    return {
      id: readId(row, 'id', where),
      prompt: readText(row, 'prompt', where),
      completions,
      ...defined({
        scores,
        ranks,
        category: readString.optional(row, 'category', where),
        metadata: otherFields(row, listwiseColumns),
      }),
      source: 'listwise',
    }
  },
}

const nemoColumns = {
  id: column.optionalString,
  context: column.text,
  completions: column.json,
  task_name: column.optionalString,
}

export const nemoPreference: Layout<'ranking'> = {
  name: 'nemo-preference',
  record: 'ranking',
  columns: nemoColumns,
  matches: (columns) => hasAll(columns, 'context', 'completions'),
  /** a lower rank is better; two completions are a pair, more a list */
  parse(row, where) {
    const list = readObject.list(row, 'completions', where)
    if (list.length < 2)
      throw wrongForm(where, 'completions', `${list.length} entries`, 'at least 2 completions')
    const inner = list.map((entry, index) => {
      const read = { rank: entry.rank, completion: entry.completion }
      const at = `completions[${index}]`
      const named = { [`${at}.rank`]: read.rank, [`${at}.completion`]: read.completion }
      return {
        rank: readInteger(named, `${at}.rank`, where),
        completion: readText(named, `${at}.completion`, where),
      }
    })
    return {
      id: readId(row, 'id', where),
      prompt: readText(row, 'context', where),
      completions: inner.map(({ completion }) => completion),
      ranks: inner.map(({ rank }) => rank),
      ...defined({
        category: readString.optional(row, 'task_name', where),
        metadata: otherFields(row, nemoColumns),
      }),
      source: 'nemo-preference',
    }
  },
}
