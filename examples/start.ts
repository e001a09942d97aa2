/**
 * `npm start`: the main job on real rollouts. A small language model answered short arithmetic problems, eight times
 * each; this scores the answers, compares advantages and specs, says where the full result lies, and shows every row in
 * the studio until it is stopped. With `--no-studio` it ends after the report.
 */
import { mkdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bold, dim, excerpt, number, percent, table } from '../src/cli/print.ts'
import { openWriter, readRecordsOf } from '../src/formats.ts'
import {
  createReward,
  difference,
  loadSpec,
  type RewardSpec,
  type Rollout,
  type ScoredBatch,
} from '../src/index.ts'

const here = import.meta.dirname
const shown = (path: string): string => relative(process.cwd(), path) || path

async function readRollouts(path: string): Promise<Rollout[]> {
  const rollouts: Rollout[] = []
  for await (const batch of readRecordsOf('rollout', path, { layout: 'rollouts' })) rollouts.push(...batch)
  return rollouts
}

async function scoreWith(spec: RewardSpec, rollouts: readonly Rollout[]): Promise<ScoredBatch> {
  const reward = await createReward(spec, { folder: join(here, 'specs') })
  try {
    return await reward.score(rollouts)
  } finally {
    await reward.close()
  }
}

/** Share of right answers, of boxes and of cut answers, by difficulty. */
function printPassRates(rollouts: readonly Rollout[], scored: ScoredBatch): void {
  const correct = scored.columns.get('correct')!
  const boxed = scored.columns.get('boxed')!
  const levels = [...new Set(rollouts.map((rollout) => Number(rollout.columns?.difficulty)))].sort()
  const rows = levels.map((level) => {
    let all = 0
    let right = 0
    let inBox = 0
    let cut = 0
    for (const [row, rollout] of rollouts.entries()) {
      if (rollout.columns?.difficulty !== level) continue
      all++
      right += correct.values[row]!
      inBox += boxed.values[row]!
      if (rollout.finishReason === 'length') cut++
    }
    return [String(level), number(all), percent(right, all), percent(inBox, all), percent(cut, all)]
  })
  console.log(bold('\nPass rate by difficulty'))
  console.log(table(['difficulty', 'rollouts', 'right', 'boxed', 'cut'], rows, [1, 2, 3, 4]))
}

/** The advantage of a right and of a wrong answer under each method, by how many of the eight were right. */
function printAdvantages(methods: readonly (readonly [string, ScoredBatch])[]): void {
  const correct = methods[0]![1].columns.get('correct')!
  const { groups } = methods[0]![1]
  const rightInGroup = new Int32Array(groups.count)
  for (let row = 0; row < groups.of.length; row++) rightInGroup[groups.of[row]!]! += correct.values[row]!
  const rows: string[][] = []
  for (let right = 0; right <= 8; right++) {
    const prompts = rightInGroup.filter((count) => count === right).length
    if (prompts === 0) continue
    const cells = methods.flatMap(([, { advantages }]) =>
      [1, 0].map((wanted) => {
        let sum = 0
        let count = 0
        for (let row = 0; row < groups.of.length; row++) {
          if (
            rightInGroup[groups.of[row]!] !== right ||
            correct.values[row] !== wanted ||
            advantages!.valid[row] === 0
          )
            continue
          sum +=
            advantages!.grain === 'rollout'
              ? advantages!.values[row]!
              : (advantages!.values[advantages!.offsets![row]!] ?? 0)
          count++
        }
        return count === 0 ? '' : `${sum > 0 ? '+' : ''}${(sum / count).toFixed(2)}`
      }),
    )
    rows.push([`${right} of 8`, number(prompts), ...cells])
  }
  console.log(bold('\nAdvantage of a right and of a wrong answer, by how many of the eight are right'))
  const head = ['right', 'prompts', ...methods.flatMap(([name]) => [`${name} right`, 'wrong'])]
  console.log(table(head, rows, head.map((_, index) => index).slice(1)))
}

/** What the trainers' own functions would pay for the same answers. */
async function printDialects(rollouts: readonly Rollout[], own: ScoredBatch): Promise<void> {
  const names = ['verl/math-reward', 'verl/math-dapo', 'verl/gsm8k-flexible', 'openrlhf', 'trl/accuracy']
  const signals = Object.fromEntries(
    names.map((dialect) => [dialect.replaceAll('/', '_'), { use: 'math-answer', dialect }]),
  )
  const combine = { use: 'weighted-sum', weights: {} }
  const scored = await scoreWith({ name: 'dialects', signals, combine }, rollouts)
  const mine = own.columns.get('correct')!
  const rows = [
    ['Guerdon', percent(mine.values.filter((value) => value === 1).length, rollouts.length), '', ''],
  ]
  for (const dialect of names) {
    const column = scored.columns.get(dialect.replaceAll('/', '_'))!
    let right = 0
    let missed = 0
    let extra = 0
    for (let row = 0; row < rollouts.length; row++) {
      const paid = column.valid[row] === 1 && column.values[row]! > 0
      if (paid) right++
      if (!paid && mine.values[row] === 1) missed++
      if (paid && mine.values[row] === 0) extra++
    }
    rows.push([dialect, percent(right, rollouts.length), number(missed), number(extra)])
  }
  console.log(bold('\nThe same answers judged as the trainers’ own functions do'))
  console.log(table(['function', 'right', 'misses', 'pays besides'], rows, [1, 2, 3]))
}

