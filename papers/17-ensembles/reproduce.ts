/** Paper 17: what averaging members of different pretraining brings, and the hack that it does not remove. */
import { herding } from '../../src/audit/herding.ts'
import { underspecification } from '../../src/audit/underspecification.ts'
import { hostTensor } from '../../src/engine/host-tensor.ts'
import {
  defineReproduction,
  inSeeds,
  type Measured,
  meanOver,
  type ReproductionContext,
} from '../../src/kinds/reproduction.ts'
import { type Aggregate, aggregateEnsemble } from '../../src/numerics/ensemble-aggregate.ts'
import { bestReply } from '../../src/numerics/member-agreement.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { referenceMoments, standardiseMembers } from '../../src/numerics/standardise-members.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import type { Recipe } from '../../src/reward-models/recipe.ts'
import { heldOutQuality, type Trained } from '../../src/reward-models/score-pairs.ts'
import { openRowScorer } from '../../src/reward-models/score-rows.ts'
import { realScores } from './real-scores.ts'
import { COLUMNS, drawCorpus, finetune, preferenceWorld, pretrain } from './world.ts'

interface Setting {
  readonly pairs: number
  readonly epochs: number
  /** M pretraining and M fine-tuning seeds */
  readonly seeds: number
  readonly lengthBias: number
}

const settings: Readonly<Record<string, Setting>> = {
  '500 pairs': { pairs: 500, epochs: 8, seeds: 5, lengthBias: 0.7 },
  '150 pairs': { pairs: 150, epochs: 25, seeds: 4, lengthBias: 0.7 },
  'no length bias': { pairs: 250, epochs: 15, seeds: 4, lengthBias: 0 },
}
const biased = ['500 pairs', '150 pairs']

/** Standard deviation of the items that are picked from: further out than those of the labels. */
const SHIFT = 1.75
const REFERENCE = 4000

export interface MeasureOptions {
  /** every member is a copy of one, and members are joined as they are, by their minimum, one with a large offset */
  readonly sabotaged?: boolean
  readonly prompts?: number
  readonly most?: number
  readonly only?: readonly string[]
}

type Kind = 'single' | 'finetune mean' | 'pretrain mean'

async function scoresOf({ model, parameters }: Trained, rows: Float32Array): Promise<Float64Array> {
  const scorer = await openRowScorer(
    {
      recipe: bradleyTerryHead as unknown as Recipe,
      parameters,
      weights: model.weights,
      settings: {},
      width: COLUMNS,
    },
    { worker: false, threads: 1 },
  )
  const { reward } = await scorer.score({ completion: hostTensor(rows, [rows.length / COLUMNS, COLUMNS]) })
  await scorer.close()
  return reward
}

