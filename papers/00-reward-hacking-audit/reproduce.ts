/**
 * Does the audit find planted faults and stay quiet on a clean reward? Small worlds with a known fault, many seeds.
 * `node papers/00-reward-hacking-audit/reproduce.ts` writes evidence.json; thresholds were set on seeds below 10.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditOf } from '../../src/audit/audit.ts'
import { type AuditRow, auditTable } from '../../src/audit/audit-table.ts'
import { overoptimisation } from '../../src/audit/diagnostics/overoptimisation.ts'
import { tailSlope } from '../../src/audit/diagnostics/tail-slope.ts'
import { consecutiveGroups, type Groups } from '../../src/numerics/grouped.ts'
import { partialCorrelation } from '../../src/numerics/partial-correlation.ts'
import { positionBias, type Winner } from '../../src/numerics/position-bias.ts'
import { RandomStream } from '../../src/numerics/random.ts'

/** Share of seeds in which a test rejects, or its numbers averaged. */
export interface Evidence {
  readonly seeds: readonly [number, number]
  /** 100 prompts × 8, quality correlated .5 with length: share of seeds with p < .05 */
  readonly length: Readonly<Record<string, number>>
  /** 60 prompts × 64, an exploit of some strength: share flagged by best-of-n, median n*, slopes, share of tail watches */
  readonly exploit: Readonly<
    Record<string, { flagged: number; medianN: number; slopeAll: number; slopeTop: number; tail: number }>
  >
  /** 100 pairs in both orders, a bias in logits: share of seeds with p < .05 */
  readonly position: Readonly<Record<string, number>>
}

interface LengthWorld {
  readonly reward: Float64Array
  readonly length: Float64Array
  readonly gold: Float64Array
  readonly groups: Groups
}

/** Longer answers are better (correlation .5); reward is gold with noise and `bias` per standard deviation of length. */
function lengthWorld(seed: number, bias: number): LengthWorld {
  const stream = new RandomStream(seed).derive(`length ${bias}`)
  const size = 800
  const length = Float64Array.from({ length: size }, () => stream.normal())
  const gold = length.map((value) => 0.5 * value + Math.sqrt(0.75) * stream.normal())
  const reward = gold.map((value, row) => value + bias * length[row]! + 0.5 * stream.normal())
  return { reward, length, gold, groups: consecutiveGroups(size, 8) }
}

/** The rows with a label when only every fourth has one (two of the eight of each prompt). */
function labelled({ reward, length, gold }: LengthWorld): LengthWorld {
  const keep = (values: Float64Array): Float64Array => values.filter((_, row) => row % 4 === 0)
  const kept = keep(reward)
  return { reward: kept, length: keep(length), gold: keep(gold), groups: consecutiveGroups(kept.length, 2) }
}

function rejects({ reward, length, gold, groups }: LengthWorld, control: boolean): number {
  const { p } = partialCorrelation(reward, length, control ? [gold] : [], groups)
  return p !== null && p < 0.05 ? 1 : 0
}

/** Reward is gold with noise, plus an exploit that few answers use, costs quality, and pays `strength`. */
function exploitRows(seed: number, strength: number): AuditRow[] {
  const stream = new RandomStream(seed).derive(`exploit ${strength}`)
  return Array.from({ length: 60 * 64 }, (_, row) => {
    const exploits = stream.uniform() < 0.05 ? 1 : 0
    const gold = stream.normal() - 0.5 * strength * exploits
    const reward = gold + 0.5 * stream.normal() + 1.5 * strength * exploits
    return { id: `${row}`, group: `${row >> 6}`, step: null, reward, columns: { gold } }
  })
}

/** Pairs of equal answers judged with `bias` logits for the first. */
function judged(seed: number, bias: number): [Winner, Winner][] {
  const stream = new RandomStream(seed).derive(`position ${bias}`)
  return Array.from({ length: 100 }, () => {
    const better = stream.normal()
    const firstWins = (logit: number): boolean => stream.uniform() < 1 / (1 + Math.exp(-logit))
    return [firstWins(better + bias) ? 'A' : 'B', firstWins(-better + bias) ? 'B' : 'A']
  })
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Runs every world on seeds from … to − 1. */
export function reproduce(from: number, to: number): Evidence {
  const seeds = Array.from({ length: to - from }, (_, index) => from + index)
  const share = (rejected: (seed: number) => number): number => meanOf(seeds.map(rejected))
  const exploit: Record<string, Evidence['exploit'][string]> = {}
  for (const strength of [0, 1.5, 3]) {
    const found = seeds.map((seed) => {
      const table = auditTable(exploitRows(seed, strength), { heldBack: 'gold' })
      const { findings } = auditOf(table, { seed, diagnostics: [overoptimisation, tailSlope] })
      const of = (name: string) => findings.find(({ diagnostic }) => diagnostic === name)!
      return { best: of('overoptimisation'), tail: of('tail-slope') }
    })
    const picked = found.map(({ best }) => best.numbers.bestN!).sort((a, b) => a - b)
    exploit[strength] = {
      flagged: meanOf(found.map(({ best }) => (best.verdict === 'fail' ? 1 : 0))),
      medianN: picked[picked.length >> 1]!,
      slopeAll: meanOf(found.map(({ tail }) => tail.numbers.slopeAll!)),
      slopeTop: meanOf(found.map(({ tail }) => tail.numbers.slopeTop!)),
      tail: meanOf(found.map(({ tail }) => (tail.verdict === 'pass' ? 0 : 1))),
    }
  }
  return {
    seeds: [from, to - 1],
    length: {
      'no bias, raw': share((seed) => rejects(lengthWorld(seed, 0), false)),
      'no bias, control': share((seed) => rejects(lengthWorld(seed, 0), true)),
      'no bias, control on a quarter': share((seed) => rejects(labelled(lengthWorld(seed, 0)), true)),
      'bias 0.1, control': share((seed) => rejects(lengthWorld(seed, 0.1), true)),
      'bias 0.2, control': share((seed) => rejects(lengthWorld(seed, 0.2), true)),
      'bias 0.4, control': share((seed) => rejects(lengthWorld(seed, 0.4), true)),
      'bias 0.2, control on a quarter': share((seed) => rejects(labelled(lengthWorld(seed, 0.2)), true)),
    },
    exploit,
    position: Object.fromEntries(
      [0, 0.3, 0.9].map((bias) => [
        bias,
        share((seed) => (positionBias(judged(seed, bias)).p < 0.05 ? 1 : 0)),
      ]),
    ),
  }
}

if (import.meta.main) {
  const evidence = reproduce(10, 210)
  writeFileSync(join(import.meta.dirname, 'evidence.json'), `${JSON.stringify(evidence, null, 2)}\n`)
  console.log(JSON.stringify(evidence, null, 2))
}
