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
import { pairQuality } from './train-pairs.ts'

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
 * when the mix is better without it by more than one standard error of an accuracy over all validation pairs.
 * Validation pairs are only judged; with two sources "without one" is "the other alone" and is not trained twice.
 *
 * @throws GuerdonError DATA_EMPTY when fewer than two sources are named or there are no validation pairs; what the
 *   recipe throws
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
  if (validation.count === 0)
    throw new GuerdonError('DATA_EMPTY', 'there are no validation pairs to judge sources on')
  const by = present(validation.categories).length > 0 ? validation.categories : validation.sources
  const slices = present(by)
  const sliceRows = slices.map((slice) => rowsWhere(by, (code) => code === slice))
  const measure = async (name: string, rows: Int32Array): Promise<SliceAccuracies> => {
    const trained = await recipe.run(
      { train: selectPairs(train, rows), validation },
      parameters,
      stageContext(context, name),
    )
    const { chosen, rejected } = await scorePairs(recipe, trained, validation)
    const accuracy = (of: Int32Array): number =>
      pairQuality(
        at(chosen, of),
        at(rejected, of),
        Uint8Array.from(of, (row) => validation.tie[row]!),
      ).accuracy
    return { slices: sliceRows.map(accuracy), all: pairQuality(chosen, rejected, validation.tie).accuracy }
  }
  const all = await measure('all sources', Int32Array.from(train.sources.codes.keys()))
  const alone: SliceAccuracies[] = []
  for (const source of sources)
    alone.push(
      await measure(
        `only ${train.sources.names[source]}`,
        rowsWhere(train.sources, (code) => code === source),
      ),
    )
  const rows: SourceRow[] = []
  const named = train.sources.codes.every((code) => code >= 0)
  for (const [index, source] of sources.entries()) {
    const name = train.sources.names[source]!
    const without =
      sources.length === 2 && named
        ? alone[1 - index]!
        : await measure(
            `without ${name}`,
            rowsWhere(train.sources, (code) => code !== source),
          )
    const own = alone[index]!
    const learned = own.slices.map((accuracy, slice) => {
      const count = untied(validation, sliceRows[slice]!)
      return count > 0 && wilsonInterval(Math.round(accuracy * count), count)[0] > 0.5
    })
    const error = Math.sqrt((all.all * (1 - all.all)) / Math.max(1, untied(validation)))
    const taught = slices.filter((_, slice) => learned[slice]).map((slice) => by.names[slice]!)
    const better = without.all - all.all
    const keep = (taught.length > 0 || (slices.length === 0 && own.all > 0.5)) && better <= error
    rows.push({
      source: name,
      pairs: train.sources.codes.filter((code) => code === source).length,
      alone: own,
      without,
      keep,
      because: keep
        ? `teaches ${taught.join(', ') || 'the validation pairs'}; leaving it out changes the accuracy by ${better.toFixed(3)}`
        : better > error
          ? `leaving it out raises the accuracy by ${better.toFixed(3)}`
          : 'its own model is not better than chance on any slice',
    })
  }
  return { slices: slices.map((slice) => by.names[slice]!), all, sources: rows }
}

const at = (values: Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (row) => values[row]!)

const untied = ({ tie }: EncodedPairs, rows?: Int32Array): number =>
  (rows === undefined ? tie : Uint8Array.from(rows, (row) => tie[row]!)).filter((value) => value === 0).length
