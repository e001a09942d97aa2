/** A sequence classifier in the ONNX format as a reward model: texts, or pairs of texts, to one number each. */
import { GuerdonError } from '../records/error.ts'
import type { FindModelOptions } from './model-source.ts'
import { declaredWidth, OnnxModel } from './onnx-model.ts'
import type { OnnxScorerSpec, ScoreOptions, TextScorer } from './text-scorer.ts'
import type { TokenRow } from './text-tokenizer.ts'

type Spec = Omit<OnnxScorerSpec, 'use'>

export class SequenceClassifier implements TextScorer {
  readonly name = 'onnx'
  readonly digest: string
  /** names of the labels, in the order of the logits */
  readonly labels: readonly string[]
  readonly #model: OnnxModel
  readonly #spec: Spec
  readonly #output: string
  readonly #label: number

  private constructor(model: OnnxModel, spec: Spec, output: string, labels: readonly string[]) {
    this.#model = model
    this.#spec = spec
    this.#output = output
    this.labels = labels
    this.#label = chosenLabel(model, labels, spec.label)
    if (spec.activation === 'softmax' && labels.length === 1)
      throw model.failure('a softmax over one label says 1 for every text', {
        expected: 'activation: none or sigmoid',
      })
    const { activation = 'none', truncate = 'left', specialTokens = true } = spec
    this.digest = model.digestWith('scorer', output, this.#label, activation, truncate, specialTokens)
  }

  /**
   * Opens a model folder or repository and runs it once on a short text.
   * @throws GuerdonError MODEL_MISSING, MODEL_INVALID when its output is not one number a label or a label must be chosen,
   *   PACKAGE_MISSING, DOWNLOAD_FAILED
   */
  static async open(spec: Spec, options: FindModelOptions = {}): Promise<SequenceClassifier> {
    const model = await OnnxModel.open(spec, options)
    try {
      const named = model.session.outputs.find(({ name }) => name === 'logits')
      const port = named ?? (model.session.outputs.length === 1 ? model.session.outputs[0] : undefined)
      if (port === undefined) {
        throw model.failure('it gives no logits', {
          found: model.session.outputs.map(({ name }) => name).join(', '),
          expected: 'an output "logits"',
        })
      }
      let width = declaredWidth(port) ?? 0
      const row = model.tokenizer.encode('a', { maxTokens: model.maxTokens, truncate: 'right' })
      await model.run([row], port.name, withoutReduction, (data, dims) => {
        if (dims.length > 2) throw model.failure('its logits are not one row a text', { found: dims })
        width = data.length
      })
      return new SequenceClassifier(model, spec, port.name, labelNames(model, width))
    } catch (error) {
      await model.close()
      throw error
    }
  }

  /**
   * The chosen label's logit of each text, after the activation.
   * @throws GuerdonError ROW_INVALID for a text without a token, MODEL_INVALID for a score that is not a number, RUN_CANCELLED
   */
  scoreTexts(texts: readonly string[], options: ScoreOptions = {}): Promise<Float64Array> {
    return this.#score(texts, undefined, options)
  }

  /** Scores of pairs, as cross-encoders read them: both texts in one sequence, special tokens between. */
  async scorePairs(
    firsts: readonly string[],
    seconds: readonly string[],
    options: ScoreOptions = {},
  ): Promise<Float64Array> {
    if (firsts.length === seconds.length) return this.#score(firsts, seconds, options)
    throw new GuerdonError('ARGUMENT_INVALID', 'pairs need as many first texts as second ones', {
      found: [firsts.length, seconds.length],
    })
  }

  close(): Promise<void> {
    return this.#model.close()
  }

  async #score(
    texts: readonly string[],
    seconds: readonly string[] | undefined,
    options: ScoreOptions,
  ): Promise<Float64Array> {
    const { truncate = 'left', specialTokens } = this.#spec
    const asked = { maxTokens: this.#model.maxTokens, truncate, specialTokens }
    const rows = await this.#model.tokenise(
      texts.length,
      (index) => this.#encoded(texts[index]!, asked, seconds?.[index]),
      options.abort,
    )
    const scores = new Float64Array(texts.length)
    const width = this.labels.length
    await this.#model.run(
      rows,
      this.#output,
      withoutReduction,
      (data, _, batch) => {
        if (data.length !== batch.length * width)
          throw this.#model.failure('it gives another number of logits', { found: data.length })
        for (const [place, row] of batch.entries()) {
          const score = this.#activated(data.subarray(place * width, (place + 1) * width))
          if (!Number.isFinite(score))
            throw this.#model.failure('a score is not a number', { found: String(score) })
          scores[row] = score
        }
      },
      options,
    )
    return scores
  }

  #encoded(text: string, asked: Parameters<OnnxModel['tokenizer']['encode']>[1], second?: string): TokenRow {
    const row = this.#model.tokenizer.encode(text, asked, second)
    if (row.ids.length > 0) return row
    throw new GuerdonError('ROW_INVALID', 'a text without any token has no score', { found: text })
  }

  #activated(logits: Float64Array): number {
    const logit = logits[this.#label]!
    if (this.#spec.activation === 'sigmoid') return 1 / (1 + Math.exp(-logit))
    if (this.#spec.activation !== 'softmax') return logit
    let sum = 0
    for (const other of logits) sum += Math.exp(other - logit)
    return 1 / sum
  }
}

const withoutReduction = () => ({ kind: 'none' }) as const

function labelNames(model: OnnxModel, width: number): string[] {
  const named = (model.files.json('config.json')?.id2label ?? {}) as Readonly<Record<string, unknown>>
  return Array.from({ length: width }, (_, index) =>
    typeof named[index] === 'string' ? named[index] : `LABEL_${index}`,
  )
}

function chosenLabel(
  model: OnnxModel,
  labels: readonly string[],
  label: number | string | undefined,
): number {
  if (label === undefined && labels.length === 1) return 0
  const chosen = typeof label === 'number' ? label : labels.indexOf(label ?? '')
  if (chosen >= 0 && chosen < labels.length) return chosen
  throw model.failure('which of its labels is the score must be said', {
    found: label ?? `${labels.length} labels`,
    expected: `label: one of ${labels.join(', ')}`,
  })
}
