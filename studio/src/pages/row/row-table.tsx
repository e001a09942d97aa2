import type { Row } from '../../../../src/server/studio/schemas.ts'
import { csv } from '../../export/csv.ts'
import { download } from '../../export/download.ts'
import { decimal } from '../../format/number.ts'
import { Link } from '../../router/link.tsx'
import { rowAddress } from '../../router/route.ts'
import { oneLine } from '../../text/pieces.ts'

interface Props {
  readonly run: string
  /** the row that the page is about */
  readonly current: number
  readonly noteTitle?: string
  readonly rows: readonly { readonly row: Row; readonly note: string | null }[]
}

/** A few rows as a table. */
export function RowTable({ run, current, noteTitle, rows }: Props) {
  const save = (): void => {
    const body = rows.map(({ row }) => [row.id, row.group, row.reward, row.advantage, row.completion])
    const content = csv({ head: ['id', 'group', 'reward', 'advantage', 'completion'], body })
    download('rows.csv', new Blob([content], { type: 'text/csv' }))
  }
  return (
    <>
      <table className="row-table">
        <thead>
          <tr>
            <th scope="col">row</th>
            {noteTitle !== undefined && (
              <th scope="col" className="number">
                {noteTitle}
              </th>
            )}
            <th scope="col" className="number">
              reward
            </th>
            <th scope="col" className="number">
              advantage
            </th>
            <th scope="col">completion</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ row, note }) => (
            <tr key={row.sequence} aria-current={row.sequence === current ? 'true' : undefined}>
              <td>
                {row.sequence === current ? (
                  <strong>→ {row.id}</strong>
                ) : (
                  <Link href={rowAddress(run, row.sequence)}>{row.id}</Link>
                )}
              </td>
              {noteTitle !== undefined && <td className="number">{note}</td>}
              <td className="number">
                {row.reward === null ? <span className="invalid-mark">■ invalid</span> : decimal(row.reward)}
              </td>
              <td className="number">{decimal(row.advantage)}</td>
              <td className="row-text">{oneLine(row.completion, 240)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" className="button" onClick={save}>
        Save as CSV
      </button>
    </>
  )
}
