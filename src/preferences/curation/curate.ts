/** Curation of preference data: strengths, copies, conflicts, suggested flips, biases, and the cleaned data. */
import { realpathSync, statSync } from 'node:fs'
import { GuerdonError } from '../../records/error.ts'
import { isGiven } from '../../records/formats/fields.ts'
import type { ColumnMap } from '../../records/formats/map-columns.ts'
import { openWriter } from '../../records/formats/open-writer.ts'
import { AnnotatorAgreement } from './annotator-agreement.ts'
import { type AskedStrengths, strengthsFrom } from './choose-strengths.ts'
import { openCleanedFile } from './cleaned-file.ts'
import type { CurationReport } from './curation-report.ts'
import { duckDbRelations } from './duckdb-relation.ts'
import { evaluationGrams } from './evaluation-prompts.ts'
import { findConflicts } from './find-conflicts.ts'
import { findCopies } from './find-copies.ts'
import { findCycles } from './find-cycles.ts'
import { findNearCopies } from './find-near-copies.ts'
import { finishRows } from './finish-rows.ts'
import { gather } from './gather.ts'
import { Marks } from './marks.ts'
import { memoryRelations } from './memory-relation.ts'
import { defaultMinHash, type MinHashOptions } from './min-hash.ts'
import { type ReadPair, readPairs } from './read-pairs.ts'
import type { Relations } from './relation.ts'
import { TrainingSample } from './training-sample.ts'

/** Files beyond this size, gzip and Parquet counted fourfold, are sorted by DuckDB unless an engine is named. */
export const largestInMemory = 256 << 20

/** Pairs, and entries of their vectors, that voters are trained on at the most. */
const mostSampled = { pairs: 20_000, features: 6_000_000 }

export interface CurateOptions {
  /** where the cleaned rows go; none are written when absent */
  readonly output?: string | undefined
  /** where one line a row goes, with every number that the report counts it under */
  readonly rows?: string | undefined
  readonly layout?: string | undefined
  readonly map?: ColumnMap | undefined
  readonly skipInvalid?: boolean | undefined
  /** voters trained on the data, the scores in it, a column of margins, or a source of one's own */
  readonly strength?: AskedStrengths | undefined
  /** whether labels are only suggested to be flipped, or flipped in the output */
  readonly flip?: 'suggest' | 'apply' | undefined
  readonly dropDuplicates?: 'near' | 'exact' | 'none' | undefined
  /** writes dropped rows, too, marked as such */
  readonly keepDropped?: boolean | undefined
  /** evaluation files whose prompts the data must not contain */
  readonly against?: readonly string[] | undefined
  /** words of a run that counts as contained */
  readonly contaminationWords?: number | undefined
  /** column that names who labelled a row; annotator, annotator_id or user when absent */
  readonly annotator?: string | undefined
  readonly engine?: 'auto' | 'memory' | 'duckdb' | undefined
  /** memory of DuckDB: 1GB */
  readonly memory?: string | undefined
  readonly threads?: number | undefined
  /** folder for DuckDB's files */
  readonly temporary?: string | undefined
  readonly seed?: number | undefined
  readonly minHash?: MinHashOptions | undefined
  /** words of a gram and least Jaccard similarity of near copies */
  readonly gramWords?: number | undefined
  readonly nearThreshold?: number | undefined
  /** a flip is suggested where μ̂ + deviations·σ̂ < 0 */
  readonly deviations?: number | undefined
  /** voters speak against labels only if they agree with unseen labels at least this often (lower end of the interval) */
  readonly leastAgreement?: number | undefined
  /** people's verdicts on rows: id → whether the label was wrong */
  readonly checked?: ReadonlyMap<string, boolean> | undefined
  readonly onProgress?: ((stage: string, rows: number) => void) | undefined
}

/**
 * Curates preference files. Three passes: one gathers keys and signatures, one reads the texts of near-copy candidates
 * (only if there are any), one decides about every row and writes it. What needs all rows is sorted by a relation, so
 * that memory does not grow with the data when DuckDB does it. The same files and seed give the same result; which rows
 * are copies and how the voters vote does not depend on the order of rows.
 *
 * @throws GuerdonError as `readPairs`; ARGUMENT_INVALID when an output is an input; PACKAGE_MISSING when DuckDB is
 *   needed and absent
 * @example await curate(['pairs.jsonl'], { output: 'cleaned.jsonl' })
 */