export async function measure(seed: number, options: MeasureOptions = {}): Promise<Measured> {
  const { sabotaged = false, prompts = 300, most = 256 } = options
  const stream = new RandomStream(seed).derive('ensembles')
  const corpus = drawCorpus(stream.derive('corpus'))
  const encoders = []
  const names = Object.keys(settings).filter((name) => options.only?.includes(name) !== false)
  const needed = Math.max(...names.map((name) => settings[name]!.seeds))
  for (let own = 0; own < needed; own++)
    encoders.push(await pretrain(corpus, stream.derive(`pretraining ${own}`).integer32()))
  const measured: Record<string, number> = {}
  for (const name of names) {
    const { pairs, epochs, seeds, lengthBias } = settings[name]!
    const world = preferenceWorld(stream.derive(name), pairs, lengthBias)
    const grid: Trained[] = []
    for (let from = 0; from < seeds; from++)
      for (let tuned = 0; tuned < seeds; tuned++) {
        const own = stream.derive(`finetuning ${tuned}`).integer32()
        grid.push(
          sabotaged && grid.length > 0 ? grid[0]! : await finetune(encoders[from]!, world.train, epochs, own),
        )
      }
    let accuracy = 0
    for (const member of grid)
      accuracy += (await heldOutQuality(bradleyTerryHead, member, world.test)).accuracy / grid.length
    measured[`${name}: accuracy`] = accuracy

    const draws = stream.derive(`${name} replies`)
    const replies = Float32Array.from({ length: prompts * most * COLUMNS }, () => SHIFT * draws.normal())
    const reference = Float32Array.from({ length: REFERENCE * COLUMNS }, () => draws.normal())
    const gold = world.teacher.utility(Float64Array.from(replies), prompts * most)
    const moments = []
    const raw: Float64Array[] = []
    for (const member of grid) {
      moments.push(referenceMoments(await scoresOf(member, reference)))
      raw.push(await scoresOf(member, replies))
    }
    const scores = standardiseMembers(raw, moments)
    const rowOf = (index: number): Float64Array[] => scores.slice(index * seeds, (index + 1) * seeds)
    const columnOf = (index: number): Float64Array[] => scores.filter((_, member) => member % seeds === index)
    const ensembles = (kind: Kind, aggregate: Aggregate): Float64Array[] =>
      kind === 'single'
        ? scores
        : Array.from({ length: seeds }, (_, index) =>
            aggregateEnsemble(kind === 'finetune mean' ? rowOf(index) : columnOf(index), { aggregate }),
          )
    /** Gold and length of the picks among the first n replies, averaged over prompts and over the given scorers. */
    const picks = (scorers: readonly Float64Array[], n: number): { gold: number; length: number } => {
      const sum = { gold: 0, length: 0 }
      for (const list of scorers)
        for (let prompt = 0; prompt < prompts; prompt++) {
          const at = prompt * most + bestReply(list.subarray(prompt * most, prompt * most + n))
          sum.gold += gold[at]! / (prompts * scorers.length)
          sum.length += replies[at * COLUMNS + COLUMNS - 1]! / (prompts * scorers.length)
        }
      return sum
    }
    for (const n of [16, most])
      for (const kind of ['single', 'finetune mean', 'pretrain mean'] as const) {
        const size = n === most ? 'most' : n
        const found = picks(ensembles(kind, 'mean'), n)
        measured[`${name}: gold, ${kind}, n ${size}`] = found.gold
        measured[`${name}: length, ${kind}, n ${size}`] = found.length
      }
    measured[`${name}: gold, optimum, n 16`] = picks([gold], 16).gold
    for (const aggregate of ['median', 'min', 'mean-minus-std'] as const)
      measured[`${name}: gold, pretrain ${aggregate}, n 16`] = picks(
        ensembles('pretrain mean', aggregate),
        16,
      ).gold
    // What happens when members are not put on one scale: one with an offset decides every minimum.
    const offset = raw.map((list, member) => (member % seeds === 0 ? list.map((score) => score - 100) : list))
    const bare = aggregateEnsemble(offset.slice(0, seeds), { aggregate: 'min' })
    measured[`${name}: minimum of bare members is the lowest one's`] =
      bare.filter((score, at) => score === offset[0]![at]).length / bare.length

    const byPrompt = (list: Float64Array, n: number): Float64Array[] =>
      Array.from({ length: prompts }, (_, prompt) => list.subarray(prompt * most, prompt * most + n))
    const families = grid.map((_, member) => Math.floor(member / seeds))
    const agreement = underspecification(
      scores.map((list) => byPrompt(list, 16)),
      { families, sizes: [1, 4, 16] },
    )
    measured[`${name}: rank agreement, same pretraining`] = agreement.sameFamily!
    measured[`${name}: rank agreement, other pretraining`] = agreement.otherFamily!
    measured[`${name}: agreement on picks, n 1`] = agreement.curve[0]!.agreement
    measured[`${name}: agreement on picks, n 16`] = agreement.curve.at(-1)!.agreement
    const lengths = Array.from({ length: prompts }, (_, prompt) =>
      Float64Array.from({ length: 16 }, (_, reply) => replies[(prompt * most + reply + 1) * COLUMNS - 1]!),
    )
    const shared = herding(
      columnOf(0).map((list) => byPrompt(list, 16)),
      lengths,
      { name: 'length' },
    )
    measured[`${name}: length is a shared hack`] = shared.shared ? 1 : 0
  }
  const kinds = ['single', 'finetune mean', 'pretrain mean'] as const
  for (const kind of kinds)
    measured[`gold, ${kind}, n 16`] =
      names.reduce((sum, name) => sum + measured[`${name}: gold, ${kind}, n 16`]!, 0) / names.length
  return measured
}

async function run(seed: number, { progress }: ReproductionContext): Promise<Measured> {
  if (seed === 100) for (const line of realScores()) progress?.(line)
  return measure(seed)
}

const gain = (m: Measured): number => m['gold, pretrain mean, n 16']! - m['gold, single, n 16']!

