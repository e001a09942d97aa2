/** Tables as CSV that a spreadsheet opens without running anything. */
export type Cell = string | number | null
export interface Table {
  readonly head: readonly string[]
  readonly body: readonly (readonly Cell[])[]
}

/**
 * RFC 4180. A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return)
 * gets an apostrophe in front; numbers stay numbers.
 *
 * @example csv({ head: ['a'], body: [['=1+1'], [-1]] }) // "a\r\n'=1+1\r\n-1\r\n"
 */
export function csv({ head, body }: Table): string {
  return [head, ...body].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

function cell(value: Cell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
