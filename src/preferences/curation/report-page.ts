/** The report of a curation as one HTML page: no script, nothing loaded, light and dark by the reader's system. */
import { actionPlot, escaped, short, strengthPlot, whiskerPlot } from './curation-plots.ts'
import type { BiasRows, CurationReport, LabelBiasReport, ShownRow } from './curation-report.ts'
import type { ReasonKind } from './decide.ts'
import type { LengthBin, ShareOfLonger } from './label-bias.ts'

const style = `
:root{color-scheme:light dark;--ink:#1c1e21;--soft:#5b616a;--paper:#fff;--line:#d9dce1;--box:#f5f6f8;--bad:#b3261e;--watch:#8a5a00;--good:#2c6b3f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a4abb5;--paper:#15171a;--line:#34383f;--box:#1e2126;--bad:#ff8a80;--watch:#f0b95b;--good:#86cf9c}}
body{margin:0 auto;max-width:60rem;padding:2rem 1rem 4rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}.soft{color:var(--soft)}.loud{color:var(--bad);font-weight:600}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}td.n,th.n{text-align:right}
pre{background:var(--box);padding:.5rem .75rem;margin:.25rem 0;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,monospace}
details{margin:.25rem 0}summary{cursor:pointer}
svg{width:100%}svg text{font-size:11px;fill:var(--soft)}svg line{stroke:var(--soft)}svg line.zero{stroke-dasharray:3 3}svg text.on{fill:var(--paper);font-weight:600}
svg .good,svg .keep{fill:var(--good)}svg .bad,svg .drop{fill:var(--bad)}svg .flip{fill:var(--watch)}svg .smooth{fill:var(--soft)}
figure{margin:1rem 0}figcaption{color:var(--soft)}`

/** What a finding means and what is done about it. */
const findingTexts: Readonly<Record<ReasonKind, string>> = {
  copy: 'repeat an earlier row: prompt, chosen and rejected are the same after Unicode and white space are normalised',
  'near-copy': 'say nearly the same as another row in prompt, chosen and rejected',
  conflict: 'belong to two completions of one prompt that were labelled both ways',
  cycle: 'are part of a circular preference within their prompt',
  contaminated: 'share a run of words with a prompt of the evaluation data',
  'same-sides': 'have one and the same text as chosen and rejected',
  tie: 'are labelled ties',
  against: 'have the votes against their label, beyond the voters’ disagreement',
  doubtful: 'have votes that lean against the label, within the voters’ disagreement',
}

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`)
const count = (value: number): string => value.toLocaleString('en-US').replaceAll(',', ' ')
const interval = ([low, high]: readonly [number, number]): string => `${percent(low)} to ${percent(high)}`

function table(head: readonly string[], rows: readonly (readonly string[])[], numbersFrom = 1): string {
  const cell = (tag: string, text: string, column: number): string =>
    `<${tag}${column >= numbersFrom ? ' class="n"' : ''}>${text}</${tag}>`
  return `<table><thead><tr>${head.map((text, column) => cell('th', text, column)).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((text, column) => cell('td', text, column)).join('')}</tr>`)
    .join('\n')}</tbody></table>`
}

function place({ row, id, file, line, strength }: ShownRow): string {
  return `row ${row}, <code>${escaped(id)}</code> <span class="soft">${escaped(file)}, line ${line}${strength === null ? '' : `, strength ${short(strength)}`}</span>`
}

function shownRow(row: ShownRow): string {
  const texts = `<pre>${escaped(row.prompt)}</pre><pre><b>chosen</b> ${escaped(row.chosen)}</pre><pre><b>rejected</b> ${escaped(row.rejected)}</pre>`
  const beside =
    row.other === null
      ? ''
      : `<p>beside ${place(row.other)}</p><pre><b>chosen</b> ${escaped(row.other.chosen)}</pre><pre><b>rejected</b> ${escaped(row.other.rejected)}</pre>`
  return `<p>${place(row)}</p>${texts}${beside}`
}

function details(summary: string, rows: readonly ShownRow[]): string {
  return rows.length === 0
    ? ''
    : `<details><summary>${escaped(summary)}</summary>${rows.map(shownRow).join('')}</details>`
}

