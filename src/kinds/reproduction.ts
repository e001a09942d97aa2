/**
 * Reproductions: a paper's central claims as a small experiment with seeds, thresholds that were fixed beforehand, and
 * a sabotage that must break them. Each lies in `papers/NN-slug/reproduce.ts`; `guerdon reproduce` runs it.
 */

/** What one seed measured: flat names, one number each. */
export type Measured = Readonly<Record<string, number>>

export interface Claim {
  readonly name: string
  /** what is claimed, with its threshold, in one sentence */
  readonly sentence: string
  /** false: reported, not required (the card says so) */
  readonly required: boolean
  /** over all seeds, in their order */
  readonly holds: (seeds: readonly Measured[]) => boolean
}

export interface Sabotage {
  /** which key term is removed */
  readonly sentence: string
  readonly run: (seed: number, context: ReproductionContext) => Promise<Measured>
  /** the claims that must not hold any more */
  readonly breaks: readonly string[]
}

export interface Chart {
  readonly title: string
  readonly unit: string
  /** bar label → name of a measured number */
  readonly bars: Readonly<Record<string, string>>
}

export interface ReproductionContext {
  readonly abort?: AbortSignal
  readonly progress?: (sentence: string) => void
}

export interface Reproduction {
  readonly slug: string
  readonly title: string
  /** what was run, in a few sentences: world, sizes, baseline */
  readonly task: string
  /** evidence seeds: fresh, not those of the pilot runs that set the thresholds */
  readonly seeds: readonly number[]
  readonly run: (seed: number, context: ReproductionContext) => Promise<Measured>
  readonly claims: readonly Claim[]
  readonly sabotage: Sabotage
  readonly charts: readonly Chart[]
  /** what did not hold, what differs from the paper, what a reader must know */
  readonly notes: readonly string[]
}

export interface ClaimVerdict {
  readonly name: string
  readonly sentence: string
  readonly required: boolean
  readonly holds: boolean
}

export interface Evidence {
  readonly paper: string
  readonly title: string
  readonly task: string
  readonly verdict: 'reproduced' | 'not reproduced' | 'partly reproduced'
  readonly claims: readonly ClaimVerdict[]
  readonly seeds: readonly { readonly seed: number; readonly measured: Measured }[]
  readonly means: Measured
  readonly sabotage: {
    readonly sentence: string
    readonly measured: readonly { readonly seed: number; readonly measured: Measured }[]
    /** claims that no longer hold under the sabotage, of those that must not */
    readonly broke: readonly string[]
    readonly survived: readonly string[]
    /** claims that did not hold to begin with, of which the sabotage can say nothing */
    readonly moot: readonly string[]
  }
  readonly notes: readonly string[]
}

/** Keeps the description's types; the contract is checked by `runReproduction`. */
export const defineReproduction = (reproduction: Reproduction): Reproduction => reproduction

/** The average of one measured number over seeds. */
export const meanOver = (seeds: readonly Measured[], name: string): number =>
  seeds.reduce((sum, measured) => sum + measured[name]!, 0) / seeds.length

/** True when a condition holds in every seed, or in at least `least` of them. */
export const inSeeds = (
  seeds: readonly Measured[],
  condition: (measured: Measured) => boolean,
  least = seeds.length,
): boolean => seeds.filter(condition).length >= least

/** Verdicts on what was measured: required claims decide. */
export function judge(
  { claims }: Pick<Reproduction, 'claims'>,
  seeds: readonly Measured[],
): { readonly verdict: Evidence['verdict']; readonly claims: readonly ClaimVerdict[] } {
  const verdicts = claims.map(({ name, sentence, required, holds }) => ({
    name,
    sentence,
    required,
    holds: holds(seeds),
  }))
  const required = verdicts.filter((claim) => claim.required)
  const held = required.filter((claim) => claim.holds).length
  const verdict =
    held === required.length ? 'reproduced' : held === 0 ? 'not reproduced' : 'partly reproduced'
  return { verdict, claims: verdicts }
}

/**
 * Runs a reproduction over its seeds, and its sabotage over the first of them.
 *
 * @param seeds seeds to use instead of the reproduction's own
 */
export async function runReproduction(
  reproduction: Reproduction,
  context: ReproductionContext = {},
  seeds: readonly number[] = reproduction.seeds,
): Promise<Evidence> {
  const measured: { seed: number; measured: Measured }[] = []
  for (const seed of seeds) {
    context.progress?.(`seed ${seed}`)
    measured.push({ seed, measured: await reproduction.run(seed, context) })
  }
  const sabotaged: { seed: number; measured: Measured }[] = []
  for (const seed of seeds) {
    context.progress?.(`sabotage, seed ${seed}`)
    sabotaged.push({ seed, measured: await reproduction.sabotage.run(seed, context) })
  }
  const rows = measured.map((row) => row.measured)
  const under = sabotaged.map((row) => row.measured)
  const broken = new Map(reproduction.claims.map(({ name, holds }) => [name, holds] as const))
  const moot = reproduction.sabotage.breaks.filter((name) => !broken.get(name)!(rows))
  const held = reproduction.sabotage.breaks.filter((name) => !moot.includes(name))
  const broke = held.filter((name) => !broken.get(name)!(under))
  const { verdict, claims } = judge(reproduction, rows)
  return {
    paper: reproduction.slug,
    title: reproduction.title,
    task: reproduction.task,
    verdict,
    claims,
    seeds: measured,
    means: Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, meanOver(rows, name)])),
    sabotage: {
      sentence: reproduction.sabotage.sentence,
      measured: sabotaged,
      broke,
      survived: held.filter((name) => !broke.includes(name)),
      moot,
    },
    notes: reproduction.notes,
  }
}
