/**
 * Clocks and turns. Contenders run one after the other inside every round, each round starting with another one, so
 * that a busy machine slows all of them alike; figures are medians over the rounds, ratios medians of the ratios inside
 * a round. Both clocks are kept: by the wall, and the processor time of the process, which waiting for a core does not
 * lengthen.
 */

/** Seconds of one run by both clocks. */
export interface Clocks {
  readonly wall: number
  readonly cpu: number
}

export interface Contender {
  readonly name: string
  /** items (rollouts, pairs, texts) of one run */
  readonly items: number
  readonly cores: number
  /** takes one run's seconds; a suite reads results in here, outside of the clocks */
  readonly run: (round: number) => Clocks | Promise<Clocks>
  /** how many rounds it takes part in (default all) */
  readonly rounds?: number
}

/** One line of the table. */
export interface Line {
  readonly suite: string
  readonly name: string
  readonly cores: number
  readonly items: number
  readonly unit: string
  readonly runs: number
  readonly secondsWall: number
  readonly secondsCpu: number
  readonly perSecondWall: number
  readonly perSecondCpu: number
  /** how many times as fast ours is, item for item */
  readonly ratio?: { readonly wall: number; readonly cpu: number }
  readonly target?: Target
}

export interface Target {
  readonly text: string
  readonly met: boolean
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Runs `work` once between the clocks of this process. */
export function clocked<T>(work: () => T): Clocks & { readonly result: T } {
  const before = process.cpuUsage()
  const started = performance.now()
  const result = work()
  const wall = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(before)
  return { wall, cpu: (user + system) / 1e6, result }
}

export interface Comparison {
  readonly suite: string
  readonly unit: string
  readonly rounds: number
  /** name of the contender that the others are compared with, when a line names no other */
  readonly ours: string
  /** peer → the one of ours that it is compared with */
  readonly against?: Readonly<Record<string, string>>
  /** peer → least ratio that we promise */
  readonly targets?: Readonly<Record<string, number>>
}

/**
 * Runs the contenders in turns and compares them. One untimed round of each comes first. A target counts as met when
 * the ratio of processor times reaches it: on a machine with other work the wall clock measures that work as well.
 */
export async function inTurns(contenders: readonly Contender[], comparison: Comparison): Promise<Line[]> {
  const taken = new Map<string, Clocks[]>(contenders.map(({ name }) => [name, []]))
  for (const { run } of contenders) await run(-1)
  for (let round = 0; round < comparison.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const { name, run, rounds = comparison.rounds } = contenders[(turn + round) % contenders.length]!
      if (round < rounds) taken.get(name)!.push(await run(round))
    }
  }
  const perItem = ({ items, name }: Contender, clock: keyof Clocks): number[] =>
    taken.get(name)!.map((clocks) => clocks[clock] / items)
  return contenders.map((contender) => {
    const { name, items, cores } = contender
    const secondsWall = items * median(perItem(contender, 'wall'))
    const secondsCpu = items * median(perItem(contender, 'cpu'))
    const line: Line = {
      suite: comparison.suite,
      name,
      cores,
      items,
      unit: comparison.unit,
      runs: taken.get(name)!.length,
      secondsWall,
      secondsCpu,
      perSecondWall: items / secondsWall,
      perSecondCpu: items / secondsCpu,
    }
    const opponent = comparison.against?.[name] ?? comparison.ours
    if (opponent === name || comparison.against?.[name] === '') return line
    const ours = contenders.find((other) => other.name === opponent)!
    const ratioBy = (clock: keyof Clocks): number => {
      const mine = perItem(ours, clock)
      return median(perItem(contender, clock).map((seconds, round) => seconds / mine[round]!))
    }
    const ratio = { wall: ratioBy('wall'), cpu: ratioBy('cpu') }
    const least = comparison.targets?.[name]
    return {
      ...line,
      ratio,
      ...(least === undefined
        ? {}
        : { target: { text: `≥ ${least.toLocaleString('en-US')} ×`, met: ratio.cpu >= least } }),
    }
  })
}
