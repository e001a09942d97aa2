/** `guerdon diff SPEC_A SPEC_B ROLLOUTS`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { groupsFromIds } from '../../numerics/grouped.ts'
import { columnOf } from '../../records/column.ts'
import { GuerdonError } from '../../records/error.ts'
import { type Difference, difference } from '../../reward/diff.ts'
import { createReward } from '../../reward/score.ts'
import { scoreStream } from '../../reward/score-stream.ts'
import { bold, number, percent, table } from '../print.ts'
import { type InputOptions, openRollouts, reportSkipped } from '../read-rollouts.ts'

interface ScoredFile {
  readonly name: string
  readonly ids: string[]
  readonly groups: string[]
  readonly rewards: (number | null)[]
}

export async function diffCommand(
  specA: string,
  specB: string,
  inputPath: string,
  options: InputOptions & { most: string },
): Promise<void> {
  const most = Number(options.most)
  if (!Number.isInteger(most) || most < 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no length of a list', {
      where: { field: '--most' },
      found: options.most,
      expected: 'a whole number',
    })
  }
  const a = await scoreFile(specA, inputPath, options, true)
  const b = await scoreFile(specB, inputPath, options, false)
  // Rows of different training steps may come back in another order under another scope: B follows A. Ids may repeat,
  // and rows of one step keep their order, so the n-th of an id in a group is the n-th of both.
  const keysA = keysOf(a)
  const places = new Map(keysOf(b).map((key, row) => [key, row]))
  const result = difference(
    {
      ids: a.ids,
      groupNames: a.groups,
      groups: groupsFromIds(a.groups),
      a: columnOf(a.rewards),
      b: columnOf(keysA.map((key) => b.rewards[places.get(key)!])),
    },
    most,
  )
  if (options.json) console.log(JSON.stringify({ a: a.name, b: b.name, ...result }, null, 2))
  else print(a.name, b.name, result, most)
}

/** A key a row: group (with its step), id, and how often that pair has come before. */
function keysOf({ ids, groups }: ScoredFile): string[] {
  const seen = new Map<string, number>()
  return ids.map((id, row) => {
    const pair = JSON.stringify([groups[row], id])
    const before = seen.get(pair) ?? 0
    seen.set(pair, before + 1)
    return `${pair}${before}`
  })
}

/** Only numbers and names are kept: the texts pass by. */
async function scoreFile(
  specPath: string,
  inputPath: string,
  options: InputOptions,
  report: boolean,
): Promise<ScoredFile> {
  const reward = await createReward(specPath)
  const folder = mkdtempSync(join(tmpdir(), 'guerdon-diff-'))
  const scored: ScoredFile = { name: reward.name, ids: [], groups: [], rewards: [] }
  try {
    const reader = openRollouts(inputPath, options)
    await scoreStream(
      reward,
      reader,
      ({ rows, scored: { reward: column } }) => {
        let row = 0
        for (const { id, group, step } of rows) {
          scored.ids.push(id)
          scored.groups.push(step === null ? group : `${group} at step ${step}`)
          scored.rewards.push(column.valid[row] === 1 ? column.values[row]! : null)
          row++
        }
      },
      { journalPath: join(folder, 'journal'), input: inputPath },
    )
    if (report) reportSkipped(reader)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await reward.close()
  }
  return scored
}

function print(a: string, b: string, result: Difference, most: number): void {
  console.log(`${bold('A')} ${a}\n${bold('B')} ${b}\n`)
  console.log(
    table(
      ['on the same rollouts', ''],
      [
        ['rows valid under both', number(result.rows)],
        [
          'valid only under A / only under B',
          `${number(result.onlyValidInA)} / ${number(result.onlyValidInB)}`,
        ],
        ['rank correlation over all rows', number(result.rankCorrelation)],
        ['rank correlation inside groups', number(result.rankCorrelationInGroups)],
        [
          'pairs of a group ordered differently',
          `${number(result.flippedPairs)} of ${number(result.orderedPairs)} (${percent(result.flippedPairs, result.orderedPairs)})`,
        ],
        [
          'groups whose best rollout changes',
          `${number(result.changedWinners.length)} of ${number(result.groupsWithBest)} (${percent(result.changedWinners.length, result.groupsWithBest)})`,
        ],
      ],
      [1],
    ),
  )
  if (result.movers.length > 0) {
    console.log(`\n${bold('Biggest movers')} (place inside the group; + means B ranks it higher)`)
    console.log(
      table(
        ['id', 'group', 'reward A', 'reward B', 'moves'],
        result.movers.map(({ id, group, rewardA, rewardB, shift }) => [
          id,
          group,
          number(rewardA),
          number(rewardB),
          `${shift > 0 ? '+' : ''}${(100 * shift).toFixed(0)} %`,
        ]),
        [2, 3, 4],
      ),
    )
  }
  if (result.changedWinners.length > 0) {
    console.log(`\n${bold('Groups with another winner')}`)
    console.log(
      table(
        ['group', 'best under A', 'best under B'],
        result.changedWinners.slice(0, most).map(({ group, bestA, bestB }) => [group, bestA, bestB]),
      ),
    )
  }
}
