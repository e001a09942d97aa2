/** A filter in the form of what is stored. */
import type { RowFilter } from './store.ts'
import { encodeText } from './text-encoding.ts'

/** Texts encoded as the stored ones are; an empty text, which every row contains, is no condition. */
export function encodeFilter({ group, id, text, ...others }: RowFilter): RowFilter {
  return {
    ...others,
    ...(group === undefined ? {} : { group: encodeText(group) }),
    ...(id === undefined ? {} : { id: encodeText(id) }),
    ...(text === undefined || text === '' ? {} : { text: encodeText(text) }),
  }
}
