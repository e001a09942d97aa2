/** `guerdon curate DATA… [-o CLEANED] [--html REPORT]`. */
import { realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type CurateOptions, curate } from '../../preferences/curation/curate.ts'
import type { CurationReport } from '../../preferences/curation/curation-report.ts'
import { curationPage } from '../../preferences/curation/report-page.ts'
import { GuerdonError } from '../../records/error.ts'
import { isGiven } from '../../records/formats/fields.ts'
import { parseColumnMap } from '../../records/formats/map-columns.ts'
import { readRows } from '../../records/formats/read-rows.ts'
import type { Reward } from '../../reward/score.ts'
import { bold, dim, excerpt, number, percent, progressBar, table } from '../print.ts'

export interface CurateCommandOptions {
  readonly output?: string
  readonly html?: string
  readonly rows?: string
  readonly strength?: string
  readonly scores?: boolean
  readonly reward: readonly string[]
  readonly model: readonly string[]
  readonly flip: string
  readonly dropDuplicates: string
  readonly keepDropped?: boolean
  readonly checked?: string
  readonly against: readonly string[]
  readonly ngram: string
  readonly similarity: string
  readonly annotator?: string
  readonly engine: string
  readonly memory: string
  readonly threads: string
  readonly temporary?: string
  readonly seed: string
  readonly map: readonly string[]
  readonly format?: string
  readonly skipInvalid?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

function oneOf<const Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  throw new GuerdonError('ARGUMENT_INVALID', 'has no such value', {
    where: { field: option },
    found: value,
    expected: choices.join(', '),
  })
}

function wholeNumber(option: string, value: string, least: number): number {
  const parsed = Number(value)
  if (value.trim() !== '' && Number.isSafeInteger(parsed) && parsed >= least) return parsed
  throw new GuerdonError('ARGUMENT_INVALID', 'is no number for this', {
    where: { field: option },
    found: value,
    expected: `a whole number from ${least}`,
  })
}

function share(option: string, value: string): number {
  const parsed = Number(value)
  if (value.trim() !== '' && parsed > 0 && parsed <= 1) return parsed
  throw new GuerdonError('ARGUMENT_INVALID', 'is no similarity', {
    where: { field: option },
    found: value,
    expected: 'a number above 0, at most 1',
  })
}

/** People's verdicts: rows with an id and whether the label was wrong. */
async function readChecked(path: string): Promise<Map<string, boolean>> {
  const verdicts = new Map<string, boolean>()
  for await (const rows of readRows(path)) {
    for (const { value, line } of rows) {
      const row = value as Readonly<Record<string, unknown>>
      const wrong = row?.wrong === 'true' ? true : row?.wrong === 'false' ? false : row?.wrong
      if (!isGiven(row?.id) || typeof wrong !== 'boolean') {
        throw new GuerdonError('DATA_FIELD_INVALID', 'is no verdict', {
          where: { file: path, line },
          found: value,
          expected: 'an object with "id" and "wrong", true or false',
        })
      }
      verdicts.set(String(row.id), wrong)
    }
  }
  return verdicts
}

/** The page must not take the place of the data or of the cleaned rows. */
function checkPage(files: readonly string[], options: CurateCommandOptions): void {
  if (options.html === undefined) return
  const real = (path: string): string => {
    try {
      return realpathSync(path)
    } catch {
      // Not there yet, so it can only be equal by name.
      return path
    }
  }
  const taken = [...files, options.output, options.rows].filter((path) => path !== undefined)
  if (!taken.some((path) => real(path) === real(options.html!))) return
  throw new GuerdonError('ARGUMENT_INVALID', 'is the name of the data or of another output', {
    where: { file: options.html },
    expected: 'another name for the page',
  })
}

interface Strengths {
  readonly source: NonNullable<CurateOptions['strength']>
  close(): Promise<void>
}

/** The source of strengths: a column, the scores of the data, rewards and reward models, or voters. */
async function openStrengths(options: CurateCommandOptions): Promise<Strengths> {
  const { strength, scores, reward, model } = options
  const rewards = [...reward, ...model]
  const given = [strength !== undefined, scores === true, rewards.length > 0].filter(Boolean).length
  if (given > 1) {
    throw new GuerdonError('ARGUMENT_INVALID', 'strengths come from one place', {
      found: `${given} sources`,
      expected: 'one of --strength, --scores and --reward or --model, or none of them for voters',
    })
  }
  const closed = async (): Promise<void> => {}
  if (strength !== undefined) return { source: { column: strength }, close: closed }
  if (scores === true) return { source: 'scores', close: closed }
  if (rewards.length === 0) return { source: 'voters', close: closed }
  // Whoever curates by voters need not load the rewards.
  const { createReward } = await import('../../reward/score.ts')
  const { rewardStrengths } = await import('../../preferences/curation/reward-strengths.ts')
  const opened: Reward[] = []
  const close = async (): Promise<void> => {
    for (const one of opened) await one.close()
  }
  try {
    for (const spec of reward) opened.push(await createReward(spec))
    // Calibrated rewards are log-odds, so several models speak in one scale.
    for (const folder of model) {
      const name = basename(resolve(folder))
      opened.push(
        await createReward({
          name,
          signals: { reward: { use: 'reward-model', model: resolve(folder), output: 'calibrated' } },
        }),
      )
    }
  } catch (error) {
    await close()
    throw error
  }
  return { source: rewardStrengths(opened, `margins by ${rewards.join(', ')}`), close }
}

