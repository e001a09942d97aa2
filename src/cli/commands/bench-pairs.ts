/** `guerdon bench pairs FILE --model DIR | --reward SPEC | --scores`. */
import { renameSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pairsHtml } from '../../benchmarks/pairs/html-report.ts'
import type { PairReport } from '../../benchmarks/pairs/pair-gatherer.ts'
import { pairs } from '../../benchmarks/pairs/pairs.ts'
import { ownScores, rewardScores } from '../../benchmarks/score-items.ts'
import { GuerdonError } from '../../records/error.ts'
import { parseColumnMap } from '../../records/formats/map-columns.ts'
import { createReward, type Reward } from '../../reward/score.ts'
import { flatMemory } from '../flat-memory.ts'
import { bold, dim, excerpt, number, progressBar, table } from '../print.ts'

export interface BenchPairsOptions {
  readonly model?: string
  readonly reward?: string
  readonly scores?: boolean
  readonly by: string
  readonly seed: string
  readonly worst: string
  readonly map: readonly string[]
  readonly format?: string
  readonly skipInvalid?: boolean
  readonly output?: string
  readonly html?: string
  readonly json?: boolean
}

const MISTAKES_SHOWN = 5

export async function benchPairsCommand(file: string, options: BenchPairsOptions): Promise<void> {
  const seed = wholeNumber('--seed', options.seed)
  const worst = wholeNumber('--worst', options.worst)
  const scorer = scorerOf(options)
  const reward = await scorer.open()
  const controller = new AbortController()
  const stop = (): void => controller.abort(new GuerdonError('RUN_CANCELLED', 'stopped'))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const bar = options.json ? { update() {}, stop() {} } : await progressBar('scoring', 'pairs')
  const keepMemoryFlat = flatMemory()
  try {
    const reading = pairs.read(file, {
      by: options.by,
      layout: options.format,
      skipInvalid: options.skipInvalid,
      ...(options.map.length === 0 ? {} : { map: parseColumnMap(options.map) }),
    })
    const gatherer = pairs.gather({ seed, worst, by: options.by })
    const scored =
      reward === undefined ? ownScores(reading) : rewardScores(reward, reading, controller.signal)
    let done = 0
    for await (const batch of scored) {
      controller.signal.throwIfAborted()
      for (const { item, outcome } of batch) gatherer.add(item, outcome)
      done += batch.length
      bar.update(done)
      keepMemoryFlat()
    }
    bar.stop()
    const report = gatherer.report()
    const { rows, skipped, reasons } = reading.summary
    const written = {
      benchmark: pairs.name,
      file,
      scoredBy: scorer.text,
      specDigest: reward?.provenance.specDigest ?? null,
      rows,
      skipped,
      skippedReasons: reasons,
      ...report,
    }
    if (options.output !== undefined) write(options.output, `${JSON.stringify(written, null, 2)}\n`)
    if (options.html !== undefined) write(options.html, pairsHtml(report, basename(file), scorer.text))
    if (skipped > 0) {
      const why = Object.entries(reasons).map(([reason, count]) => `${count} × ${reason}`)
      console.error(`${skipped} of ${rows} rows left out: ${why.join(', ')}`)
    }
    if (options.json) console.log(JSON.stringify(written, null, 2))
    else print(report, options)
  } finally {
    bar.stop()
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    await reward?.close()
  }
}

interface Scorer {
  readonly text: string
  open(): Promise<Reward | undefined>
}

/** Exactly one of the three sources of scores. */
function scorerOf({ model, reward, scores }: BenchPairsOptions): Scorer {
  const given = [model, reward, scores === true ? true : undefined].filter((source) => source !== undefined)
  if (given.length !== 1) {
    throw new GuerdonError('ARGUMENT_INVALID', 'needs one source of scores', {
      expected: '--reward SPEC, --model DIR or --scores',
      found: given.length === 0 ? 'none' : 'several',
    })
  }
  if (reward !== undefined) return { text: `reward ${reward}`, open: () => createReward(reward) }
  if (model !== undefined) {
    const spec = {
      name: basename(resolve(model)),
      signals: { reward: { use: 'reward-model', model: resolve(model), output: 'calibrated' } },
    }
    return { text: `reward model ${model}`, open: () => createReward(spec) }
  }
  return { text: 'the scores of the file', open: async () => undefined }
}

