/**
 * The journal of a scoring run: one line a rollout with everything that the signals said of it, appended in the
 * order of the input. A run that is killed continues after its last whole line; nothing is computed twice.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { RolloutBatch } from '../records/batch.ts'
import type { Column } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

/** What identifies a run: a journal of another spec or another input is never continued. */
export interface JournalHeader {
  readonly format: 'guerdon-journal-1'
  readonly specDigest: string
  readonly input: string
  readonly columns: readonly string[]
}

export interface JournalOptions {
  /** continue an existing journal of the same run */
  readonly resume: boolean
  /** the last group may be cut: it is left out, so that a signal that looks at whole groups sees it whole */
  readonly wholeGroups: boolean
  /** shown each row that the journal holds already */
  readonly onRow: (row: JournalRow) => void
}

export interface JournalRow {
  readonly id: string
  readonly group: string
  readonly step: number | null
  /** by column: a number, a list for ragged columns, null where invalid */
  readonly values: readonly (number | null | readonly (number | null)[])[]
  /** column number → reason (ragged: entry → reason) */
  readonly reasons: Readonly<Record<string, string | Readonly<Record<string, string>>>> | undefined
}

type Line = [string, string, number | null, JournalRow['values'], JournalRow['reasons']?]

const chunkBytes = 1 << 16

export class Journal {
  readonly path: string
  readonly #file: number
  #rows = 0

  private constructor(path: string, file: number) {
    this.path = path
    this.#file = file
  }

  /** rows already written, by this run and the one it continues */
  get rows(): number {
    return this.#rows
  }

  /**
   * Opens a journal for appending. With `resume`, an existing one of the same run is continued after its last whole
   * line (its last whole group), and each row it holds is shown to `onRow`.
   * @throws GuerdonError RESUME_MISMATCH when the file belongs to another spec or another input, or is no journal
   */
  static open(path: string, header: JournalHeader, options: JournalOptions): Journal {
    if (options.resume && existsSync(path)) {
      const file = openSync(path, 'r+')
      const journal = new Journal(path, file)
      const end = journal.#scan(header, options)
      if (end > 0) {
        ftruncateSync(file, end)
        return journal
      }
      closeSync(file)
    }
    // The header is renamed into place whole, so an existing journal always has one.
    const fresh = `${path}.new`
    const file = openSync(fresh, 'w+')
    writeSync(file, `${JSON.stringify(header)}\n`)
    renameSync(fresh, path)
    return new Journal(path, file)
  }

  /** Reads header and rows; returns the position after the last line that is kept, 0 for an empty file. */
  #scan(header: JournalHeader, { wholeGroups, onRow }: JournalOptions): number {
    let end = 0
    let group: JournalRow[] = []
    let groupStart = 0
    for (const { text, next } of this.#lines()) {
      if (end === 0) {
        this.#checkHeader(text, header)
        groupStart = next
      } else {
        const row = this.#rowOf(text)
        const last = group.at(-1)
        if (!wholeGroups || (last !== undefined && (last.group !== row.group || last.step !== row.step))) {
          this.#keep(group, onRow)
          group = []
          groupStart = end
        }
        group.push(row)
      }
      end = next
    }
    if (wholeGroups) return groupStart
    this.#keep(group, onRow)
    return end
  }

  #keep(rows: readonly JournalRow[], onRow: (row: JournalRow) => void): void {
    for (const row of rows) onRow(row)
    this.#rows += rows.length
  }

  #checkHeader(text: string, header: JournalHeader): void {
    let found: Partial<JournalHeader> | null
    try {
      found = JSON.parse(text) as Partial<JournalHeader> | null
    } catch {
      found = null
    }
    if (JSON.stringify(found) === JSON.stringify(header)) return
    const what =
      found?.format !== header.format
        ? 'is no journal of this version'
        : `is the journal of a run with another ${found.specDigest === header.specDigest ? 'input' : 'spec'}`
    throw new GuerdonError('RESUME_MISMATCH', what, {
      where: { file: this.path },
      expected: 'the same spec and input, or --restart to begin again',
    })
  }

  #rowOf(text: string): JournalRow {
    try {
      return rowOf(JSON.parse(text) as Line)
    } catch (cause) {
      throw new GuerdonError('RESUME_MISMATCH', 'is a damaged journal', {
        where: { file: this.path },
        expected: 'whole lines, or --restart to begin again',
        cause,
      })
    }
  }

  /** Whole lines with the position after each; a last line without its line feed is left out. */
  *#lines(): Generator<{ text: string; next: number }> {
    const size = fstatSync(this.#file).size
    const bytes = Buffer.allocUnsafe(chunkBytes)
    const decoder = new StringDecoder('utf8')
    let rest = ''
    let position = 0
    let lineEnd = 0
    while (position < size) {
      const read = readSync(this.#file, bytes, 0, Math.min(chunkBytes, size - position), position)
      if (read === 0) break
      position += read
      const text = rest + decoder.write(bytes.subarray(0, read))
      let start = 0
      for (let stop = text.indexOf('\n'); stop !== -1; stop = text.indexOf('\n', start)) {
        const line = text.slice(start, stop)
        lineEnd += Buffer.byteLength(line) + 1
        yield { text: line, next: lineEnd }
        start = stop + 1
      }
      rest = text.slice(start)
    }
  }

  /** Appends the rows of a batch, in one write. */
  append(batch: RolloutBatch, columns: readonly Column[]): void {
    let text = ''
    const end = fstatSync(this.#file).size
    for (let row = 0; row < batch.size; row++) {
      const { id, group, step } = batch.rollouts[row]!
      text += `[${JSON.stringify(id)},${JSON.stringify(group)},${step ?? null},[`
      let reasons = ''
      for (let index = 0; index < columns.length; index++) {
        const column = columns[index]!
        if (index > 0) text += ','
        const { offsets } = column
        if (offsets === undefined) {
          text += column.valid[row] === 1 ? column.values[row] : 'null'
          const reason = column.reasons?.[row]
          if (reason !== undefined)
            reasons += `${reasons === '' ? '' : ','}"${index}":${JSON.stringify(reason)}`
        } else {
          const list = raggedRow(column, offsets, row)
          text += list.values
          if (list.reasons !== undefined) reasons += `${reasons === '' ? '' : ','}"${index}":${list.reasons}`
        }
      }
      text += reasons === '' ? ']]\n' : `],{${reasons}}]\n`
    }
    writeSync(this.#file, text, end)
    this.#rows += batch.size
  }

  /** Every row, from the first; the header is passed over. */
  *read(): Generator<JournalRow> {
    let first = true
    for (const { text } of this.#lines()) {
      if (!first) yield rowOf(JSON.parse(text) as Line)
      first = false
    }
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Closes the journal and removes it: the run is complete. */
  remove(): void {
    this.close()
    rmSync(this.path, { force: true })
  }
}

function rowOf([id, group, step, values, reasons]: Line): JournalRow {
  return { id, group, step, values, reasons }
}

function raggedRow(
  column: Column,
  offsets: Int32Array,
  row: number,
): { values: string; reasons: string | undefined } {
  const values: (number | null)[] = []
  const reasons: Record<string, string> = {}
  for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
    values.push(column.valid[entry] === 1 ? column.values[entry]! : null)
    const reason = column.reasons?.[entry]
    if (reason !== undefined) reasons[entry - offsets[row]!] = reason
  }
  return {
    values: JSON.stringify(values),
    reasons: Object.keys(reasons).length === 0 ? undefined : JSON.stringify(reasons),
  }
}
