/** The report of an audit as one HTML page: no script, nothing loaded, light and dark by the reader's system. */
import type { AuditReport } from './audit.ts'
import type { AuditTable } from './audit-table.ts'
import { stepMeans } from './change.ts'
import type { Finding } from './diagnostic.ts'
import { short } from './phrasing.ts'

const style = `
:root{color-scheme:light dark;--ink:#1c1e21;--soft:#5b616a;--paper:#fff;--line:#d9dce1;--box:#f5f6f8;--fail:#b3261e;--watch:#8a5a00;--pass:#2c6b3f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a4abb5;--paper:#15171a;--line:#34383f;--box:#1e2126;--fail:#ff8a80;--watch:#f0b95b;--pass:#86cf9c}}
body{margin:0 auto;max-width:60rem;padding:2rem 1rem 4rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}.soft{color:var(--soft)}
article{border:1px solid var(--line);border-left-width:4px;border-radius:4px;padding:.75rem 1rem;margin:.75rem 0}
article.fail{border-left-color:var(--fail)}article.watch{border-left-color:var(--watch)}
.verdict{font-weight:600}.fail .verdict{color:var(--fail)}.watch .verdict{color:var(--watch)}.pass .verdict{color:var(--pass)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
pre{background:var(--box);padding:.5rem .75rem;margin:.25rem 0;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,monospace}
svg{width:100%;height:9rem}svg text{font-size:11px;fill:var(--soft)}polyline{fill:none;stroke:currentColor;stroke-width:1.5}
figure{margin:1rem 0}figcaption{color:var(--soft)}`

/** Text made safe for HTML; control and direction characters are shown as escapes. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

/** `code` marks of a sentence as HTML. */
function sentenceOf(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function curve(name: string, steps: Float64Array, means: Float64Array): string {
  const known = means.filter((value) => !Number.isNaN(value))
  const least = Math.min(...known)
  const largest = Math.max(...known)
  const first = steps[0]!
  const last = steps.at(-1)!
  const points = Array.from(means, (mean, index) => [steps[index]!, mean] as const)
    .filter(([, mean]) => !Number.isNaN(mean))
    .map(([step, mean]) => {
      const x = 10 + (580 * (step - first)) / Math.max(1e-12, last - first)
      const y = 100 - (90 * (mean - least)) / Math.max(1e-12, largest - least)
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
  return `<figure><svg viewBox="0 0 600 120" role="img" aria-label="${escaped(name)} by step, from ${short(known[0] ?? 0)} to ${short(known.at(-1) ?? 0)}"><polyline points="${points.join(' ')}"/><text x="10" y="115">step ${first}</text><text x="590" y="115" text-anchor="end">step ${last}</text></svg><figcaption>${escaped(name)} by step: ${short(least)} to ${short(largest)}</figcaption></figure>`
}

function article(finding: Finding, table: AuditTable): string {
  const numbers = Object.entries(finding.numbers).map(([name, value]) => `${escaped(name)} ${short(value)}`)
  if (finding.interval !== null)
    numbers.push(`95 % interval ${short(finding.interval[0])} to ${short(finding.interval[1])}`)
  if (finding.p !== null) numbers.push(`corrected p ${short(finding.p)}`)
  const rows = finding.places.slice(0, 5).map((place) => {
    const text = table.texts?.[place]
    const shown =
      text === undefined ? '' : `<pre>${escaped(text.length > 600 ? `${text.slice(0, 600)}…` : text)}</pre>`
    return `<p><code>${escaped(table.ids[place]!)}</code> <span class="soft">reward ${short(table.reward[place]!)}</span></p>${shown}`
  })
  return `<article class="${finding.verdict}"><p><span class="verdict">${finding.verdict}</span> · ${escaped(finding.diagnostic)}${finding.column === null ? '' : ` · <code>${escaped(finding.column)}</code>`}${finding.step === null ? '' : ` · since step ${finding.step}`}</p><p>${sentenceOf(finding.sentence)}</p><p class="soft">${escaped(finding.guard)}</p><p class="soft">${numbers.join(' · ')}</p>${rows.length === 0 ? '' : `<details><summary>Rows that show it</summary>${rows.join('')}</details>`}</article>`
}

/** The whole page. Texts of rollouts are escaped; only the rows that show a finding are in it. */
export function htmlReport(report: AuditReport, table: AuditTable, title: string): string {
  const loud = report.findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'watch')
  const quiet = report.findings.filter(({ verdict }) => verdict === 'pass' || verdict === 'not-measurable')
  const curves =
    table.steps.length < 2
      ? []
      : [
          curve('reward', table.steps, stepMeans(table, table.reward).mean),
          ...(table.heldBack === null
            ? []
            : [curve(table.heldBack.name, table.steps, stepMeans(table, table.heldBack.values).mean)]),
          ...(table.length === null
            ? []
            : [
                curve(
                  `length in ${table.length.unit}`,
                  table.steps,
                  stepMeans(table, table.length.values).mean,
                ),
              ]),
        ]
  const overall = report.overall === 'too-little' ? 'watch' : report.overall
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Audit of ${escaped(title)}</title><style>${style}</style></head>
<body><main><h1>Audit of ${escaped(title)}</h1>
<p class="${overall}"><span class="verdict">${escaped(report.overallSentence)}</span></p>
<p class="soft">${report.rows} rollouts, ${report.groups} groups, ${report.steps} steps; held back: ${report.heldBack === null ? 'none' : escaped(report.heldBack)}; ${report.invalid} rows without a valid reward; seed ${report.seed}${report.small ? '; small data: verdicts are at most watch' : ''}</p>
${curves.join('\n')}
${loud.length === 0 ? '' : `<h2>Findings</h2>${loud.map((finding) => article(finding, table)).join('\n')}`}
<h2>In order, or not measurable</h2>
<table><thead><tr><th>diagnostic</th><th>verdict</th><th>what it says</th></tr></thead><tbody>
${quiet.map(({ diagnostic, column, verdict, sentence }) => `<tr class="${verdict}"><td>${escaped(diagnostic)}${column === null ? '' : ` <code>${escaped(column)}</code>`}</td><td class="verdict">${verdict === 'pass' ? 'pass' : 'not measurable'}</td><td>${sentenceOf(sentence)}</td></tr>`).join('\n')}
</tbody></table></main></body></html>
`
}
