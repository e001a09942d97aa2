/**
 * GRPO's advantages for a million rollouts in groups of eight: from rewards and group ids to one advantage a rollout.
 * Ours reads the ids it is given, in random order or sorted; the reshaping forms of NumPy, torch and TRL know that
 * groups lie next to each other and read none. verl gets string ids, as its trainer makes them, one token a row.
 */
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { groupRelativeAdvantages } from '../../src/advantages/grpo.ts'
import { groupsFromIds } from '../../src/numerics/grouped.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { type Clocks, type Contender, clocked, inTurns } from '../measure.ts'
import type { Suite } from './suite.ts'

const GROUP_SIZE = 8
const LOOP_ROWS = 50_000

export const advantages: Suite = async ({ peers, folder, quick }) => {
  const rows = quick ? 200_000 : 1_000_000
  const random = new RandomStream(11)
  const rewards = Float64Array.from({ length: rows }, () => random.normal())
  const valid = new Uint8Array(rows).fill(1)
  const sorted = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / GROUP_SIZE))
  const shuffled = Int32Array.from(random.shuffle([...sorted]))
  const names = Array.from({ length: rows / GROUP_SIZE }, () => identifier(random))
  const text = Array.from(shuffled, (group) => names[group]!).join('\n')
  writeFileSync(join(folder, 'rewards.f64'), rewards)
  writeFileSync(join(folder, 'ids.txt'), text)
  const loopIds = random.shuffle(Array.from(sorted.subarray(0, LOOP_ROWS), (group) => names[group]!))
  writeFileSync(join(folder, 'loop-ids.txt'), loopIds.join('\n'))
  // Through JSON, so that every row has a string of its own, as rows read from a file have.
  const strings = JSON.parse(JSON.stringify(text.split('\n'))) as string[]
  const callable = await peers.ask<Record<'verl' | 'trl', true | string>>('load-advantages', {
    folder,
    size: GROUP_SIZE,
  })

  const out = new Float64Array(rows)
  const compute = (ids: Int32Array | readonly string[], into?: Float64Array): Float64Array =>
    groupRelativeAdvantages(rewards, valid, groupsFromIds(ids), {
      epsilon: 1e-6,
      single: 'raw',
      ...(into === undefined ? {} : { out: into }),
    })
  const ours = (
    name: string,
    ids: Int32Array | readonly string[],
    into?: Float64Array,
    limit = Number.POSITIVE_INFINITY,
  ): Contender => ({
    name,
    items: rows,
    cores: 1,
    rounds: limit,
    run: (round) => {
      // The engine compiles a function after it has run for a while; a trainer's process is long past that.
      if (round < 0 && typeof ids[0] !== 'string') {
        for (let pass = 0; pass < 10; pass++) compute(ids, into)
      }
      const clocks = clocked(() => compute(ids, into))
      // NumPy and torch get a result's memory back when the next one replaces it; so does this loop, outside the clocks.
      if (into === undefined) (clocks.result.buffer as ArrayBuffer).transfer(0)
      return clocks
    },
  })
  const peer = (
    name: string,
    which: string,
    cores = 1,
    rounds = Number.POSITIVE_INFINITY,
    items = rows,
  ): Contender => ({
    name,
    items,
    cores,
    rounds,
    run: (round) => peers.ask<Clocks>('advantages', { which, threads: cores, write: round < 0 }),
  })
  const heavy = quick ? 1 : 3
  const trl = callable.trl === true ? 'TRL tensor steps' : 'TRL tensor steps, written out'
  const verl = callable.verl === true ? 'verl' : 'verl (written out)'
  const contenders = [
    ours('Guerdon, ids in random order', shuffled),
    ours('Guerdon, random order, result array given', shuffled, out),
    ours('Guerdon, ids sorted', sorted),
    ours('Guerdon, ids sorted, result array given', sorted, out),
    ours('Guerdon, string ids in random order', strings, undefined, heavy),
    peer('NumPy float64, sorted, reshaped', 'numpy'),
    peer('NumPy float32, sorted, reshaped', 'numpy32'),
    peer('torch float32, sorted, reshaped', 'torch'),
    peer('torch float32, sorted, two threads', 'torch', 2),
    peer(trl, 'trl', 1, quick ? 2 : 9),
    peer(`${trl}, two threads`, 'trl', 2, quick ? 2 : 9),
    peer(`${verl} vectorised, string ids`, 'verl-vectorised', 1, heavy),
    peer(`${verl} default loop, string ids`, 'verl-loop', 1, heavy, LOOP_ROWS),
  ]
  const random1 = contenders[0]!.name
  const none = Object.fromEntries(contenders.slice(0, 5).map(({ name }) => [name, '']))
  const lines = await inTurns(contenders, {
    suite: 'advantages',
    unit: 'rollouts',
    rounds: quick ? 5 : 21,
    ours: random1,
    against: { ...none, [contenders[11]!.name]: contenders[4]!.name },
    targets: {
      [contenders[5]!.name]: 1.5,
      [trl]: 20,
      [contenders[12]!.name]: 2000,
    },
  })

  const rate = (name: string): number => lines.find((line) => line.name === name)!.perSecondCpu
  const timesAsFast = (name: string, other: string): string => (rate(name) / rate(other)).toFixed(1)
  const differences = {
    numpy: await largestDifference(compute(sorted), folder, 'numpy'),
    torch: await largestDifference(compute(sorted), folder, 'torch'),
    'verl-vectorised': await largestDifference(compute(shuffled), folder, 'verl-vectorised'),
  }
  const notes = [
    `Same numbers: largest difference to NumPy ${differences.numpy.toExponential(1)}, to torch in float32 ${differences.torch.toExponential(1)}, to verl's vectorised form on shuffled string ids ${differences['verl-vectorised'].toExponential(1)}.`,
    `verl's default loop ran on ${LOOP_ROWS.toLocaleString('en-US')} rows in whole groups, shuffled; its time grows with the rows, and the ratio is per row.`,
    callable.trl === true
      ? "TRL's steps stand inside a method of its trainer: the same tensor operations, written out, around the published nanstd."
      : `TRL's steps are written out, its package was not importable (${callable.trl}).`,
    callable.verl === true
      ? "verl's two functions are the published ones, called with one token a row."
      : `verl's two functions are written out from their formulas, its package was not importable (${callable.verl}).`,
    'Ratios compare with ids in random order; verl vectorised with ours on the same string ids.',
    `With ids sorted as the rows of NumPy and TRL are: ${timesAsFast('Guerdon, ids sorted', contenders[5]!.name)} × NumPy, ${timesAsFast('Guerdon, ids sorted', trl)} × TRL.`,
  ]
  return { lines, notes, figures: { differences, rows, groupSize: GROUP_SIZE } }
}

/** Thirty-two hexadecimal digits, as a trainer's unique ids have. */
function identifier(random: RandomStream): string {
  return Array.from({ length: 4 }, () => random.integer32().toString(16).padStart(8, '0')).join('')
}

async function largestDifference(mine: Float64Array, folder: string, which: string): Promise<number> {
  const bytes = await readFile(join(folder, `${which}.f64`))
  const theirs = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)
  if (theirs.length !== mine.length) throw new Error(`${which}: ${theirs.length} rows, not ${mine.length}`)
  let largest = 0
  for (let row = 0; row < mine.length; row++) {
    const difference = Math.abs(mine[row]! - theirs[row]!)
    // NaN must not pass as no difference.
    if (!(difference <= largest)) largest = difference
  }
  return largest
}
