/** Plots of a curation report as SVG without script. */

/** Text made safe for HTML; control and direction characters are shown as escapes. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

/** A number with three significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}

const width = 600
const left = 60
const right = 590

/** A value on a line from `low` to `high` as a place between `from` and `to`. */
function place(value: number, low: number, high: number, from: number, to: number): number {
  return from + ((to - from) * (value - low)) / Math.max(1e-12, high - low)
}

function figure(height: number, label: string, caption: string, drawing: string): string {
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${drawing}</svg><figcaption>${escaped(caption)}</figcaption></figure>`
}

/** Mean strength of each group as a bar from zero, with a whisker of one deviation to either side. */
export function strengthPlot(groups: readonly { readonly mean: number; readonly std: number }[]): string {
  const low = Math.min(0, ...groups.map(({ mean, std }) => mean - std))
  const high = Math.max(0, ...groups.map(({ mean, std }) => mean + std))
  const y = (value: number): number => place(value, low, high, 150, 10)
  const step = (right - left) / groups.length
  const bars = groups.map(({ mean, std }, index) => {
    const x = left + step * (index + 0.5)
    const [top, bottom] = [Math.min(y(mean), y(0)), Math.max(y(mean), y(0))]
    return `<rect class="${mean < 0 ? 'bad' : 'good'}" x="${(x - 0.35 * step).toFixed(1)}" y="${top.toFixed(1)}" width="${(0.7 * step).toFixed(1)}" height="${(bottom - top).toFixed(1)}"/><line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${y(mean - std).toFixed(1)}" y2="${y(mean + std).toFixed(1)}"/>`
  })
  const axis = `<line x1="${left}" x2="${right}" y1="${y(0).toFixed(1)}" y2="${y(0).toFixed(1)}"/><text x="${left - 6}" y="${(y(0) + 4).toFixed(1)}" text-anchor="end">0</text><text x="${left - 6}" y="18" text-anchor="end">${short(high)}</text><text x="${left - 6}" y="150" text-anchor="end">${short(low)}</text><text x="${left}" y="172">weakest</text><text x="${right}" y="172" text-anchor="end">strongest</text>`
  return figure(
    180,
    `Mean strength of ${groups.length} groups of pairs, from ${short(groups[0]!.mean)} to ${short(groups.at(-1)!.mean)}`,
    `Mean strength of ${groups.length} near-equal groups, weakest first; whiskers: mean deviation between the voters`,
    bars.join('') + axis,
  )
}

export interface Whisker {
  readonly name: string
  readonly value: number
  readonly interval: readonly [number, number]
}

/** Values with their intervals, one a line, on a common axis with a mark where labels do not care. */
export function whiskerPlot(
  rows: readonly Whisker[],
  indifferent: number,
  bounds: readonly [number, number] | undefined,
  caption: string,
): string {
  const low = bounds?.[0] ?? Math.min(indifferent, ...rows.map(({ interval }) => interval[0]))
  const high = bounds?.[1] ?? Math.max(indifferent, ...rows.map(({ interval }) => interval[1]))
  const from = 150
  const x = (value: number): string => place(value, low, high, from, right).toFixed(1)
  const height = 22 * rows.length + 34
  const lines = rows.map(({ name, value, interval }, index) => {
    const y = 20 + 22 * index
    return `<text x="${from - 10}" y="${y + 4}" text-anchor="end">${escaped(name)}</text><line x1="${x(interval[0])}" x2="${x(interval[1])}" y1="${y}" y2="${y}"/><circle class="${value > indifferent ? 'good' : 'bad'}" cx="${x(value)}" cy="${y}" r="4"/>`
  })
  const base = height - 18
  const axis = `<line class="zero" x1="${x(indifferent)}" x2="${x(indifferent)}" y1="6" y2="${base}"/><text x="${x(indifferent)}" y="${height - 4}" text-anchor="middle">${short(indifferent)}</text><text x="${from}" y="${height - 4}">${short(low)}</text><text x="${right}" y="${height - 4}" text-anchor="end">${short(high)}</text>`
  return figure(height, caption, caption, lines.join('') + axis)
}

/** How many rows each action has, as one bar. */
export function actionPlot(actions: Readonly<Record<string, number>>): string {
  const total = Object.values(actions).reduce((sum, count) => sum + count, 0)
  let at = 10
  const parts = Object.entries(actions).map(([name, count]) => {
    const size = ((right - 10) * count) / Math.max(1, total)
    const part = `<rect class="${name}" x="${at.toFixed(1)}" y="10" width="${size.toFixed(1)}" height="30"/>${size > 50 ? `<text class="on" x="${(at + 6).toFixed(1)}" y="29">${name}</text>` : ''}`
    at += size
    return part
  })
  const said = Object.entries(actions).map(([name, count]) => `${name} ${count}`)
  return figure(50, `Actions: ${said.join(', ')}`, `Of ${total} pairs: ${said.join(', ')}`, parts.join(''))
}
