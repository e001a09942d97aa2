/** The cleaned data: rows as they were, with columns that say what curation made of them. */
import type { Fields } from '../../records/formats/fields.ts'
import { formatOfName } from '../../records/formats/file-format.ts'
import { openFileSink } from '../../records/formats/file-sink.ts'
import type { LayoutColumn } from '../../records/formats/layout.ts'
import type { ColumnMap } from '../../records/formats/map-columns.ts'
import { openWriter } from '../../records/formats/open-writer.ts'
import type { Action, Reason } from './decide.ts'
import { exchangeLabel } from './exchange-label.ts'
import type { ReadPair } from './read-pairs.ts'

/** The added columns and how they are stored where a container wants types. */
const added = {
  action: { type: 'string' },
  reason: { type: 'string', optional: true },
  strength: { type: 'number', optional: true },
  strength_std: { type: 'number', optional: true },
  margin: { type: 'number', optional: true },
} as const satisfies Record<string, LayoutColumn>

type AddedColumn = keyof typeof added

/** The names of the added columns: `curated_` stands before a name that the input has already. */
export function addedNames(existing: ReadonlySet<string>): Readonly<Record<AddedColumn, string>> {
  const names = Object.keys(added) as AddedColumn[]
  return Object.fromEntries(
    names.map((name) => [name, existing.has(name) ? `curated_${name}` : name]),
  ) as Record<AddedColumn, string>
}

export interface CleanedRow {
  readonly read: ReadPair
  readonly action: Action
  readonly reasons: readonly Reason[]
  readonly strength: { readonly mean: number; readonly std: number } | undefined
  /** whether chosen and rejected are exchanged in the file, not only in the suggestion */
  readonly flipped: boolean
}

export interface CleanedFile extends AsyncDisposable {
  readonly rows: number
  write(rows: readonly CleanedRow[]): Promise<void>
  commit(): Promise<void>
}

export interface CleanedFileOptions {
  readonly layout: string
  /** columns of the layout with their types */
  readonly columns: Readonly<Record<string, LayoutColumn>>
  /** columns that any row of the input has */
  readonly existing: ReadonlySet<string>
  readonly map?: ColumnMap | undefined
}

/**
 * Opens the cleaned file; it appears under its name when it is committed. Lines of JSONL that are not flipped are
 * written byte for byte, the added columns behind their own. `margin` is that of the label as written, for training
 * with margins (paper 16): −μ̂ where it was flipped, else μ̂, and 0 where the votes go against it, since margins of
 * preference data are never negative; `strength` keeps the sign.
 *
 * @throws GuerdonError FILE_FORMAT_UNKNOWN, FILE_MISSING, and from `write` as `openWriter` and `exchangeLabel`
 */
export async function openCleanedFile(path: string, options: CleanedFileOptions): Promise<CleanedFile> {
  const names = addedNames(options.existing)
  const format = formatOfName(path)

  function columnsOf({ action, reasons, strength, flipped }: CleanedRow): Record<string, unknown> {
    return {
      [names.action]: action,
      [names.reason]: reasons.length === 0 ? null : reasons.map(({ text }) => text).join('; '),
      [names.strength]: strength?.mean ?? null,
      [names.strength_std]: strength?.std ?? null,
      [names.margin]: strength === undefined ? null : Math.max(0, flipped ? -strength.mean : strength.mean),
    }
  }
  const fieldsOf = ({ read, flipped }: CleanedRow): Fields =>
    flipped
      ? exchangeLabel(read.fields, options.layout, read.text === undefined ? {} : options.map)
      : read.fields

  let rows = 0
  if (format === 'jsonl' || format === 'jsonl.gz') {
    const sink = await openFileSink(path, format === 'jsonl.gz')
    return {
      get rows() {
        return rows
      },
      async write(list) {
        let lines = ''
        for (const row of list) {
          const text =
            row.read.text !== undefined && !row.flipped ? row.read.text : JSON.stringify(fieldsOf(row))
          // A pair has fields, so its object is never empty.
          lines += `${text.slice(0, text.lastIndexOf('}'))},${JSON.stringify(columnsOf(row)).slice(1)}\n`
        }
        rows += list.length
        await sink.write(new TextEncoder().encode(lines))
      },
      commit: () => sink.commit(),
      [Symbol.asyncDispose]: () => sink.abort(),
    }
  }
  const declared: Record<string, LayoutColumn> = {}
  for (const name of options.existing) {
    const column = options.columns[name]
    if (column !== undefined) declared[name] = column
  }
  for (const [name, column] of Object.entries(added)) declared[names[name as AddedColumn]] = column
  const writer = await openWriter(path, { columns: declared })
  return {
    get rows() {
      return writer.rows
    },
    write: (list) => writer.write(list.map((row) => ({ ...fieldsOf(row), ...columnsOf(row) }))),
    commit: () => writer.commit(),
    [Symbol.asyncDispose]: () => writer.abort(),
  }
}
