/** The report of an audit as one HTML page: no script, nothing loaded, light and dark by the reader's system. */
import { escapeHtml, htmlPage, sentenceHtml } from '../records/formats/html-page.ts'
import type { AuditReport } from './audit.ts'
import type { AuditTable } from './audit-table.ts'
import { stepMeans } from './change.ts'
import type { Finding } from './diagnostic.ts'
import { short } from './phrasing.ts'

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
  return `<figure><svg viewBox="0 0 600 120" role="img" aria-label="${escapeHtml(name)} by step, from ${short(known[0] ?? 0)} to ${short(known.at(-1) ?? 0)}"><polyline points="${points.join(' ')}"/><text x="10" y="115">step ${first}</text><text x="590" y="115" text-anchor="end">step ${last}</text></svg><figcaption>${escapeHtml(name)} by step: ${short(least)} to ${short(largest)}</figcaption></figure>`
}

function article(finding: Finding, table: AuditTable): string {
  const numbers = Object.entries(finding.numbers).map(
    ([name, value]) => `${escapeHtml(name)} ${short(value)}`,
  )
  if (finding.interval !== null)
    numbers.push(`95 % interval ${short(finding.interval[0])} to ${short(finding.interval[1])}`)
  if (finding.p !== null) numbers.push(`corrected p ${short(finding.p)}`)
  const rows = finding.places.slice(0, 5).map((place) => {
    const text = table.texts?.[place]
    const shown =
      text === undefined
        ? ''
        : `<pre>${escapeHtml(text.length > 600 ? `${text.slice(0, 600)}…` : text)}</pre>`
    return `<p><code>${escapeHtml(table.ids[place]!)}</code> <span class="soft">reward ${short(table.reward[place]!)}</span></p>${shown}`
  })
  return `<article class="${finding.verdict}"><p><span class="verdict">${finding.verdict}</span> · ${escapeHtml(finding.diagnostic)}${finding.column === null ? '' : ` · <code>${escapeHtml(finding.column)}</code>`}${finding.step === null ? '' : ` · since step ${finding.step}`}</p><p>${sentenceHtml(finding.sentence)}</p><p class="soft">${escapeHtml(finding.guard)}</p><p class="soft">${numbers.join(' · ')}</p>${rows.length === 0 ? '' : `<details><summary>Rows that show it</summary>${rows.join('')}</details>`}</article>`
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
  const body = `<p class="${overall}"><span class="verdict">${escapeHtml(report.overallSentence)}</span></p>
<p class="soft">${report.rows} rollouts, ${report.groups} groups, ${report.steps} steps; held back: ${report.heldBack === null ? 'none' : escapeHtml(report.heldBack)}; ${report.invalid} rows without a valid reward; seed ${report.seed}${report.small ? '; small data: verdicts are at most watch' : ''}</p>
${curves.join('\n')}
${loud.length === 0 ? '' : `<h2>Findings</h2>${loud.map((finding) => article(finding, table)).join('\n')}`}
<h2>In order, or not measurable</h2>
<table><thead><tr><th>diagnostic</th><th>verdict</th><th>what it says</th></tr></thead><tbody>
${quiet.map(({ diagnostic, column, verdict, sentence }) => `<tr class="${verdict}"><td>${escapeHtml(diagnostic)}${column === null ? '' : ` <code>${escapeHtml(column)}</code>`}</td><td class="verdict">${verdict === 'pass' ? 'pass' : 'not measurable'}</td><td>${sentenceHtml(sentence)}</td></tr>`).join('\n')}
</tbody></table>`
  return htmlPage(`Audit of ${title}`, body)
}