function findingsPart(report: CurationReport): string {
  const found = Object.entries(report.findings) as [ReasonKind, CurationReport['findings'][ReasonKind]][]
  return found
    .map(([kind, { rows, shown }]) =>
      rows === 0
        ? `<p class="soft"><code>${kind}</code>: no rows ${escaped(findingTexts[kind])}</p>`
        : `<p><code>${kind}</code>: <b>${count(rows)}</b> rows ${escaped(findingTexts[kind])} (${percent(rows / report.pairs)})</p>${details(`${shown.length} of them`, shown)}`,
    )
    .join('\n')
}

function strengthsPart({ strengths, checkedFlips }: CurationReport): string {
  const { groups, agreement } = strengths
  const lines = [`Strengths are ${escaped(strengths.description)}.`]
  if (agreement !== null) {
    lines.push(
      `The voters agree with ${count(agreement.agree)} of ${count(agreement.pairs)} labels that they had not seen: ${percent(agreement.agree / agreement.pairs)} (95 % interval ${interval(agreement.interval)}).`,
    )
  }
  if (strengths.known > 0) {
    lines.push(
      `${count(strengths.negative)} of ${count(strengths.known)} pairs have a negative strength (${percent(strengths.negative / strengths.known)}).`,
    )
  }
  if (strengths.why !== null)
    lines.push(`<span class="loud">No flips are suggested: ${escaped(strengths.why)}.</span>`)
  if (checkedFlips !== null) {
    lines.push(
      `People checked ${count(checkedFlips.checked)} of the suggested flips: ${count(checkedFlips.wrong)} labels were wrong (95 % interval ${interval(checkedFlips.interval)}); flipping is ${checkedFlips.safe ? 'safe' : '<span class="loud">not shown to be safe</span>'}.`,
    )
  }
  if (groups.length === 0) return `<p>${lines.join('</p><p>')}</p>`
  const rows = groups.map((group, index) => [
    String(index + 1),
    count(group.size),
    `${short(group.least)} to ${short(group.largest)}`,
    short(group.mean),
    short(group.std),
    group.second.pairs === 0
      ? '–'
      : `${percent(group.second.agree / group.second.pairs)} of ${count(group.second.pairs)}`,
  ])
  const examples = groups
    .map((group, index) => details(`group ${index + 1}: ${group.rows.length} of its rows`, group.rows))
    .join('')
  return `<p>${lines.join('</p><p>')}</p>${strengthPlot(groups)}${table(['group', 'pairs', 'strengths', 'mean', 'mean deviation', 'second annotator agrees'], rows)}${examples}`
}

function ratioOf({ from, to }: LengthBin): string {
  return to === null ? `${from} times and more` : `${from} to ${to} times`
}

function biasPart(name: string, { length, format }: LabelBiasReport, shown?: BiasRows): string {
  const line = (what: string, share: ShareOfLonger): readonly string[] => [
    what,
    count(share.pairs),
    count(share.longer),
    percent(share.share),
    share.pairs === 0 ? '–' : interval(share.interval),
  ]
  const bins = length.bins.filter(({ pairs }) => pairs > 0)
  const tested = format.filter(({ p }) => p !== null)
  return `<h2>Length and form, ${name}</h2>
<p>The longer completion was chosen in ${percent(length.share)} of ${count(length.pairs)} pairs (95 % interval ${interval(length.interval)}); ${count(length.equal)} pairs have sides of equally many words.</p>
${
  bins.length === 0
    ? ''
    : whiskerPlot(
        bins.map((bin) => ({ name: ratioOf(bin), value: bin.share!, interval: bin.interval })),
        0.5,
        [0, 1],
        'Share of pairs whose longer completion was chosen, by how much longer it is; 95 % intervals',
      )
}
${table(['longer by', 'pairs', 'longer chosen', 'share', '95 % interval'], [...bins.map((bin) => line(ratioOf(bin), bin)), line('all', length)])}
${shown === undefined ? '' : length.bins.map((bin, index) => details(`longer by ${ratioOf(bin)}: ${shown.lengthBins[index]!.length} of the rows`, shown.lengthBins[index]!)).join('')}
${
  tested.length === 0
    ? ''
    : `${whiskerPlot(
        tested.map((row) => ({ name: row.name, value: row.logOdds!, interval: row.interval! })),
        0,
        undefined,
        'Log-odds that the completion with the attribute is the chosen one, where one side has it; 95 % intervals',
      )}
${table(
  ['completions that …', 'chosen only', 'rejected only', 'log-odds', '95 % interval', 'p (Holm)'],
  tested.map((row) => [
    escaped(row.phrase),
    count(row.chosenOnly),
    count(row.rejectedOnly),
    short(row.logOdds!),
    `${short(row.interval![0])} to ${short(row.interval![1])}`,
    short(row.p!),
  ]),
)}`
}${
  shown === undefined
    ? ''
    : tested
        .flatMap(({ name }) => [
          details(`${name} in the chosen completion alone`, shown.chosenOnly[name] ?? []),
          details(`${name} in the rejected completion alone`, shown.rejectedOnly[name] ?? []),
        ])
        .join('')
}`
}

