/** `guerdon audit --log FILE [--held-back COLUMN]`. */
import { renameSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type AuditReport, auditOf } from '../../audit/audit.ts'
import { type AuditRow, type AuditTable, auditTable } from '../../audit/audit-table.ts'
import type { Finding } from '../../audit/diagnostic.ts'
import { htmlReport } from '../../audit/html-report.ts'
import { loggedRow } from '../../audit/logged-row.ts'
import { GuerdonError } from '../../records/error.ts'
import { parseColumnMap } from '../../records/formats/map-columns.ts'
import { openRows } from '../../records/formats/read-rows.ts'
import { bold, dim, excerpt, number, table } from '../print.ts'

export interface AuditCommandOptions {
  readonly log: string
  readonly heldBack?: string
  readonly reward: string
  readonly failOn: string
  readonly html?: string
  readonly output?: string
  readonly seed: string
  readonly map: readonly string[]
  readonly skipInvalid?: boolean
  readonly json?: boolean
}

const ROWS_SHOWN = 5

/** Exit code 0: nothing found; 1: a watch or a fail (with `--fail-on fail` only a fail); 2: wrong input. */
export async function auditCommand(options: AuditCommandOptions): Promise<void> {
  if (options.failOn !== 'watch' && options.failOn !== 'fail') {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no verdict to exit on', {
      where: { field: '--fail-on' },
      found: options.failOn,
      expected: 'watch or fail',
    })
  }
  const seed = Number(options.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no seed', {
      where: { field: '--seed' },
      found: options.seed,
      expected: 'a whole number from 0',
    })
  }
  const { rows, skipped } = await readLog(options)
  const columns = auditTable(rows, options)
  const report = auditOf(columns, { seed })
  const written = { log: options.log, reward: options.reward, skipped, ...withoutPlaces(report) }
  if (options.output !== undefined) write(options.output, `${JSON.stringify(written, null, 2)}\n`)
  if (options.html !== undefined) write(options.html, htmlReport(report, columns, basename(options.log)))
  if (options.json) console.log(JSON.stringify(written, null, 2))
  else print(report, columns, options)
  const found = report.findings.some(
    ({ verdict }) => verdict === 'fail' || (verdict === 'watch' && options.failOn === 'watch'),
  )
  if (found) process.exitCode = 1
}

function withoutPlaces({ findings, ...report }: AuditReport) {
  return { ...report, findings: findings.map(({ places: _, ...finding }) => finding) }
}

/** A report is there whole or not at all. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

async function readLog(options: AuditCommandOptions): Promise<{ rows: AuditRow[]; skipped: number }> {
  const reasons = new Map<string, number>()
  let skipped = 0
  let firstError: GuerdonError | undefined
  const refuse = (error: GuerdonError): void => {
    if (options.skipInvalid !== true) throw error
    firstError ??= error
    skipped++
    const reason =
      error.where.field === undefined ? 'not readable as a row' : `"${error.where.field}" missing or wrong`
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  const source = await openRows(options.log, {
    ...(options.map.length === 0 ? {} : { map: parseColumnMap(options.map) }),
    ...(options.skipInvalid === true ? { skipInvalid: true, onInvalid: refuse } : {}),
  })
  const rows: AuditRow[] = []
  for await (const batch of source.batches) {
    for (const { value, line } of batch) {
      try {
        rows.push(loggedRow(value, { file: options.log, line }, options.reward))
      } catch (error) {
        if (!(error instanceof GuerdonError)) throw error
        refuse(error)
      }
    }
  }
  if (rows.length === 0) {
    throw new GuerdonError('DATA_EMPTY', skipped === 0 ? 'has no rows' : 'has no usable row', {
      where: { file: options.log },
      expected: 'at least one scored rollout',
      ...(firstError === undefined ? {} : { hint: `The first: ${firstError.message}`, cause: firstError }),
    })
  }
  if (skipped > 0) {
    const why = [...reasons].map(([reason, count]) => `${count} × ${reason}`).join(', ')
    console.error(`${skipped} of ${rows.length + skipped} rows left out: ${why}`)
  }
  return { rows, skipped }
}

function nameOf({ diagnostic, column }: Finding): string {
  return column === null || column === diagnostic ? diagnostic : `${diagnostic} (${column})`
}

function print(report: AuditReport, columns: AuditTable, options: AuditCommandOptions): void {
  const heldBack = report.heldBack === null ? 'no held-back column' : `held back: ${report.heldBack}`
  console.log(
    `${number(report.rows)} rollouts, ${number(report.groups)} groups, ${number(report.steps)} steps, ${heldBack}${report.invalid > 0 ? `, ${number(report.invalid)} rows without a valid reward` : ''}`,
  )
  console.log(bold(`\n${report.overallSentence[0]!.toUpperCase()}${report.overallSentence.slice(1)}.`))
  if (report.small) console.log(dim('Fewer than 50 prompts of 8 rollouts: verdicts are at most watch.'))
  console.log(
    `\n${table(
      ['diagnostic', 'verdict', 'what it says'],
      report.findings
        .filter(({ verdict }) => verdict !== 'not-measurable')
        .map((finding) => [nameOf(finding), finding.verdict, finding.sentence]),
    )}`,
  )
  const missing = report.findings.filter(({ verdict }) => verdict === 'not-measurable')
  if (missing.length > 0) {
    console.log(
      `\n${table(
        ['not measurable', 'why'],
        missing.map((finding) => [nameOf(finding), finding.sentence]),
      )}`,
    )
  }
  for (const finding of report.findings) {
    if (finding.verdict !== 'fail' && finding.verdict !== 'watch') continue
    console.log(`\n${bold(`${finding.verdict} ${nameOf(finding)}`)}\n${finding.sentence}\n${finding.guard}`)
    if (finding.places.length === 0) continue
    console.log(
      table(
        ['row', 'step', 'reward', 'completion'],
        finding.places
          .slice(0, ROWS_SHOWN)
          .map((place) => [
            columns.ids[place]!,
            columns.steps.length === 0
              ? '–'
              : String(columns.steps[columns.stepOfGroup[columns.groups.of[place]!]!]!),
            number(columns.reward[place]!),
            columns.texts === null ? '–' : excerpt(columns.texts[place]!),
          ]),
        [1, 2],
      ),
    )
  }
  for (const [what, file] of [
    ['The report as a page', options.html],
    ['The report as JSON', options.output],
  ])
    if (file !== undefined) console.log(dim(`\n${what}: ${file}`))
}
