/** The table of throughput in `docs/operating.md`, made from `results.json`. */

export interface Measured {
  /** rollouts a request */
  readonly rows: number
  readonly server: string
  readonly requestsPerSecond: number
  readonly rowsPerSecond: number
  /** milliseconds */
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

export interface ServeResults {
  readonly date: string
  readonly command: string
  readonly machine: Readonly<Record<string, unknown>>
  readonly connections: number
  readonly seconds: number
  readonly rounds: number
  readonly measured: readonly Measured[]
}

/** What the project set out for, by rollouts a request. */
export const targets: readonly { readonly server: string; readonly least: number }[] = [
  { server: 'FastAPI, async', least: 3 },
  { server: 'FastAPI, typed', least: 8 },
  { server: 'bare node:http', least: 0.6 },
]

const OURS = 'guerdon serve, SQLite'

export function find(results: ServeResults, rows: number, server: string): Measured {
  return results.measured.find((one) => one.rows === rows && one.server === server)!
}

/** `1 234` */
function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
}

/** The table as Markdown, with the ratios that were aimed at and whether they are met. */
export function servingTable(results: ServeResults): string {
  const sizes = [...new Set(results.measured.map(({ rows }) => rows))]
  const servers = [...new Set(results.measured.map(({ server }) => server))]
  const lines = [
    '| rollouts a request | server | requests/s | rollouts/s | p50 ms | p99 ms | Guerdon is |',
    '| -: | - | -: | -: | -: | -: | -: |',
  ]
  for (const rows of sizes) {
    const ours = find(results, rows, OURS)
    for (const server of servers) {
      const one = find(results, rows, server)
      const target = targets.find((known) => known.server === server)
      const ratio = ours.requestsPerSecond / one.requestsPerSecond
      const met =
        target === undefined
          ? ''
          : ` (${target.least}× aimed at: ${ratio >= target.least ? 'met' : 'missed'})`
      lines.push(
        `| ${rows} | ${server} | ${whole(one.requestsPerSecond)} | ${whole(one.rowsPerSecond)} | ${one.p50.toFixed(1)} | ${one.p99.toFixed(1)} | ${server === OURS ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 1)}×${met}`} |`,
      )
    }
  }
  return lines.join('\n')
}