function optionsOf(options: CurateCommandOptions): CurateOptions {
  return {
    output: options.output,
    rows: options.rows,
    layout: options.format,
    ...(options.map.length === 0 ? {} : { map: parseColumnMap(options.map) }),
    skipInvalid: options.skipInvalid === true,
    flip: oneOf('--flip', options.flip, ['suggest', 'apply']),
    dropDuplicates: oneOf('--drop-duplicates', options.dropDuplicates, ['near', 'exact', 'none']),
    keepDropped: options.keepDropped === true,
    against: options.against,
    contaminationWords: wholeNumber('--ngram', options.ngram, 1),
    nearThreshold: share('--similarity', options.similarity),
    annotator: options.annotator,
    engine: oneOf('--engine', options.engine, ['auto', 'memory', 'duckdb']),
    memory: options.memory,
    threads: wholeNumber('--threads', options.threads, 1),
    temporary: options.temporary,
    seed: wholeNumber('--seed', options.seed, 0),
  }
}

/** Exit code 0: done, whatever was found; 2: wrong arguments or input. */
export async function curateCommand(files: readonly string[], options: CurateCommandOptions): Promise<void> {
  checkPage(files, options)
  const parsed = optionsOf(options)
  const checked = options.checked === undefined ? undefined : await readChecked(options.checked)
  const strengths = await openStrengths(options)
  const bar = options.quiet === true ? undefined : await progressBar('curating', 'rows')
  let report: CurationReport
  try {
    report = await curate(files, {
      ...parsed,
      checked,
      strength: strengths.source,
      onProgress: (_stage, rows) => bar?.update(rows),
    })
  } finally {
    bar?.stop()
    await strengths.close()
  }
  if (options.html !== undefined) writeWhole(options.html, curationPage(report, options.rows))
  if (options.json === true) console.log(JSON.stringify(report, null, 2))
  else print(report, options)
}

/** A report is there whole or not at all. */
function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  } finally {
    rmSync(`${path}.new`, { force: true })
  }
}

function print(report: CurationReport, options: CurateCommandOptions): void {
  const { actions, strengths, bias, annotators } = report
  console.log(`${number(report.pairs)} pairs, layout ${report.layout}, ${number(report.remaining)} remain`)
  for (const [reason, rows] of Object.entries(report.leftOut))
    console.error(`${number(rows)} rows left out: ${reason}`)
  console.log(
    `\n${table(
      ['action', 'pairs', 'share'],
      Object.entries(actions).map(([name, rows]) => [name, number(rows), percent(rows, report.pairs)]),
      [1, 2],
    )}`,
  )
  const found = Object.entries(report.findings).filter(([, { rows }]) => rows > 0)
  if (found.length > 0) {
    console.log(
      `\n${table(
        ['finding', 'rows', 'for example'],
        found.map(([kind, { rows, shown }]) => [
          kind,
          number(rows),
          shown
            .slice(0, 3)
            .map(({ id, other }) => excerpt(other === null ? id : `${id} (${other.id})`, 40))
            .join(', '),
        ]),
        [1],
      )}`,
    )
  }
  console.log(`\n${bold('Strengths')} are ${strengths.description}.`)
  if (strengths.agreement !== null) {
    const { agree, pairs, interval } = strengths.agreement
    console.log(
      `The voters agree with ${percent(agree, pairs)} of the labels they had not seen (95 % interval ${number(interval[0], 3)} to ${number(interval[1], 3)}).`,
    )
  }
  console.log(
    `${number(strengths.negative)} of ${number(strengths.known)} pairs have a negative strength (${percent(strengths.negative, strengths.known)}).`,
  )
  if (strengths.why !== null) console.log(`No flips are suggested: ${strengths.why}.`)
  if (report.checkedFlips !== null) {
    const { wrong, checked, safe } = report.checkedFlips
    console.log(
      `Of ${number(checked)} checked flips ${number(wrong)} labels were wrong: flipping is ${safe ? 'safe' : 'not shown to be safe'}.`,
    )
  }
  const { share: longer, interval, pairs } = bias.input.length
  console.log(
    `\n${bold('Length')}: the longer completion was chosen in ${longer === null ? '–' : percent(longer, 1)} of ${number(pairs)} pairs (95 % interval ${number(interval[0], 3)} to ${number(interval[1], 3)}).`,
  )
  const loud = bias.input.format.filter(({ p }) => p !== null && p < 0.05)
  if (loud.length > 0) {
    console.log(
      `\n${table(
        ['form', 'chosen only', 'rejected only', 'log-odds', 'p (Holm)'],
        loud.map((row) => [
          row.phrase,
          number(row.chosenOnly),
          number(row.rejectedOnly),
          number(row.logOdds, 2),
          row.p! < 0.0001 ? '< 0.0001' : number(row.p),
        ]),
        [1, 2, 3, 4],
      )}`,
    )
  }
  if (annotators !== null) {
    console.log(
      `\n${bold('Annotators')}: α ${number(annotators.alphaOfSigns, 3)} over ${number(annotators.items)} pairs with several labels.`,
    )
  }
  for (const [what, file] of [
    ['The cleaned data', options.output],
    ['A line for every row', options.rows],
    ['The report as a page', options.html],
  ])
    if (file !== undefined) console.log(dim(`\n${what}: ${file}`))
}
