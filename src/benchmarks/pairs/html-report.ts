/** The report on preference pairs as one HTML page. */
import { escapeHtml, htmlPage, htmlTable } from '../../records/formats/html-page.ts'
import type { Interval, PairReport, ReliabilityRow } from './pair-gatherer.ts'

const ownStyle = `
svg.square{width:20rem;height:20rem;max-width:100%}svg .axis{stroke:var(--line);fill:none}svg .bar{fill:currentColor;opacity:.55}
summary{cursor:pointer}`

const TEXT_LIMIT = 1200

/** Three significant digits; an en dash where there is no number. */
function figure(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(3)))
}

function share(value: number | null): string {
  return value === null ? '–' : `${(100 * value).toFixed(1)} %`
}

function range(interval: Interval | null): string {
  return interval === null ? '–' : `${share(interval[0])} to ${share(interval[1])}`
}

/** Mean prediction against observed share, the diagonal being perfect; the area of a dot grows with its predictions. */
function reliabilityPlot(rows: readonly ReliabilityRow[], ece: number): string {
  const most = Math.max(...rows.map(({ count }) => count))
  const x = (value: number): string => (40 + 240 * value).toFixed(1)
  const y = (value: number): string => (260 - 240 * value).toFixed(1)
  const points = rows.map(({ probability, share: observed }) => `${x(probability)},${y(observed)}`)
  const dots = rows.map(
    ({ probability, share: observed, count }) =>
      `<circle class="bar" cx="${x(probability)}" cy="${y(observed)}" r="${(2 + 6 * Math.sqrt(count / most)).toFixed(1)}"><title>${count} predictions of ${figure(probability)}, of which ${share(observed)} came true</title></circle>`,
  )
  const ticks = [0, 0.5, 1].map(
    (value) =>
      `<text x="${x(value)}" y="276" text-anchor="middle">${value}</text><text x="34" y="${Number(y(value)) + 4}" text-anchor="end">${value}</text>`,
  )
  return `<figure><svg class="square" viewBox="0 0 300 300" role="img" aria-label="Reliability: expected calibration error ${figure(ece)}"><rect class="axis" x="40" y="20" width="240" height="240"/><path class="axis" d="M40 260L280 20"/><polyline points="${points.join(' ')}"/>${dots.join('')}${ticks.join('')}<text x="160" y="294" text-anchor="middle">predicted</text></svg><figcaption>Observed share against predicted probability; on the diagonal the reward says what it knows.</figcaption></figure>`
}

function ratioName(from: number | null, to: number | null): string {
  if (from === null) return `below ${to}`
  return to === null ? `from ${from}` : `${from} to ${to}`
}

function shortened(text: string): string {
  return escapeHtml(text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text)
}

/**
 * The whole page: figures, reliability plot, length, subsets and the worst mistakes with their texts.
 * @param scorer what gave the scores, as text
 */
export function pairsHtml(report: PairReport, file: string, scorer: string): string {
  const { length, temperature, resampling } = report
  const figures = htmlTable(
    ['figure', 'value', ''],
    [
      ['accuracy', share(report.accuracy), `ties of rewards count ½; ${report.ties} of them`],
      ['strict accuracy', share(report.strictAccuracy), 'ties are wrong'],
      [
        '95 % interval, prompts drawn again',
        range(report.bootstrap),
        `${resampling.draws} draws of ${resampling.units} ${resampling.blocks ? 'blocks of prompts' : 'prompts'}, seed ${resampling.seed}`,
      ],
      ['95 % interval, Wilson', range(report.wilson), 'as if pairs were independent'],
      [`mean over ${escapeHtml(report.by)}`, share(report.macroAccuracy), `${report.subsets.length} subsets`],
      ['log-loss', figure(report.logLoss), 'ln 2 = 0.693 for a reward that says nothing'],
      ['Brier score', figure(report.brier), ''],
      ['expected calibration error', figure(report.expectedCalibrationError), 'ten bins, both orders'],
      ['largest calibration error', figure(report.maximumCalibrationError), ''],
      [
        'temperature',
        figure(temperature.value),
        temperature.atBound
          ? 'the end of the searched range: it means nothing'
          : 'differences are divided by it for the best log-loss',
      ],
      ['log-loss at it', figure(temperature.logLoss), ''],
      [
        'calibration error at it',
        figure(temperature.expectedCalibrationError),
        'what is left is order, not scale',
      ],
      ['margin', figure(report.margin.mean), `standard deviation ${figure(report.margin.standardDeviation)}`],
    ],
  )
  const lengths = htmlTable(
    ['chosen : rejected', 'pairs', 'accuracy', '95 % interval'],
    length.bins.map(({ from, to, pairs, accuracy, interval }) => [
      ratioName(from, to),
      String(pairs),
      share(accuracy),
      range(interval),
    ]),
  )
  const subsets = htmlTable(
    [escapeHtml(report.by), 'pairs', 'accuracy', '95 % interval', 'log-loss', 'ties'],
    report.subsets.map(({ name, pairs, accuracy, interval, logLoss, ties }) => [
      name === null ? '<span class="soft">without</span>' : escapeHtml(name),
      String(pairs),
      share(accuracy),
      range(interval),
      figure(logLoss),
      String(ties),
    ]),
  )
  const worst = report.worst.map(
    (mistake) =>
      `<details><summary><code>${escapeHtml(mistake.id)}</code> <span class="soft">margin ${figure(mistake.margin)}: chosen ${figure(mistake.chosenReward)}, rejected ${figure(mistake.rejectedReward)}${mistake.subset === null ? '' : ` · ${escapeHtml(mistake.subset)}`}</span></summary><p class="soft">Prompt</p><pre>${shortened(mistake.prompt)}</pre><p class="soft">Chosen by people</p><pre>${shortened(mistake.chosen)}</pre><p class="soft">Preferred by the reward</p><pre>${shortened(mistake.rejected)}</pre></details>`,
  )
  const reasons = Object.entries(report.invalidReasons).map(([reason, count]) => [
    String(count),
    escapeHtml(reason),
  ])
  const body = `<p>Accuracy ${share(report.accuracy)} (${range(report.bootstrap ?? report.wilson)}) on ${report.pairs} pairs.</p>
<p class="soft">Scored by ${escapeHtml(scorer)}; ${report.invalid} pairs without scores and ${report.judgedEqual} that people judged equal are left out of every figure.</p>
<h2>Figures</h2>
${figures}
${reliabilityPlot(report.reliability, report.expectedCalibrationError)}
<h2>Length</h2>
<p>Accuracy ${share(length.chosenLonger.accuracy)} where the chosen completion is the longer one (${length.chosenLonger.pairs} pairs), ${share(length.chosenShorter.accuracy)} where it is the shorter one (${length.chosenShorter.pairs}). People chose the longer one in ${share(length.peoplePreferLonger)} of the pairs of unequal length, the reward prefers it in ${share(length.rewardPrefersLonger)}. Correlation of margin and length difference: ${figure(length.correlation)}.</p>
${lengths}
<h2>By ${escapeHtml(report.by)}</h2>
${subsets}
${worst.length === 0 ? '' : `<h2>Worst mistakes</h2>\n${worst.join('\n')}`}
${reasons.length === 0 ? '' : `<h2>Left out</h2>\n${htmlTable(['pairs', 'why'], reasons)}`}`
  return htmlPage(`Pairs of ${file}`, body, ownStyle)
}