function annotatorsPart({ annotators }: CurationReport): string {
  if (annotators === null)
    return '<p class="soft">Not measurable: no pair has labels of two named annotators.</p>'
  const alpha = (value: number | null): string => (value === null ? 'without a value' : short(value))
  return `<p>${count(annotators.items)} pairs have labels of at least two annotators. Krippendorff’s α: ${alpha(annotators.alphaOfSigns)} for which side is better, ${alpha(annotators.alphaOfStrengths)} for signed strengths.</p>
${table(
  ['first', 'second', 'pairs', 'same side', 'weighted κ'],
  annotators.pairs
    .slice(0, 30)
    .map(({ first, second, items, agreement, kappa }) => [
      escaped(first),
      escaped(second),
      count(items),
      percent(agreement),
      kappa === null ? '–' : short(kappa),
    ]),
  2,
)}`
}

/**
 * The whole page. `rows` names the file that holds a line for every row, where one was written. Texts are escaped, cut
 * at 600 characters, and only those of rows that show a number are in the page.
 */
export function curationPage(report: CurationReport, rows?: string): string {
  const title = report.files.join(', ')
  const { nearCopies } = report.parameters
  const left = Object.entries(report.leftOut)
  const against = report.against
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Curation of ${escaped(title)}</title><style>${style}</style></head>
<body><main><h1>Curation of ${escaped(title)}</h1>
<p class="soft">${count(report.pairs)} pairs, layout ${escaped(report.layout)}; ${count(report.remaining)} in the cleaned data; flips ${report.parameters.flip === 'apply' ? 'applied' : 'suggested only'}; seed ${report.seed}; sorted in ${report.engine === 'duckdb' ? 'DuckDB' : 'memory'}</p>
${left.length === 0 ? '' : `<p class="loud">Rows left out: ${left.map(([reason, rows]) => `${count(rows)} × ${escaped(reason)}`).join(', ')}</p>`}
${rows === undefined ? '' : `<p class="soft">Every row behind these numbers is a line of ${escaped(rows)}: a finding is a word in <code>findings</code>, a length bin is <code>length_bin</code> (from 0), an attribute a word in <code>chosen_only</code> or <code>rejected_only</code>, a strength group a range of <code>strength</code>, and <code>second_agrees</code> whether another annotator does.</p>`}
${actionPlot(report.actions)}
<h2>Findings</h2>
${findingsPart(report)}
<p class="soft">Near copies: runs of ${nearCopies.words} words, MinHash signatures of ${nearCopies.bands} bands of ${nearCopies.rows}, ${count(report.nearCandidates)} candidates compared on their words, Jaccard similarity of at least ${nearCopies.threshold} in each of prompt, chosen and rejected. ${count(report.conflicts.pairs)} pairs of completions labelled both ways, ${count(report.conflicts.even)} of them evenly; ${count(report.promptsWithCycles)} prompts with a cycle. ${against === null ? 'Not compared with evaluation data.' : `Compared with ${count(against.grams)} runs of ${report.parameters.contaminationWords} words of ${escaped(against.files.join(', '))}.`}</p>
<h2>Strength of the labels</h2>
${strengthsPart(report)}
${biasPart('the data as they came', report.bias.input, report.bias.rows)}
${biasPart('the cleaned data', report.bias.cleaned)}
<h2>Annotators</h2>
${annotatorsPart(report)}
<h2>Sources</h2>
${table(
  ['source', 'pairs', 'keep', 'flip', 'smooth', 'drop'],
  report.sources.map(({ source, pairs, keep, flip, smooth, drop }) => [
    escaped(source),
    ...[pairs, keep, flip, smooth, drop].map(count),
  ]),
)}
</main></body></html>
`
}