export const reproduction = defineReproduction({
  slug: '17-ensembles',
  title: 'Helping or Herding? Reward Model Ensembles Mitigate but do not Eliminate Reward Hacking',
  task: 'Items of 16 numbers and a length; an encoder pretrained on twelve attributes with 4 or 5 seeds, each fine-tuned with as many seeds on 150 to 500 preferences with a bias of 0.7 logits for length, or none. Best of 16 and of 256 over 300 prompts whose items lie further out (standard deviation 1.75). Members standardised on 4,000 reference items.',
  seeds: [100, 101, 102, 103],
  run,
  claims: [
    {
      name: 'agreement',
      sentence:
        'Members of one pretraining rank replies more alike than members of two, in every setting and seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (m) =>
          Object.keys(settings).every(
            (name) =>
              m[`${name}: rank agreement, same pretraining`] === undefined ||
              m[`${name}: rank agreement, same pretraining`]! >
                m[`${name}: rank agreement, other pretraining`]!,
          ),
        ),
    },
    {
      name: 'helping',
      sentence:
        'Gold of the pick at n = 16, over the settings: pretrain mean ≥ finetune mean ≥ single on average and in at least three of four seeds, and a mean gain above 0.005.',
      required: true,
      holds: (seeds) => {
        const ordered = (single: number, finetuned: number, pretrained: number): boolean =>
          pretrained >= finetuned && finetuned >= single
        const of = (m: Measured) =>
          [
            m['gold, single, n 16']!,
            m['gold, finetune mean, n 16']!,
            m['gold, pretrain mean, n 16']!,
          ] as const
        const mean = (name: string): number => meanOver(seeds, `gold, ${name}, n 16`)
        return (
          ordered(mean('single'), mean('finetune mean'), mean('pretrain mean')) &&
          inSeeds(seeds, (m) => ordered(...of(m)), Math.ceil(0.75 * seeds.length)) &&
          seeds.reduce((sum, m) => sum + gain(m), 0) / seeds.length > 0.005
        )
      },
    },
    {
      name: 'herding',
      sentence:
        'With a length bias the pick of the pretrain mean at n = 16 is at least 0.95 as long as a single member’s, on average over the seeds in both settings.',
      required: true,
      holds: (seeds) =>
        biased.every(
          (name) =>
            seeds[0]![`${name}: length, single, n 16`] === undefined ||
            meanOver(seeds, `${name}: length, pretrain mean, n 16`) >=
              0.95 * meanOver(seeds, `${name}: length, single, n 16`),
        ),
    },
    {
      name: 'control',
      sentence:
        'Without a length bias the mean length of the pretrain mean’s pick is within 0.3 of 0, on average.',
      required: true,
      holds: (seeds) =>
        seeds[0]!['no length bias: accuracy'] === undefined ||
        Math.abs(meanOver(seeds, 'no length bias: length, pretrain mean, n 16')) < 0.3,
    },
    {
      name: 'control in every seed',
      sentence: 'The same within 0.3 in every single seed.',
      required: false,
      holds: (seeds) =>
        inSeeds(seeds, (m) => Math.abs(m['no length bias: length, pretrain mean, n 16'] ?? 0) < 0.3),
    },
    {
      name: 'helping at the largest n',
      sentence: 'The pretrain mean is still above single members at n = 256, on average in every setting.',
      required: false,
      holds: (seeds) =>
        Object.keys(settings).every(
          (name) =>
            meanOver(seeds, `${name}: gold, pretrain mean, n most`) >=
            meanOver(seeds, `${name}: gold, single, n most`),
        ),
    },
  ],
  sabotage: {
    sentence:
      'Every member of the grid is a copy of one: the gain is exactly 0 and agreement cannot depend on pretraining.',
    run: (seed) => measure(seed, { sabotaged: true }),
    breaks: ['agreement', 'helping'],
  },
  charts: Object.keys(settings).map((name) => ({
    title: `Gold of the best of 16, ${name}`,
    unit: 'gold',
    bars: Object.fromEntries(
      ['single', 'finetune mean', 'pretrain mean', 'pretrain median', 'pretrain min', 'optimum'].map(
        (kind) => [kind, `${name}: gold, ${kind}, n 16`],
      ),
    ),
  })),
  notes: [
    'Thresholds were set on a pilot in another framework with seeds 0 and 1 of each setting; the seeds here are fresh. Effects are 1 to 3 % of gold.',
    'The spread of the items that are picked from (the card gives 1.5 to 2) is 1.75 in all settings, and the largest n is 256 in all of them.',
    'The pilot had one run with 150 pairs in which averaging lowered gold at the largest n; none of the four seeds here did.',
    'The length of the pick without a length bias follows what 250 pairs happen to correlate with length; the card does not say whether its bound of 0.3 is one of the mean or of every seed, so both are reported.',
    'Real scores (papers/17-ensembles/real-scores.ts), pairwise accuracy / best of ten on 207 problems of RewardMATH: beaver .480/.068, GRM-gemma .443/.019, InternLM2 .746/.295, oasst .517/.072; mean .585/.087, median .574/.111, minimum .568/.068, mean − std .563/.082; correlations of members .16 to .39. JudgeBench, 100 pairs: InternLM2-7b .65, GRM-2b .58, Skywork-8b .655; mean .61, median .65, minimum .66, mean − std .63. Averaging unequal members loses to the best one: the gain is for members of equal quality.',
    'A minimum over members that are not standardised is decided by the member with the lowest offset: the run reports the share of replies where that is so.',
  ],
})