function printDisagreement(rollouts: readonly Rollout[], a: ScoredBatch, b: ScoredBatch): void {
  const compared = difference(
    {
      ids: rollouts.map(({ id }) => id),
      groupNames: rollouts.map(({ group }) => group),
      groups: a.groups,
      a: a.reward,
      b: b.reward,
    },
    3,
  )
  console.log(bold('\nWhere the specs arithmetic and shows-work disagree'))
  console.log(
    `Rank correlation inside groups ${number(compared.rankCorrelationInGroups, 2)}; ${number(compared.flippedPairs)} of ${number(compared.orderedPairs)} ordered pairs flip; ` +
      `the best rollout changes in ${compared.changedWinners.length} of ${compared.groupsWithBest} groups.`,
  )
  const texts = new Map(rollouts.map((rollout) => [rollout.id, rollout.completion]))
  for (const { id, rewardA, rewardB } of compared.movers) {
    console.log(
      `  ${id}  ${number(rewardA, 2)} → ${number(rewardB, 2)}  ${dim(excerpt(String(texts.get(id)), 70))}`,
    )
  }
}

function printInvalid(scored: ScoredBatch): void {
  const reasons = new Map<string, number>()
  for (const [name, column] of [...scored.columns, ['reward', scored.reward] as const]) {
    for (let row = 0; row < scored.rollouts.length; row++) {
      if (column.offsets !== undefined || column.valid[row] === 1) continue
      const reason = `${name}: ${column.reasons?.[row] ?? 'invalid'}`
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
  }
  console.log(bold('\nInvalid rows, and why'))
  if (reasons.size === 0) console.log('None: every signal could score every row.')
  for (const [reason, rows] of reasons) console.log(`  ${number(rows)} × ${reason}`)
}

async function writeScored(path: string, scored: ScoredBatch): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true })
  await using writer = await openWriter(path)
  await writer.write(
    scored.rollouts.map(({ id, group }, row) => ({
      id,
      group,
      reward: scored.reward.valid[row] === 1 ? scored.reward.values[row] : null,
      advantage: scored.advantages!.values[row],
      columns: Object.fromEntries(
        [...scored.columns].map(([name, { values, valid }]) => [name, valid[row] === 1 ? values[row] : null]),
      ),
    })),
  )
  await writer.commit()
}

const data = join(here, 'data/rollouts.jsonl')
const output = join(here, 'out/scored.jsonl')
const started = performance.now()
const rollouts = await readRollouts(data)
const { spec } = await loadSpec(join(here, 'specs/arithmetic.yaml'))
const { spec: work } = await loadSpec(join(here, 'specs/shows-work.yaml'))
const scored = await scoreWith(spec, rollouts)
const seconds = (performance.now() - started) / 1000

console.log(
  `${bold('Guerdon')} scored ${number(rollouts.length)} rollouts of SmolLM2-135M-Instruct on ${number(scored.groups.count)} arithmetic problems with ${shown(join(here, 'specs/arithmetic.yaml'))}.`,
)
printPassRates(rollouts, scored)
// Correctness alone, so that the methods are compared on the same 0/1 rewards; DLER also cuts at 64 tokens.
const right: RewardSpec = { name: 'right', signals: { correct: spec.signals!.correct! } }
const cut = { correct: [{ use: 'truncation-penalty', limit: 64, unit: 'tokens', factor: 0 }] }
printAdvantages([
  ['GRPO', await scoreWith({ ...right, advantage: { use: 'grpo' } }, rollouts)],
  ['BNPO', await scoreWith({ ...right, advantage: { use: 'beta' } }, rollouts)],
  ['DLER', await scoreWith({ ...right, shape: cut, advantage: { use: 'batch-norm' } }, rollouts)],
])
await printDialects(rollouts, scored)
printDisagreement(rollouts, scored, await scoreWith(work, rollouts))
printInvalid(scored)
await writeScored(output, scored)
console.log(
  `\n${number(Math.round(rollouts.length / seconds))} rows a second, reading included. Every row with its columns: ${shown(output)}`,
)
console.log(
  `Why did a row get its reward?  ${bold(`npm run guerdon -- explain examples/specs/arithmetic.yaml examples/data/rollouts.jsonl --row ${rollouts[9]!.id}`)}`,
)

if (!process.argv.includes('--no-studio')) {
  const { ensureStudio } = await import('../scripts/ensure-studio.ts')
  const { showInStudio } = await import('./studio.ts')
  ensureStudio()
  const server = await showInStudio({
    spec: join(here, 'specs/arithmetic.yaml'),
    rollouts,
    specDigest: scored.provenance.specDigest,
    store: join(here, 'out/studio.sqlite'),
  })
  console.log(
    `\n${bold('Studio')}  worst, best and invalid rows, each explained: ${bold(server.url)}  (Ctrl-C stops it)`,
  )
  const stop = (): void => void server.stop().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}
