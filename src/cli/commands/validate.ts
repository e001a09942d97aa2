/** `guerdon validate FILE [--for TRAINER]`: a spec, or a data file. */
import { existsSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { TRAINERS, type Trainer } from '../../kinds/method.ts'
import { GuerdonError } from '../../records/error.ts'
import { parseColumnMap } from '../../records/formats/map-columns.ts'
import { readRecords } from '../../records/formats/read-records.ts'
import { compile } from '../../reward/compile.ts'
import { loadSpec } from '../../reward/load-spec.ts'
import { trainerWarnings } from '../../reward/trainer-warnings.ts'
import { number, table } from '../print.ts'
import type { InputOptions } from '../read-rollouts.ts'

export async function validateCommand(file: string, options: InputOptions & { for?: string }): Promise<void> {
  if (options.for !== undefined && !(TRAINERS as readonly string[]).includes(options.for)) {
    throw new GuerdonError('ARGUMENT_INVALID', `there is no trainer "${options.for}"`, {
      where: { field: '--for' },
      expected: `one of ${TRAINERS.join(', ')}`,
    })
  }
  if (!existsSync(file)) throw new GuerdonError('FILE_MISSING', 'there is no such file', { where: { file } })
  if (isSpec(file)) await validateSpec(file, options)
  else await validateRecords(file, options)
}

/** A JSON file may be either: a spec is one object that names signals or presets. */
function isSpec(file: string): boolean {
  if (['.yaml', '.yml', '.ts', '.js', '.mjs'].includes(extname(file))) return true
  if (extname(file) !== '.json') return false
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return (
      value !== null &&
      typeof value === 'object' &&
      !Array.isArray(value) &&
      ('signals' in value || 'use' in value)
    )
  } catch {
    return false
  }
}

async function validateSpec(file: string, options: { for?: string; json?: boolean }): Promise<void> {
  const { spec, folder, placeOf } = await loadSpec(file)
  const plan = await compile(spec, { folder, placeOf })
  const trainer = options.for as Trainer | undefined
  const warnings = trainer === undefined ? [] : trainerWarnings(plan, trainer)
  const looksAt = {
    row: 'each rollout alone',
    group: 'whole groups',
    batch: 'the whole batch of a training step',
  }[plan.scope]
  if (options.json) {
    const signals = plan.signals.map(({ name, method }) => ({ name, method: method.name }))
    console.log(
      JSON.stringify(
        {
          valid: true,
          name: spec.name,
          digest: plan.digest,
          scope: plan.scope,
          signals,
          trainer: trainer ?? null,
          warnings,
        },
        null,
        2,
      ),
    )
    return
  }
  console.log(
    `${file} is a valid reward: ${plan.signals.map(({ name, method }) => `${name} (${method.name})`).join(', ')}; it looks at ${looksAt}.`,
  )
  if (trainer === undefined) return
  if (warnings.length === 0) console.log(`${trainer} will use it as it is.`)
  for (const { field, method, sentence } of warnings)
    console.log(`${trainer}: ${field} (${method}): ${sentence.replace(/\.$/, '')}.`)
}

async function validateRecords(file: string, options: InputOptions): Promise<void> {
  const problems: string[] = []
  const reader = readRecords(file, {
    layout: options.format,
    skipInvalid: true,
    onInvalid: (error) => {
      if (problems.length < 20) problems.push(error.toString())
    },
    ...(options.map.length === 0 ? {} : { map: parseColumnMap(options.map) }),
  })
  for await (const _ of reader);
  const { summary } = reader
  if (options.json) {
    console.log(JSON.stringify({ valid: problems.length === 0, ...summary, problems }, null, 2))
  } else {
    console.log(
      `${file}: layout ${summary.layout}, ${number(summary.rows)} rows, ${number(summary.records)} usable`,
    )
    const reasons = Object.entries(summary.reasons).sort((a, b) => b[1] - a[1])
    if (reasons.length > 0)
      console.log(
        table(
          ['rows left out', 'why'],
          reasons.map(([reason, rows]) => [number(rows), reason]),
          [0],
        ),
      )
    for (const problem of problems) console.log(problem)
  }
  if (problems.length > 0) process.exitCode = options.skipInvalid ? 0 : 2
}
