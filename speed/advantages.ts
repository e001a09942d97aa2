/**
 * Speed of the advantages that compare a rollout with its group: a million rollouts in groups of eight, once with the
 * groups one after the other and once with their ids shuffled. `node speed/advantages.ts`
 */
import { bench, do_not_optimize, run } from 'mitata'
import { betaAdvantages } from '../src/advantages/beta-advantages.ts'
import { groupRelativeAdvantages } from '../src/advantages/grpo.ts'
import { leaveOneOutAdvantages } from '../src/advantages/rloo.ts'
import { winRates } from '../src/advantages/win-rate.ts'
import { groupsFromIds } from '../src/numerics/grouped.ts'
import { RandomStream } from '../src/numerics/random.ts'

const ROWS = 1_000_000
const GROUP_SIZE = 8

const random = new RandomStream(7)
const valid = new Uint8Array(ROWS).fill(1)
const binary = Float64Array.from({ length: ROWS }, () => random.below(2))
const real = Float64Array.from({ length: ROWS }, () => random.normal())
const sorted = Int32Array.from({ length: ROWS }, (_, row) => Math.floor(row / GROUP_SIZE))
const shuffled = Int32Array.from(random.shuffle([...sorted]))
const out = new Float64Array(ROWS)

for (const [order, ids] of [
  ['sorted', sorted],
  ['shuffled', shuffled],
] as const) {
  for (const [kind, rewards] of [
    ['binary', binary],
    ['real', real],
  ] as const) {
    bench(`grpo, ${kind}, ${order} ids`, () =>
      do_not_optimize(
        groupRelativeAdvantages(rewards, valid, groupsFromIds(ids), { epsilon: 1e-6, single: 'raw', out }),
      ),
    )
  }
  bench(`grpo, binary, new result, ${order} ids`, () =>
    do_not_optimize(
      groupRelativeAdvantages(binary, valid, groupsFromIds(ids), { epsilon: 1e-6, single: 'raw' }),
    ),
  )
  bench(`dr-grpo, binary, ${order} ids`, () =>
    do_not_optimize(
      groupRelativeAdvantages(binary, valid, groupsFromIds(ids), {
        epsilon: 0,
        single: 'raw',
        divideByStandardDeviation: false,
        out,
      }),
    ),
  )
  bench(`rloo, binary, ${order} ids`, () =>
    do_not_optimize(leaveOneOutAdvantages(binary, valid, groupsFromIds(ids), { single: 'raw', out })),
  )
  bench(`beta, binary, ${order} ids`, () =>
    do_not_optimize(betaAdvantages(binary, valid, groupsFromIds(ids), { out })),
  )
  bench(`win-rate, binary, ${order} ids`, () => do_not_optimize(winRates(binary, valid, groupsFromIds(ids))))
}

const rate = (nanoseconds: number): string => ((ROWS / nanoseconds) * 1000).toFixed(1)
const { benchmarks } = await run({ format: 'quiet' })
for (const { alias, runs } of benchmarks) {
  for (const { stats } of runs) {
    if (stats === undefined) continue
    console.log(`${alias.padEnd(36)} median ${rate(stats.p50)}, best ${rate(stats.min)} M rollouts/s`)
  }
}
