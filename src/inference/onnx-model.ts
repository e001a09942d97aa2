/** An ONNX model of text as encoders, classifiers and causal models share it: files, tokenizer, session, limits. */
import { createHash } from 'node:crypto'
import { GuerdonError } from '../records/error.ts'
import { type ModelFiles, readModelFiles } from './model-files.ts'
import { type FindModelOptions, findModel } from './model-source.ts'
import type { Reduction, TensorPort } from './onnx-messages.ts'
import { OnnxSession } from './onnx-session.ts'
import { TextTokenizer, type TokenRow } from './text-tokenizer.ts'
import { batchesByLength, tokenFeeds } from './token-batches.ts'

/** What every spec of an ONNX model may say. */
export interface OnnxModelSpec {
  readonly model: string
  readonly file?: string | undefined
  readonly maxTokens?: number | undefined
  readonly rowsTogether?: number | undefined
  readonly threads?: number | undefined
}

export interface RunRowsOptions {
  readonly abort?: AbortSignal | undefined
  readonly progress?: ((done: number, total: number) => void) | undefined
}

/** Tokens with padding in one run, unless one row alone has more: bounds the memory of a run. */
const TOKENS_TOGETHER = 16_384
const ROWS_TOGETHER = 32
/** milliseconds of tokenising after which other work of the process gets its turn */
const TURN = 12
/** model_max_length of tokenizers that know none is 10³⁰ or so */
const NO_LIMIT = 1e6
/** The positions of these begin behind the padding id, so that two fewer than the table holds can be used. */
const OFFSET_POSITIONS = new Set([
  'roberta',
  'xlm-roberta',
  'camembert',
  'mpnet',
  'longformer',
  'data2vec-text',
])

export class OnnxModel {
  readonly files: ModelFiles
  readonly tokenizer: TextTokenizer
  readonly session: OnnxSession
  /** most tokens of a text: what was asked for, or what the model says */
  readonly maxTokens: number
  readonly padding: number
  readonly rowsTogether: number

  private constructor(
    files: ModelFiles,
    tokenizer: TextTokenizer,
    session: OnnxSession,
    spec: OnnxModelSpec,
  ) {
    this.files = files
    this.tokenizer = tokenizer
    this.session = session
    const limit = tokenLimit(files)
    if (spec.maxTokens !== undefined && spec.maxTokens > limit.positions) {
      throw new GuerdonError('ARGUMENT_INVALID', 'the model has no places for so many tokens', {
        where: { file: files.folder, field: 'maxTokens' },
        found: spec.maxTokens,
        expected: `at most ${limit.positions}`,
      })
    }
    this.maxTokens = spec.maxTokens ?? limit.said
    const padding = files.json('config.json')?.pad_token_id
    this.padding =
      (typeof padding === 'number' ? padding : undefined) ??
      tokenizer.namedId('pad_token') ??
      tokenizer.namedId('eos_token') ??
      0
    this.rowsTogether = spec.rowsTogether ?? (files.quantisesActivations ? 1 : ROWS_TOGETHER)
  }

  /** @throws GuerdonError MODEL_MISSING, MODEL_INVALID, PACKAGE_MISSING, DOWNLOAD_FAILED, ARGUMENT_INVALID (maxTokens) */
  static async open(spec: OnnxModelSpec, options: FindModelOptions = {}): Promise<OnnxModel> {
    const files = await readModelFiles(
      await findModel(spec.model, { ...options, file: spec.file }),
      spec.file,
    )
    const tokenizer = new TextTokenizer({
      tokenizer: files.json('tokenizer.json')!,
      config: files.json('tokenizer_config.json') ?? {},
      folder: files.folder,
    })
    const session = await OnnxSession.open(files.onnx, { threads: spec.threads })
    try {
      return new OnnxModel(files, tokenizer, session, spec)
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** SHA-256 (hex) over the files and whatever else decides the numbers. */
  digestWith(...decides: readonly unknown[]): string {
    return createHash('sha256')
      .update(JSON.stringify([this.files.digest, this.maxTokens, ...decides]))
      .digest('hex')
  }

  /**
   * Makes token rows of texts without holding up other work for long.
   * @throws GuerdonError RUN_CANCELLED
   */
  async tokenise(
    count: number,
    rowOf: (index: number) => TokenRow,
    abort?: AbortSignal,
  ): Promise<TokenRow[]> {
    const rows: TokenRow[] = []
    let turn = performance.now()
    for (let index = 0; index < count; index++) {
      checkGoing(abort)
      rows.push(rowOf(index))
      if (performance.now() - turn > TURN) {
        await new Promise((resolve) => setImmediate(resolve))
        turn = performance.now()
      }
    }
    return rows
  }

  /**
   * Runs rows of tokens in batches of similar length and hands out each batch's numbers. Rows without a token are not
   * run.
   *
   * @param tokensTogether most tokens of a run, padding counted
   * @param take gets the numbers of a batch, their dimensions and the numbers of its rows
   * @throws GuerdonError RUN_CANCELLED, MODEL_INVALID
   */
  async run(
    rows: readonly TokenRow[],
    output: string,
    reduction: (batch: readonly number[], lengths: Int32Array) => Reduction,
    take: (data: Float64Array, dims: readonly number[], batch: readonly number[]) => void,
    options: RunRowsOptions & { readonly tokensTogether?: number } = {},
  ): Promise<void> {
    const filled = rows.flatMap((row, index) => (row.ids.length > 0 ? [index] : []))
    const lengths = filled.map((row) => rows[row]!.ids.length)
    const batches = batchesByLength(lengths, this.rowsTogether, options.tokensTogether ?? TOKENS_TOGETHER)
    let done = rows.length - filled.length
    for (const places of batches) {
      checkGoing(options.abort)
      const batch = places.map((place) => filled[place]!)
      const made = tokenFeeds(
        batch.map((row) => rows[row]!),
        this.session.inputs,
        this.padding,
      )
      const { data, dims } = await this.session.run(made.feeds, output, reduction(batch, made.lengths))
      take(data, dims, batch)
      done += batch.length
      options.progress?.(done, rows.length)
    }
    checkGoing(options.abort)
  }

  /** A failure of this model, naming its folder. */
  failure(
    what: string,
    parts: { readonly found?: unknown; readonly expected?: string; readonly hint?: string } = {},
  ) {
    return new GuerdonError('MODEL_INVALID', what, { where: { file: this.files.folder }, ...parts })
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

function checkGoing(abort: AbortSignal | undefined): void {
  if (abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the work of the model was cancelled')
}

/** The last dimension of an output, when the model says it. */
export function declaredWidth(port: TensorPort): number | undefined {
  const last = port.dims.at(-1)
  return typeof last === 'number' && last > 0 ? last : undefined
}

/** Most tokens that the files say, and most that the model has positions for. */
function tokenLimit(files: ModelFiles): { readonly said: number; readonly positions: number } {
  const config = files.json('config.json') ?? {}
  const numberOf = (value: unknown) =>
    typeof value === 'number' && value > 0 && value < NO_LIMIT ? value : undefined
  let positions = numberOf(config.max_position_embeddings) ?? numberOf(config.n_positions)
  if (positions !== undefined && OFFSET_POSITIONS.has(String(config.model_type)))
    positions -= 1 + (numberOf(config.pad_token_id) ?? 1)
  const said =
    numberOf(files.json('sentence_bert_config.json')?.max_seq_length) ??
    numberOf(files.json('tokenizer_config.json')?.model_max_length)
  const most = positions ?? NO_LIMIT
  return { said: Math.min(said ?? most, most), positions: most }
}
