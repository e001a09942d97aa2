/** `guerdon train reward-model CONFIG`: from preferences to a stored reward model. */
import { relative, resolve } from 'node:path'
import { GuerdonError } from '../../records/error.ts'
import type { SliceQuality } from '../../reward-models/pair-quality.ts'
import { type TrainOutcome, trainRewardModel } from '../../reward-models/train.ts'
import { readTrainConfig, type TrainConfig } from '../../reward-models/train-config.ts'
import { bold, dim, number, percent, table } from '../print.ts'
import { type StageBars, stageBars } from '../stage-bars.ts'

export interface TrainRewardModelOptions {
  readonly output?: string
  readonly data: readonly string[]
  readonly restart?: boolean
  readonly seed?: string
  readonly quiet?: boolean
  readonly json?: boolean
}

export async function trainRewardModelCommand(path: string, options: TrainRewardModelOptions): Promise<void> {
  const read = await readTrainConfig(path)
  const config: TrainConfig = {
    ...read,
    ...(options.seed !== undefined && { seed: seedOf(options.seed) }),
    ...(options.data.length > 0 && {
      data: options.data.map((file) => ({ file: resolve(file), weight: 1 })),
    }),
  }
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const bars: StageBars = options.quiet || options.json ? { update() {}, stop() {} } : await stageBars()
  const started = performance.now()
  try {
    const outcome = await trainRewardModel(config, {
      output: options.output,
      restart: options.restart,
      abort: controller.signal,
      progress: ({ stage, done, total, loss }) => bars.update(stage, done, total, loss),
    })
    bars.stop()
    const seconds = (performance.now() - started) / 1000
    if (options.json) {
      const { folder, manifest, notice = null } = outcome
      console.log(JSON.stringify({ folder, seconds, notice, ...manifest }, null, 2))
    } else print(config, outcome, seconds)
  } catch (error) {
    bars.stop()
    if (!(error instanceof GuerdonError) || error.code !== 'RUN_CANCELLED') throw error
    throw new GuerdonError('RUN_CANCELLED', 'stopped', {
      hint: 'The same command continues where it stopped; --restart begins again',
      cause: error,
    })
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

function seedOf(given: string): number {
  const seed = Number(given)
  if (given.trim() !== '' && Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new GuerdonError('ARGUMENT_INVALID', 'is no seed', {
    where: { field: '--seed' },
    found: given,
    expected: 'a whole number from 0',
  })
}

const share = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`)
const between = (interval: readonly [number, number] | null): string =>
  interval === null ? '' : `${(100 * interval[0]).toFixed(1)} to ${(100 * interval[1]).toFixed(1)} %`

function print(
  config: TrainConfig,
  { folder, manifest, data, heldOut, notice }: TrainOutcome,
  seconds: number,
): void {
  const shown = relative(process.cwd(), folder)
  const place = shown === '' || shown.startsWith('..') ? folder : shown
  const left = [
    [data.tiesLeftOut, 'ties left out'],
    [data.promptsHeldOut, 'left out for prompts of the held-out file'],
    [data.files.reduce((sum, { skipped }) => sum + skipped, 0), 'rows skipped'],
  ] as const
  const notes = left.flatMap(([count, what]) => (count > 0 ? [`${number(count)} ${what}`] : []))
  console.log(
    `${bold(manifest.name)}: ${manifest.recipe.use} on ${number(data.parts.train)} of ${number(data.pairs)} pairs, ${number(data.prompts)} prompts${notes.length > 0 ? ` (${notes.join(', ')})` : ''}, in ${seconds.toFixed(1)} s`,
  )
  for (const { file, reasons } of data.files)
    for (const [reason, rows] of Object.entries(reasons))
      console.log(dim(`${relative(process.cwd(), file)}: ${number(rows)} × ${reason}`))
  const { encoder, calibration } = manifest
  console.log(
    `encoder ${encoder.spec.use}, ${number(encoder.width)} numbers a text${notice === undefined ? '' : `: ${notice}`}`,
  )

  console.log(`\nOn ${number(heldOut.pairs)} pairs that nothing was fitted to:`)
  console.log(
    table(
      ['measure', 'value', 'what it says'],
      [
        ['accuracy', share(heldOut.accuracy), `95 %: ${between(heldOut.interval)}`],
        ['longer preferred', share(heldOut.longerPreferred), 'what length alone achieves'],
        ['log-loss', number(heldOut.logLoss), 'a coin has 0.6931'],
        ['Brier score', number(heldOut.brier), 'a coin has 0.25'],
        [
          'calibration error',
          number(heldOut.ece),
          `after temperature ${number(calibration.temperature)}, fitted on ${number(calibration.pairs)} other pairs`,
        ],
      ],
      [1],
    ),
  )
  const slices: [string, readonly SliceQuality[]][] = [
    ['length', heldOut.byLength],
    ['source', heldOut.bySource],
    ['user', heldOut.byUser],
  ]
  const rows = slices.flatMap(([kind, list]) =>
    list
      .slice(0, 8)
      .map(({ name, pairs, accuracy, interval }) => [
        kind,
        name,
        `${number(pairs)} (${percent(pairs, heldOut.pairs)})`,
        share(accuracy),
        between(interval),
      ]),
  )
  if (rows.length > 0) console.log(`\n${table(['by', 'slice', 'pairs', 'accuracy', '95 %'], rows, [2, 3])}`)
  console.log(`\nThe model is ${place}. In a spec:`)
  console.log(dim(`  signals:\n    quality: { use: reward-model, model: ${place}, output: standardised }`))
  if (config.encoder.use === 'columns')
    console.log(
      dim(
        `  It reads ${config.encoder.names.join(', ')}: signals named in over, or columns of the rollouts.`,
      ),
    )
}
