/**
 * A head on a frozen encoder whose depth, activation, loss extras and sources are chosen by validation accuracy, one
 * question after the other as paper 19 assembles its baseline, or over the whole grid. What is chosen by validation
 * looks better there than it is: judge the winner on pairs that the search has not seen.
 */
import { z } from 'zod'
import { GuerdonError } from '../records/error.ts'
import { bradleyTerryHead, headParameters } from './bradley-terry-head.ts'
import { type EncodedPairs, selectPairs } from './encoded-pairs.ts'
import { defineRecipe, type RecipeContext, type TrainingSplit } from './recipe.ts'
import { type SourceAblation, sourceAblation } from './source-ablation.ts'
import { stageContext } from './stage-context.ts'

const { hidden, activation, ...training } = headParameters

type Head = Pick<
  z.output<typeof bradleyTerryHead.parameters>,
  'hidden' | 'activation' | 'centring' | 'lengthNormalised'
>

export interface SearchRow extends Head {
  readonly question: 'head' | 'loss' | 'grid'
  readonly accuracy: number
  readonly logLoss: number
}

/** One row of the table that the search reports, best first inside a question. */
export interface SearchReport {
  readonly tried: readonly SearchRow[]
  readonly chosen: Head
  readonly sources?: SourceAblation
}

const label = ({ hidden: widths, activation: between, centring, lengthNormalised }: Head): string =>
  [
    widths.length === 0 ? 'linear' : `${widths.join('-')} ${between}`,
    centring > 0 && `centring ${centring}`,
    lengthNormalised && 'length-normalised',
  ]
    .filter((part) => part !== false)
    .join(', ')

/** Every head once: a linear one has no activation to choose. */
function heads(widths: readonly number[][], activations: readonly Head['activation'][]): Head[] {
  const plain = { centring: 0, lengthNormalised: false }
  return widths.flatMap((hidden) =>
    hidden.length === 0
      ? [{ hidden, activation: 'none' as const, ...plain }]
      : activations.map((activation) => ({ hidden, activation, ...plain })),
  )
}

const keptSources = (pairs: EncodedPairs, dropped: ReadonlySet<string>): EncodedPairs =>
  selectPairs(
    pairs,
    Int32Array.from(pairs.sources.codes.keys()).filter(
      (row) => !dropped.has(pairs.sources.names[pairs.sources.codes[row]!] ?? ''),
    ),
  )

export const headSearch = defineRecipe({
  name: 'head-search',
  summary:
    'Chooses depth, activation, loss extras and sources of a head by validation, and reports the table.',
  paper: {
    slug: '19-basereward',
    title: 'BaseReward: A Strong Baseline for Multimodal Reward Model',
    source: 'sections 4.2 to 4.4',
  },
  aliases: ['basereward search', 'ablation', 'head ablation'],
  parameters: z.object({
    heads: z
      .array(z.array(z.number().int().min(1)))
      .min(1)
      .default([[], [128], [128, 128]])
      .describe('hidden widths to try; [] is a linear head'),
    activations: z
      .array(activation.unwrap())
      .min(1)
      .default(['silu', 'tanh'])
      .describe('activations to try for heads with hidden layers'),
    centrings: z.array(z.number().min(0)).min(1).default([0, 0.01]).describe('λ of centring to try'),
    lengthNormalised: z
      .array(z.boolean())
      .min(1)
      .default([false])
      .describe('whether to try rewards divided by ln(words + 1) in the loss'),
    search: z
      .enum(['successive', 'grid'])
      .default('successive')
      .describe('head first and then the loss extras with it, or all combinations'),
    sources: z
      .enum(['all', 'propose', 'drop'])
      .default('all')
      .describe('train on all; report a source table too; or leave out what it proposes to drop'),
    ...training,
  }),
  async train(data, parameters, context) {
    if (data.validation.count === 0)
      throw new GuerdonError('DATA_EMPTY', 'a search needs validation pairs to choose by', {
        hint: 'Hold a share of the pairs out',
      })
    const { heads: widths, activations, centrings, lengthNormalised, search, sources, ...shared } = parameters
    let split: TrainingSplit = data
    const tried: SearchRow[] = []
    const trainHead = async (head: Head, own: RecipeContext) => {
      const trained = await bradleyTerryHead.run(
        split,
        { ...shared, ...head },
        stageContext(own, label(head)),
      )
      return { ...trained.model, head }
    }
    type Candidate = Awaited<ReturnType<typeof trainHead>>
    const known = new Map<string, Candidate>()
    const best = async (question: SearchRow['question'], candidates: readonly Head[]): Promise<Candidate> => {
      let winner: Candidate | undefined
      const rows: SearchRow[] = []
      for (const head of candidates) {
        const name = label(head)
        const found = known.get(name) ?? (await trainHead(head, context))
        known.set(name, found)
        const { validationAccuracy: accuracy, validationLogLoss: logLoss } = found.metrics
        rows.push({ question, ...head, accuracy: accuracy!, logLoss: logLoss! })
        const ahead = accuracy! - (winner?.metrics.validationAccuracy ?? Number.NEGATIVE_INFINITY)
        if (ahead > 0 || (ahead === 0 && logLoss! < winner!.metrics.validationLogLoss!)) winner = found
      }
      tried.push(...rows.sort((a, b) => b.accuracy - a.accuracy || a.logLoss - b.logLoss))
      return winner!
    }
    const withExtras = (head: Head): Head[] =>
      centrings.flatMap((centring) =>
        lengthNormalised.map((normalised) => ({ ...head, centring, lengthNormalised: normalised })),
      )
    const shapes = heads(widths, activations)
    let winner =
      search === 'grid'
        ? await best('grid', shapes.flatMap(withExtras))
        : await best('loss', withExtras((await best('head', shapes)).head))
    let table: SourceAblation | undefined
    if (sources !== 'all') {
      table = await sourceAblation(
        split,
        bradleyTerryHead,
        { ...shared, ...winner.head },
        stageContext(context, 'sources'),
      )
      const dropped = new Set(table.sources.filter(({ keep }) => !keep).map(({ source }) => source))
      if (sources === 'drop' && dropped.size > 0) {
        const train = keptSources(split.train, dropped)
        if (train.count === 0)
          throw new GuerdonError('DATA_EMPTY', 'every source was proposed for dropping', {
            hint: 'No source teaches anything the validation pairs ask for: look at both, or use sources: propose',
          })
        split = { train, validation: split.validation }
        winner = await trainHead(winner.head, stageContext(context, 'kept sources'))
      }
    }
    const report: SearchReport = { tried, chosen: winner.head, ...(table && { sources: table }) }
    return {
      weights: winner.weights,
      settings: { ...winner.head },
      metrics: { ...winner.metrics, tried: known.size, trainedOn: split.train.count },
      report,
    }
  },
  score(weights, inputs, parameters, settings) {
    const chosen = settings as unknown as Head
    return bradleyTerryHead.score(
      weights,
      inputs,
      { ...parameters, ...chosen } as z.output<typeof bradleyTerryHead.parameters>,
      settings,
    )
  },
})
