/** Embeddings of an ONNX model on this machine: tokens, the model, pooling, normalisation. */
import type { EmbedOptions, Encoder, OnnxEncoderSpec } from './encoder.ts'
import type { ModelFiles } from './model-files.ts'
import type { FindModelOptions } from './model-source.ts'
import type { TensorPort } from './onnx-messages.ts'
import { OnnxModel } from './onnx-model.ts'
import { normaliseRows, type Pooling } from './pool-tokens.ts'

/** Outputs that hold one vector a token, by the names exporters give them. */
const TOKEN_OUTPUTS = ['last_hidden_state', 'token_embeddings']
/** Outputs that hold one vector a text. */
const TEXT_OUTPUTS = ['sentence_embedding', 'text_embeds', 'pooler_output']

interface Plan {
  readonly output: string
  /** undefined: the output is one vector a text already */
  readonly pooling: Pooling | undefined
  readonly normalise: boolean
}

export class OnnxEncoder implements Encoder {
  readonly name = 'onnx'
  readonly width: number
  readonly digest: string
  readonly #model: OnnxModel
  readonly #plan: Plan
  readonly #spec: Omit<OnnxEncoderSpec, 'use'>
  readonly #lowerCase: boolean

  private constructor(model: OnnxModel, plan: Plan, spec: Omit<OnnxEncoderSpec, 'use'>, width: number) {
    this.#model = model
    this.#plan = plan
    this.#spec = spec
    this.width = width
    this.#lowerCase = model.files.json('sentence_bert_config.json')?.do_lower_case === true
    this.digest = model.digestWith('encoder', plan, spec.truncate ?? 'right', spec.prefix ?? '')
  }

  /**
   * Opens a model folder or repository and runs it once on a short text.
   *
   * What the spec leaves open is taken from the files of sentence-transformers where they are: pooling, normalisation,
   * most tokens. Without them: mean, length 1, what the tokenizer or the model's positions allow.
   * @throws GuerdonError MODEL_MISSING, MODEL_INVALID, PACKAGE_MISSING, DOWNLOAD_FAILED, ARGUMENT_INVALID (maxTokens)
   */
  static async open(
    spec: Omit<OnnxEncoderSpec, 'use'>,
    options: FindModelOptions = {},
  ): Promise<OnnxEncoder> {
    const model = await OnnxModel.open(spec, options)
    try {
      const plan = planOf(model, spec)
      // The width is what comes out; not every model declares it.
      let width = 0
      const row = model.tokenizer.encode('a', { maxTokens: model.maxTokens, truncate: 'right' })
      await model.run([row], plan.output, reductionOf(plan), (_, dims) => {
        if (dims.length !== 2)
          throw model.failure(`its output ${plan.output} is not one vector a text`, { found: dims })
        width = dims[1]!
      })
      if (width === 0) throw model.failure('it gives no numbers for a text')
      return new OnnxEncoder(model, plan, spec, width)
    } catch (error) {
      await model.close()
      throw error
    }
  }

  /** A text without a token, which only tokenizers without special tokens make, is a row of zeros. */
  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Float32Array> {
    const { width } = this
    const embeddings = new Float32Array(texts.length * width)
    const { truncate = 'right', prefix = '' } = this.#spec
    const asked = { maxTokens: this.#model.maxTokens, truncate }
    const rows = await this.#model.tokenise(
      texts.length,
      (index) => this.#model.tokenizer.encode(this.#cased(prefix + texts[index]!), asked),
      options.abort,
    )
    await this.#model.run(
      rows,
      this.#plan.output,
      reductionOf(this.#plan),
      (data, _, batch) => {
        for (let index = 0; index < data.length; index++) {
          if (!Number.isFinite(data[index]))
            throw this.#model.failure('an embedding holds a number that is none', {
              found: String(data[index]),
            })
        }
        if (this.#plan.normalise) normaliseRows(data, width)
        for (const [place, row] of batch.entries())
          embeddings.set(data.subarray(place * width, (place + 1) * width), row * width)
      },
      options,
    )
    return embeddings
  }

  close(): Promise<void> {
    return this.#model.close()
  }

  #cased(text: string): string {
    return this.#lowerCase ? text.toLowerCase() : text
  }
}

const reductionOf =
  ({ pooling }: Plan) =>
  (_: readonly number[], lengths: Int32Array) =>
    pooling === undefined ? ({ kind: 'none' } as const) : ({ kind: 'pool', how: pooling, lengths } as const)

function planOf(model: OnnxModel, spec: Omit<OnnxEncoderSpec, 'use'>): Plan {
  const { files, session } = model
  const modules = modulesOf(files)
  const normalise = spec.normalise ?? (modules === undefined || modules.includes('Normalize'))
  const named = (names: readonly string[]) => session.outputs.find(({ name }) => names.includes(name))
  const tokens =
    named(TOKEN_OUTPUTS) ?? session.outputs.find((port) => isFloat(port) && port.dims.length === 3)
  const text = named(TEXT_OUTPUTS.slice(0, 2)) ?? (tokens === undefined ? named(TEXT_OUTPUTS) : undefined)
  if (spec.pooling === undefined && text !== undefined)
    return { output: text.name, pooling: undefined, normalise }
  if (tokens === undefined) {
    throw model.failure('it gives neither vectors of tokens nor of texts', {
      found: session.outputs.map(({ name, dims }) => `${name} ${dims.join('×')}`).join(', '),
      expected: `an output such as ${[...TOKEN_OUTPUTS, ...TEXT_OUTPUTS].join(', ')}`,
    })
  }
  const beyond = modules?.find((name) => !['Transformer', 'Pooling', 'Normalize'].includes(name))
  if (beyond !== undefined) {
    throw model.failure(`it is followed by a ${beyond} layer that its ONNX file does not hold`, {
      hint: 'Export it with that layer, so that it has an output sentence_embedding',
    })
  }
  return { output: tokens.name, pooling: spec.pooling ?? pooledBy(model), normalise }
}

const isFloat = ({ type }: TensorPort) => type === 'float32' || type === 'float16'

/** Kinds of the modules that sentence-transformers runs one after the other; undefined without modules.json. */
function modulesOf(files: ModelFiles): string[] | undefined {
  const modules = files.json('modules.json')
  if (!Array.isArray(modules)) return undefined
  return modules.map(
    (module) =>
      String((module as { type?: unknown }).type)
        .split('.')
        .at(-1)!,
  )
}

const POOLINGS: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_lasttoken: 'last',
}

function pooledBy(model: OnnxModel): Pooling {
  const config = model.files.json('1_Pooling/config.json')
  if (config === undefined) return 'mean'
  const asked = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true)
  const pooling = asked.length === 1 ? POOLINGS[asked[0]!] : undefined
  if (pooling !== undefined) return pooling
  throw model.failure('it pools in a way that is not built here', {
    found: asked.join(' and ') || 'no pooling',
    expected: Object.keys(POOLINGS).join(', '),
    hint: 'Say pooling: mean, cls or last if one of them is meant',
  })
}
