/** Log-probabilities of completions under a causal language model in the ONNX format. */
import { createHash } from 'node:crypto'
import { GuerdonError } from '../records/error.ts'
import type { FindModelOptions } from './model-source.ts'
import { declaredWidth, OnnxModel, type OnnxModelSpec, type RunRowsOptions } from './onnx-model.ts'
import type { TokenRow } from './text-tokenizer.ts'

export interface CausalModelSpec extends OnnxModelSpec {
  /** the tokenizer's begin token in front of a prompt in text, where it has one; default true */
  readonly beginToken?: boolean | undefined
  /** the model's end token behind a completion in text, which is then part of it; default false */
  readonly endToken?: boolean | undefined
}

/** A text, or its token ids. */
export type Tokens = string | readonly number[] | Int32Array

/** Ragged over completions: completion i has the tokens from `offsets[i]` to `offsets[i + 1]`. */
export interface CompletionLogProbabilities {
  readonly offsets: Int32Array
  readonly tokens: Int32Array
  /** ln p(token | prompt, tokens of the completion before it) */
  readonly logProbabilities: Float64Array
  /** sum over a completion's tokens; 0 for a completion without any */
  readonly sums: Float64Array
  /** 1 where the prompt lost its beginning, because prompt and completion were too long together */
  readonly cut: Uint8Array
}

/** Bytes of logits in one run, unless one row alone has more. */
const LOGIT_BYTES = 256 << 20
/** taken where a model does not say its vocabulary */
const LARGE_VOCABULARY = 262_144

export class CausalModel {
  readonly name = 'onnx'
  /** SHA-256 (hex) over the model's files and what else decides a log-probability */
  readonly digest: string
  readonly #model: OnnxModel
  readonly #begin: readonly number[]
  readonly #end: readonly number[]
  readonly #tokensTogether: number

