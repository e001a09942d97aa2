/** A reproduction's numbers as a picture: a bar a condition at the seeds' mean, a dot a seed. */
import type { Chart, Evidence } from '../kinds/reproduction.ts'

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** A round number of about the given size: 1, 2 or 5 times a power of ten. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size))
  return power * ([1, 2, 5].find((factor) => factor * power >= size) ?? 10)
}

/** One SVG for all charts of a reproduction. @example evidenceChart(evidence, reproduction.charts).startsWith('<svg') */
export function evidenceChart(evidence: Evidence, charts: readonly Chart[]): string {
  const [left, width, row] = [260, 720, 22]
  let y = 10
  const parts: string[] = []
  for (const { title, unit, bars } of charts) {
    const entries = Object.entries(bars)
    const values = entries.map(([, name]) =>
      evidence.seeds.map(({ measured }) => measured[name] ?? Number.NaN),
    )
    const known = values.flat().filter(Number.isFinite)
    const least = Math.min(0, ...known)
    const largest = Math.max(...known, least + 1e-9)
    // Bars far from 0 that differ little are shown from just below the smallest.
    const narrow = least === 0 && Math.min(...known) > 0.5 * largest
    const from = narrow ? Math.min(...known) - 0.15 * (largest - Math.min(...known) + 1e-9) : least
    const x = (value: number): number => left + ((width - left - 20) * (value - from)) / (largest - from)
    parts.push(`<text x="10" y="${y + 14}" class="title">${escaped(title)} (${escaped(unit)})</text>`)
    y += 26
    const top = y
    entries.forEach(([label], index) => {
      const seeds = values[index]!.filter(Number.isFinite)
      const mean = seeds.reduce((sum, value) => sum + value, 0) / seeds.length
      parts.push(`<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escaped(label)}</text>`)
      if (seeds.length > 0) {
        const [a, b] = [x(Math.max(from, Math.min(0, mean))), x(mean)]
        parts.push(
          `<rect x="${Math.min(a, b).toFixed(1)}" y="${y + 3}" width="${Math.abs(b - a).toFixed(1)}" height="${row - 7}"><title>${escaped(label)}: ${mean.toFixed(4)}</title></rect>`,
          ...seeds.map((value) => `<circle cx="${x(value).toFixed(1)}" cy="${y + row / 2 - 0.5}" r="2.5"/>`),
        )
      }
      y += row
    })
    const step = roundStep((largest - from) / 5)
    for (let tick = Math.ceil(from / step) * step; tick <= largest + 1e-12; tick += step)
      parts.push(
        `<line x1="${x(tick).toFixed(1)}" x2="${x(tick).toFixed(1)}" y1="${top}" y2="${y}"/><text x="${x(tick).toFixed(1)}" y="${y + 13}" text-anchor="middle">${Number(tick.toFixed(6))}</text>`,
      )
    y += 32
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="${escaped(evidence.title)}"><style>svg{font:12px system-ui,sans-serif;background:#fff}text{fill:#333}.title{font-weight:600}rect{fill:#7aa6d1}circle{fill:#1f3a5f;opacity:.7}line{stroke:#ddd}</style>${parts.join('')}</svg>\n`
}
