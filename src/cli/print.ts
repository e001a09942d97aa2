/** How the command line shows numbers, texts and tables. */
import { styleText } from 'node:util'
import Table from 'cli-table3'

/** A number with up to four significant decimals; an en dash where there is none. */
export function number(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (Number.isInteger(value)) return value.toLocaleString('en-US').replaceAll(',', ' ')
  return value.toFixed(digits).replace(/-(?=0\.?0*$)/, '')
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}

/** Text of a rollout on one line: control and bidirectional characters shown, long text cut in the middle. */
export function excerpt(text: string, limit = 72): string {
  const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g
  const line = text
    .replace(/\n/g, '⏎')
    .replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  if (line.length <= limit) return line
  const half = Math.floor((limit - 1) / 2)
  return `${line.slice(0, half)}…${line.slice(line.length - half)}`
}

/** A table with a header; numbers should already be text. Columns named in `right` are aligned to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const drawn = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (right.includes(index) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  })
  drawn.push(...rows.map((row) => [...row]))
  const [first = '', ...rest] = drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  return [bold(first), ...rest].join('\n')
}

export function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout })
}

export function dim(text: string): string {
  return styleText('dim', text, { stream: process.stdout })
}

/** Shows a progress bar on a terminal only; in a log or a pipe it stays silent. */
export async function progressBar(
  title: string,
  unit: string,
  total?: number,
): Promise<{ update(done: number): void; stop(): void }> {
  if (!process.stderr.isTTY) return { update() {}, stop() {} }
  const { SingleBar } = await import('cli-progress')
  const known =
    total === undefined
      ? `{value} ${unit}`
      : `{bar} {percentage} % · {value} of {total} ${unit} · {eta_formatted} left`
  const bar = new SingleBar({
    format: `${title}  ${known}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  })
  bar.start(total ?? 0, 0)
  return { update: (done) => bar.update(done), stop: () => bar.stop() }
}