  private constructor(model: OnnxModel, spec: CausalModelSpec) {
    this.#model = model
    this.#begin = spec.beginToken === false ? [] : model.tokenizer.begin
    const end = spec.endToken === true ? model.tokenizer.namedId('eos_token') : undefined
    if (spec.endToken === true && end === undefined)
      throw model.failure('its tokenizer_config.json names no eos_token', {
        expected: 'one, for endToken: true',
      })
    this.#end = end === undefined ? [] : [end]
    this.digest = createHash('sha256')
      .update(model.digestWith('causal', this.#begin, this.#end))
      .digest('hex')
    const port = model.session.outputs.find(({ name }) => name === 'logits')
    if (port === undefined)
      throw model.failure('it gives no logits', {
        found: model.session.outputs.map(({ name }) => name).join(', '),
      })
    const vocabulary = declaredWidth(port) ?? model.files.json('config.json')?.vocab_size
    const width = typeof vocabulary === 'number' ? vocabulary : LARGE_VOCABULARY
    this.#tokensTogether = Math.max(1, Math.floor(LOGIT_BYTES / 4 / width))
  }

  /** @throws GuerdonError MODEL_MISSING, MODEL_INVALID, PACKAGE_MISSING, DOWNLOAD_FAILED */
  static async open(spec: CausalModelSpec, options: FindModelOptions = {}): Promise<CausalModel> {
    const model = await OnnxModel.open(spec, options)
    try {
      return new CausalModel(model, spec)
    } catch (error) {
      await model.close()
      throw error
    }
  }

  /**
   * Log-probability of every token of each completion after its prompt.
   *
   * Prompt and completion are tokenised apart, as they were when the completion was sampled, so that no token straddles
   * them. What is too long together loses the beginning of its prompt, behind the begin token; a completion is never cut.
   *
   * @throws GuerdonError ROW_INVALID for a completion that is too long by itself, or whose first token has nothing
   *   before it (no prompt and no begin token); MODEL_INVALID for numbers that are none; RUN_CANCELLED
   */
  async logProbabilities(
    prompts: readonly Tokens[],
    completions: readonly Tokens[],
    options: RunRowsOptions = {},
  ): Promise<CompletionLogProbabilities> {
    if (prompts.length !== completions.length) {
      throw new GuerdonError('ARGUMENT_INVALID', 'there must be as many prompts as completions', {
        found: [prompts.length, completions.length],
      })
    }
    const offsets = new Int32Array(completions.length + 1)
    const cut = new Uint8Array(completions.length)
    const starts = new Int32Array(completions.length)
    const rows = await this.#model.tokenise(
      completions.length,
      (index) => {
        const { row, completionLength, wasCut } = this.#joined(prompts[index]!, completions[index]!, index)
        offsets[index + 1] = completionLength
        cut[index] = wasCut ? 1 : 0
        starts[index] = row.ids.length - completionLength - 1
        return row
      },
      options.abort,
    )
    for (let index = 0; index < completions.length; index++) offsets[index + 1]! += offsets[index]!
    const tokens = new Int32Array(offsets.at(-1)!)
    for (const [index, { ids }] of rows.entries())
      tokens.set(ids.subarray(starts[index]! + 1), offsets[index])
    const logProbabilities = new Float64Array(tokens.length)
    const targetsOf = (row: number) => tokens.subarray(offsets[row], offsets[row + 1])
    const sums = new Float64Array(completions.length)
    // An empty completion has a log-probability of 0 and needs no run.
    const run = rows.map((row, index) => (targetsOf(index).length > 0 ? row : NO_TOKENS))
    await this.#model.run(
      run,
      'logits',
      (batch) => {
        const inBatch = new Int32Array(batch.length + 1)
        for (const [place, row] of batch.entries())
          inBatch[place + 1] = inBatch[place]! + targetsOf(row).length
        const targets = new Int32Array(inBatch.at(-1)!)
        for (const [place, row] of batch.entries()) targets.set(targetsOf(row), inBatch[place])
        return {
          kind: 'log-probabilities',
          offsets: inBatch,
          starts: Int32Array.from(batch, (row) => starts[row]!),
          targets,
        }
      },
      (data, _, batch) => {
        let from = 0
        for (const row of batch) {
          for (let index = offsets[row]!; index < offsets[row + 1]!; index++, from++) {
            const value = data[from]!
            if (!Number.isFinite(value)) throw this.#noNumber(value, tokens[index]!, row)
            logProbabilities[index] = value
            sums[row]! += value
          }
        }
      },
      { ...options, tokensTogether: this.#tokensTogether },
    )
    return { offsets, tokens, logProbabilities, sums, cut }
  }

  close(): Promise<void> {
    return this.#model.close()
  }

  #noNumber(value: number, token: number, row: number): GuerdonError {
    const found = `${value} for token ${token} of completion ${row}`
    if (value !== Number.NEGATIVE_INFINITY)
      return this.#model.failure('a log-probability is not a number', { found })
    return new GuerdonError('ROW_INVALID', 'the model holds a token of the completion to be impossible', {
      where: { row: String(row) },
      found: token,
    })
  }

  #joined(prompt: Tokens, completion: Tokens, index: number) {
    const { maxTokens } = this.#model
    const begin = typeof prompt === 'string' ? this.#begin : []
    const before = typeof prompt === 'string' ? this.#model.tokenizer.ids(prompt) : Int32Array.from(prompt)
    const target =
      typeof completion === 'string'
        ? Int32Array.from([...this.#model.tokenizer.ids(completion), ...this.#end])
        : Int32Array.from(completion)
    const room = maxTokens - begin.length - target.length
    const refuse = (what: string, found: number, expected: string) =>
      new GuerdonError('ROW_INVALID', what, { where: { row: String(index) }, found, expected })
    const kept = Math.min(before.length, Math.max(0, room))
    if (target.length > 0 && (room < 0 || begin.length + kept === 0)) {
      if (begin.length + before.length === 0)
        throw refuse('nothing stands before the completion', 0, 'a prompt, or a tokenizer with a begin token')
      throw refuse(
        'the completion is too long for the model',
        target.length,
        `fewer tokens than ${maxTokens}`,
      )
    }
    const ids = Int32Array.from([...begin, ...before.subarray(before.length - kept), ...target])
    const row: TokenRow = { ids, firstLength: ids.length, cut: kept < before.length }
    return { row, completionLength: target.length, wasCut: row.cut && target.length > 0 }
  }
}

const NO_TOKENS: TokenRow = { ids: new Int32Array(0), firstLength: 0, cut: false }