function wholeNumber(field: string, text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no whole number', {
      where: { field },
      found: text,
      expected: 'a whole number from 0',
    })
  }
  return value
}

/** A report is there whole or not at all. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

const share = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`)
const range = (interval: readonly [number, number] | null): string =>
  interval === null ? '–' : `${share(interval[0])} to ${share(interval[1])}`

function print(report: PairReport, options: BenchPairsOptions): void {
  const { length, temperature, resampling } = report
  console.log(
    bold(
      `accuracy ${share(report.accuracy)} (${range(report.bootstrap ?? report.wilson)}) on ${number(report.pairs)} pairs`,
    ),
  )
  console.log(
    dim(
      `${number(report.ties)} ties of rewards, ${number(report.invalid)} pairs without scores and ${number(report.judgedEqual)} judged equal left out; ${number(resampling.units)} ${resampling.blocks ? 'blocks of prompts' : 'prompts'}, seed ${resampling.seed}`,
    ),
  )
  for (const [reason, count] of Object.entries(report.invalidReasons).slice(0, MISTAKES_SHOWN))
    console.log(dim(`  ${number(count)} × ${reason}`))
  console.log(
    `\n${table(
      ['figure', 'value', '95 %'],
      [
        ['accuracy, ties ½', share(report.accuracy), `${range(report.wilson)} (Wilson)`],
        ['accuracy, ties wrong', share(report.strictAccuracy), ''],
        [`accuracy, mean over ${options.by}`, share(report.macroAccuracy), ''],
        [
          'log-loss',
          number(report.logLoss),
          report.logLossInterval === null
            ? '–'
            : `${number(report.logLossInterval[0])} to ${number(report.logLossInterval[1])}`,
        ],
        ['Brier score', number(report.brier), ''],
        ['calibration error, expected', number(report.expectedCalibrationError), ''],
        ['calibration error, largest', number(report.maximumCalibrationError), ''],
        [
          'temperature',
          number(temperature.value),
          temperature.atBound ? 'end of the searched range: it means nothing' : '',
        ],
        ['log-loss at it', number(temperature.logLoss), ''],
        ['calibration error at it', number(temperature.expectedCalibrationError), ''],
      ],
      [1],
    )}`,
  )
  console.log(
    `\n${table(
      ['predicted', 'predictions', 'mean', 'came true'],
      report.reliability.map((row) => [
        `${row.from.toFixed(1)}–${row.to.toFixed(1)}`,
        number(row.count),
        number(row.probability),
        share(row.share),
      ]),
      [1, 2, 3],
    )}`,
  )
  console.log(
    `\n${table(
      ['length, chosen : rejected', 'pairs', 'accuracy', '95 %'],
      [
        ...length.bins.map((bin) => [
          bin.from === null
            ? `below ${bin.to}`
            : bin.to === null
              ? `from ${bin.from}`
              : `${bin.from} to ${bin.to}`,
          number(bin.pairs),
          share(bin.accuracy),
          range(bin.interval),
        ]),
        ['chosen longer', number(length.chosenLonger.pairs), share(length.chosenLonger.accuracy), ''],
        ['chosen shorter', number(length.chosenShorter.pairs), share(length.chosenShorter.accuracy), ''],
      ],
      [1, 2],
    )}`,
  )
  console.log(
    `people chose the longer one in ${share(length.peoplePreferLonger)}, the reward prefers it in ${share(length.rewardPrefersLonger)}; correlation of margin and length difference ${number(length.correlation)}`,
  )
  console.log(
    `\n${table(
      [options.by, 'pairs', 'accuracy', '95 %', 'log-loss'],
      report.subsets.map((row) => [
        row.name ?? '(without)',
        number(row.pairs),
        share(row.accuracy),
        range(row.interval),
        number(row.logLoss),
      ]),
      [1, 2, 4],
    )}`,
  )
  if (report.worst.length > 0) {
    console.log(
      `\n${table(
        ['worst mistakes', 'margin', 'chosen', 'preferred by the reward'],
        report.worst
          .slice(0, MISTAKES_SHOWN)
          .map((row) => [row.id, number(row.margin), excerpt(row.chosen, 48), excerpt(row.rejected, 48)]),
        [1],
      )}`,
    )
  }
  for (const [what, path] of [
    ['The report as a page', options.html],
    ['The report as JSON', options.output],
  ])
    if (path !== undefined) console.log(dim(`\n${what}: ${path}`))
}
