/**
 * Which sources of a data mix earn their place: one model a source, measured on every slice of the validation pairs,
 * beside the model of all sources and the models that leave one out. Source: paper 19, section on data.
 */
import type { z } from 'zod'
import type { ParameterSchema } from '../kinds/method.ts'
import { wilsonInterval } from '../numerics/wilson-interval.ts'
import { GuerdonError } from '../records/error.ts'
import { type Categories, type EncodedPairs, selectPairs } from './encoded-pairs.ts'
import type { Recipe, RecipeContext, TrainingSplit } from './recipe.ts'
import { scorePairs } from './score-pairs.ts'
import { stageContext } from './stage-context.ts'

/** What one model got right: 1, ½ or 0 a validation pair, NaN for a tie. */
type Hits = Float64Array

/** Accuracies: one a slice, and over all validation pairs. */
export interface SliceAccuracies {
  readonly slices: readonly number[]
  readonly all: number
}

export interface SourceRow {
  readonly source: string
  readonly pairs: number
  /** of the model trained on this source alone */
  readonly alone: SliceAccuracies
  /** of the model trained on everything else */
  readonly without: SliceAccuracies
  readonly keep: boolean
  /** why, in one sentence */
  readonly because: string
}

export interface SourceAblation {
  /** slices of the validation pairs: their categories, or their sources where no category is named */
  readonly slices: readonly string[]
  /** of the model trained on all sources */
  readonly all: SliceAccuracies
  readonly sources: readonly SourceRow[]
}

const rowsWhere = ({ codes }: Categories, keeps: (code: number) => boolean): Int32Array =>
  Int32Array.from(codes.keys()).filter((row) => keeps(codes[row]!))

/** Names that occur, in their order. */
const present = ({ codes, names }: Categories): number[] => {
  const seen = new Set(codes)
  return names.flatMap((_, code) => (seen.has(code) ? [code] : []))
}

/**
 * Trains 2S + 1 models of one recipe: on all S sources, on each alone, on all but each. A source is proposed for
 * dropping when its own model is not better than chance on any slice (lower end of Wilson's 95 % interval ≤ ½), or
 * when the mix is better without it by more than 1.96 standard errors of the difference, pair by pair, over all
 * validation pairs.
 * Validation pairs are only judged; with two sources "without one" is "the other alone" and is not trained twice.
 *
 * @throws GuerdonError DATA_EMPTY when fewer than two sources are named or there are no untied validation pairs; what
 *   the recipe throws
 */
export async function sourceAblation<P extends ParameterSchema>(
  { train, validation }: TrainingSplit,
  recipe: Recipe<P>,
  parameters: z.input<P>,
  context: RecipeContext,
): Promise<SourceAblation> {
  const sources = present(train.sources)
  if (sources.length < 2)
    throw new GuerdonError('DATA_EMPTY', 'the training pairs name fewer than two sources', {
      found: sources.map((code) => train.sources.names[code]),
      hint: 'Give every data file a source in the configuration',
    })
  if (untied(validation) === 0)
    throw new GuerdonError('DATA_EMPTY', 'there are no validation pairs to judge sources on', {
      expected: 'pairs that are not tied',
    })
  const named = [validation.categories, validation.sources].find((labels) => present(labels).length > 0)
  const by = named ?? { codes: new Int32Array(validation.count), names: ['all'] }
  const slices = present(by).filter(
    (slice) =>
      untied(
        validation,
        rowsWhere(by, (code) => code === slice),
      ) > 0,
  )
  const sliceRows = slices.map((slice) => rowsWhere(by, (code) => code === slice))
  const measure = async (
    name: string,
    rows: Int32Array,
  ): Promise<{ readonly hits: Hits; readonly accuracies: SliceAccuracies }> => {
    const trained = await recipe.run(
      { train: selectPairs(train, rows), validation },
      parameters,
      stageContext(context, name),
    )
    const { chosen, rejected } = await scorePairs(recipe, trained, validation)
    const hits = Float64Array.from(chosen, (reward, row) =>
      validation.tie[row] === 1 ? Number.NaN : (Math.sign(reward - rejected[row]!) + 1) / 2,
    )
    return {
      hits,
      accuracies: {
        slices: sliceRows.map((of) => mean(Float64Array.from(of, (row) => hits[row]!)).mean),
        all: mean(hits).mean,
      },
    }
  }
  const all = await measure('all sources', Int32Array.from(train.sources.codes.keys()))
  const alone: Awaited<ReturnType<typeof measure>>[] = []
  for (const source of sources)
    alone.push(
      await measure(
        `only ${train.sources.names[source]}`,
        rowsWhere(train.sources, (code) => code === source),
      ),
    )
  const rows: SourceRow[] = []
  const allNamed = train.sources.codes.every((code) => code >= 0)
  for (const [index, source] of sources.entries()) {
    const name = train.sources.names[source]!
    const without =
      sources.length === 2 && allNamed
        ? alone[1 - index]!
        : await measure(
            `without ${name}`,
            rowsWhere(train.sources, (code) => code !== source),
          )
    const own = alone[index]!
    const learned = own.accuracies.slices.map((accuracy, slice) => {
      const count = untied(validation, sliceRows[slice]!)
      return count > 0 && wilsonInterval(Math.round(accuracy * count), count)[0] > 0.5
    })
    const gain = mean(without.hits.map((hit, row) => hit - all.hits[row]!))
    const taught = slices.filter((_, slice) => learned[slice]).map((slice) => by.names[slice]!)
    const harms = gain.mean > 1.96 * gain.error
    const keep = taught.length > 0 && !harms
    rows.push({
      source: name,
      pairs: train.sources.codes.filter((code) => code === source).length,
      alone: own.accuracies,
      without: without.accuracies,
      keep,
      because: harms
        ? `leaving it out raises the accuracy by ${gain.mean.toFixed(3)}`
        : keep
          ? `teaches ${taught.join(', ')}; leaving it out changes the accuracy by ${gain.mean.toFixed(3)}`
          : 'its own model is not better than chance on any slice',
    })
  }
  return { slices: slices.map((slice) => by.names[slice]!), all: all.accuracies, sources: rows }
}

/** Mean and its standard error over entries that are numbers; NaN and 0 without any. */
function mean(values: Float64Array): { readonly mean: number; readonly error: number } {
  const known = values.filter((value) => !Number.isNaN(value))
  const average = known.reduce((sum, value) => sum + value, 0) / known.length
  const squares = known.reduce((sum, value) => sum + (value - average) ** 2, 0)
  return { mean: average, error: known.length === 0 ? 0 : Math.sqrt(squares) / known.length }
}

const untied = ({ tie }: EncodedPairs, rows?: Int32Array): number =>
  (rows === undefined ? tie : Uint8Array.from(rows, (row) => tie[row]!)).filter((value) => value === 0).length