export async function curate(files: readonly string[], options: CurateOptions = {}): Promise<CurationReport> {
  const started = performance.now()
  const { seed = 1, minHash = defaultMinHash, gramWords = 3, nearThreshold = 0.8 } = options
  const { flip = 'suggest', dropDuplicates = 'near', deviations = 1, leastAgreement = 0.65 } = options
  const contaminationWords = options.contaminationWords ?? 13
  checkOutputs(files, [options.output, options.rows])
  await using relations = await openRelations(files, options)
  const read = () => readPairs(files, options)
  const progress = (stage: string) => (rows: number) => options.onProgress?.(stage, rows)

  const first = read()
  const marks = new Marks(await relations.open('marks', 4))
  const agreement = new AnnotatorAgreement()
  const against = options.against ?? []
  const evaluation = against.length === 0 ? undefined : await evaluationGrams(against, contaminationWords)
  const asked = options.strength ?? 'voters'
  const sample = asked === 'voters' ? new TrainingSample(mostSampled.pairs, mostSampled.features) : undefined
  const annotatorOf = annotatorIn(options.annotator)
  const gathered = await gather(first.batches, {
    relations,
    marks,
    agreement,
    sample,
    evaluation,
    annotatorOf,
    minHash,
    gramWords,
    onRows: progress('reading'),
  })
  const layout = first.summary.layout!
  await findCopies(gathered.copies, marks)
  const conflicts = await findConflicts(gathered.labels, marks, agreement)
  const promptsWithCycles = await findCycles(gathered.preferences, marks)
  const nearCandidates = await findNearCopies(gathered.bands, marks, relations, () => read().batches, {
    n: gramWords,
    threshold: nearThreshold,
  })

  options.onProgress?.('voting', gathered.rows)
  const { source, trusted, why, votes } = strengthsFrom(asked, sample, seed, leastAgreement)
  await using cleaned =
    options.output === undefined
      ? undefined
      : await openCleanedFile(options.output, {
          layout: layout.name,
          columns: layout.columns,
          existing: gathered.columns,
          map: options.map,
        })
  await using rowFile = options.rows === undefined ? undefined : await openWriter(options.rows)
  const finished = await finishRows(read().batches, {
    files,
    marks,
    source,
    rules: { dropDuplicates, trusted, deviations },
    flip,
    keepDropped: options.keepDropped === true,
    cleaned,
    rowFile,
    strengths: await relations.open('strengths', 4),
    checked: options.checked,
    annotatorOf,
    onRows: progress('writing'),
  })
  await rowFile?.commit()
  await cleaned?.commit()
  const agreed = agreement.report()
  const { strengths, ...rest } = finished
  return {
    format: 'guerdon-curation-1',
    files,
    layout: layout.name,
    pairs: gathered.rows,
    leftOut: first.summary.leftOut,
    engine: relations.engine,
    seed,
    parameters: {
      flip,
      dropDuplicates,
      deviations,
      leastAgreement,
      nearCopies: { words: gramWords, threshold: nearThreshold, ...minHash },
      contaminationWords,
    },
    ...rest,
    strengths: { description: source.description, agreement: votes ?? null, trusted, why, ...strengths },
    nearCandidates,
    conflicts,
    promptsWithCycles,
    against: evaluation === undefined ? null : { files: against, grams: evaluation.size },
    annotators: agreed.items === 0 ? null : agreed,
    seconds: (performance.now() - started) / 1000,
  }
}

/** Reads who labelled a row: a column of the file, or the pair's user. */
function annotatorIn(column: string | undefined): (read: ReadPair) => string | undefined {
  const names = column === undefined ? ['annotator', 'annotator_id'] : [column]
  return ({ fields, pair }) => {
    for (const name of names) {
      const value = fields[name]
      if (isGiven(value) && value !== '') return String(value)
    }
    return column === undefined ? pair.user : undefined
  }
}

/** An output must not be a file that is read. */
function checkOutputs(files: readonly string[], outputs: readonly (string | undefined)[]): void {
  const real = (path: string): string => {
    try {
      return realpathSync(path)
    } catch {
      // Not there yet, so no input.
      return path
    }
  }
  const inputs = new Set(files.map(real))
  const given = outputs.filter((output) => output !== undefined)
  for (const output of given) {
    if (!inputs.has(real(output))) continue
    throw new GuerdonError('ARGUMENT_INVALID', 'is an input, which curation never changes', {
      where: { file: output },
      expected: 'another name for the output',
    })
  }
  if (new Set(given).size < given.length)
    throw new GuerdonError('ARGUMENT_INVALID', 'two outputs have one name', { found: given[0] })
}

/** Arrays for data that fit, DuckDB for those that do not. */
async function openRelations(files: readonly string[], options: CurateOptions): Promise<Relations> {
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0)
  const engine = options.engine ?? 'auto'
  if (engine === 'memory' || (engine === 'auto' && bytes <= largestInMemory)) return memoryRelations()
  return duckDbRelations({ folder: options.temporary, memory: options.memory, threads: options.threads })
}

function sizeOf(file: string): number {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 }
  return /\.(gz|parquet|pq)$/i.test(file) ? 4 * size : size
}
