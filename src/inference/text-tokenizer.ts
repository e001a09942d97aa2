/**
 * Texts as a model's token ids, by its tokenizer.json: special tokens around them, and cut to a length from the side
 * that is said, so that special tokens always stay.
 */
import { Tokenizer } from '@huggingface/tokenizers'
import { GuerdonError, messageOf } from '../records/error.ts'

export interface TokenizerFiles {
  /** the parsed tokenizer.json */
  readonly tokenizer: object
  /** the parsed tokenizer_config.json; {} when there is none */
  readonly config: Readonly<Record<string, unknown>>
  /** where they are, for errors */
  readonly folder: string
}

export interface EncodeTokensOptions {
  /** most tokens, special ones included */
  readonly maxTokens: number
  readonly truncate: 'left' | 'right'
  /** default true; false where the text holds them already */
  readonly specialTokens?: boolean | undefined
}

export interface TokenRow {
  readonly ids: Int32Array
  /** tokens of the first text and of what stands around it; the others are of the second (token_type_ids 1) */
  readonly firstLength: number
  /** whether tokens were left out */
  readonly cut: boolean
}

/** The content of a token that a config holds as a string or as an object. */
function tokenContent(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const content = (value as { content?: unknown } | null | undefined)?.content
  return typeof content === 'string' ? content : undefined
}

export class TextTokenizer {
  readonly #tokenizer: Tokenizer
  readonly #config: Readonly<Record<string, unknown>>
  /** special tokens in front of a text, between two and behind */
  readonly #around: {
    readonly before: number[]
    readonly between: number[]
    readonly after: number[]
    readonly afterPair: number[]
  }

  /** @throws GuerdonError MODEL_INVALID for a tokenizer.json that is none, or of a kind that is not known */
  constructor(files: TokenizerFiles) {
    this.#config = files.config
    try {
      const model = (files.tokenizer as { model?: { unk_token?: unknown } }).model
      // The library looks for the unknown token of whole-word models in the config alone.
      this.#tokenizer = new Tokenizer(files.tokenizer, { unk_token: model?.unk_token, ...files.config })
      this.#around = this.#findSpecialTokens()
    } catch (error) {
      throw new GuerdonError('MODEL_INVALID', `its tokenizer cannot be used: ${messageOf(error)}`, {
        where: { file: files.folder },
        cause: error,
      })
    }
  }

  /** Special tokens that stand in front of a text, such as a BOS; empty for tokenizers without any. */
  get begin(): readonly number[] {
    return this.#around.before
  }

  /** Token ids of a text as it is, without special tokens. Those that are written out in it become what they name. */
  ids(text: string): Int32Array {
    // The library takes an empty text for an absent one.
    if (text === '') return new Int32Array(0)
    const found = this.#tokenizer.encode(text, { add_special_tokens: false }).ids as (number | undefined)[]
    // Without an unknown token, what the vocabulary lacks is left out.
    return Int32Array.from(
      found.includes(undefined) ? found.filter((id) => id !== undefined) : (found as number[]),
    )
  }

  /** Number of a token by its text; undefined when the vocabulary has none. */
  idOf(token: string): number | undefined {
    return this.#tokenizer.token_to_id(token)
  }

  /** Number of the token that tokenizer_config.json names as `pad_token`, `eos_token`, …; undefined without. */
  namedId(name: 'pad_token' | 'eos_token' | 'bos_token'): number | undefined {
    const content = tokenContent(this.#config[name])
    return content === undefined ? undefined : this.idOf(content)
  }

  /**
   * Token ids of one text, or of a pair, as a model reads them.
   *
   * A text that is too long is cut on the side that is said. Of a pair the longer text loses tokens first.
   * @throws GuerdonError ARGUMENT_INVALID when the special tokens alone are more than `maxTokens`
   */
  encode(text: string, options: EncodeTokensOptions, pair?: string): TokenRow {
    const special = options.specialTokens ?? true
    const { before, between, after, afterPair } = this.#around
    const first = this.ids(text)
    const second = pair === undefined ? undefined : this.ids(pair)
    const head = special ? before : []
    const middle = special && second !== undefined ? between : []
    const tail = special ? (second === undefined ? after : afterPair) : []
    const room = options.maxTokens - head.length - middle.length - tail.length
    if (room < 0) {
      throw new GuerdonError('ARGUMENT_INVALID', 'there is no room for a token beside the special ones', {
        found: options.maxTokens,
        expected: `maxTokens above ${head.length + middle.length + tail.length}`,
      })
    }
    const total = first.length + (second?.length ?? 0)
    const kept = shares(first.length, second?.length ?? 0, room)
    const firstIds = cutTo(first, kept[0], options.truncate)
    const secondIds = second === undefined ? [] : cutTo(second, kept[1], options.truncate)
    const ids = Int32Array.from([...head, ...firstIds, ...middle, ...secondIds, ...tail])
    const firstLength = second === undefined ? ids.length : head.length + firstIds.length + middle.length
    return { ids, firstLength, cut: total > room }
  }

  /** What the post-processor puts around texts is found by looking: a text of one token, with and without. */
  #findSpecialTokens() {
    const plain = this.#tokenizer.encode('a', { add_special_tokens: false }).ids
    const alone = this.#tokenizer.encode('a').ids
    const start = findRun(alone, plain, 0)
    const [before, after] = [alone.slice(0, start), alone.slice(start + plain.length)]
    const pair = this.#tokenizer.encode('a', { text_pair: 'a' }).ids
    // Post-processors that add no tokens lose the second text in the library; between two texts there is nothing then.
    if (pair.length <= alone.length) return { before, after, between: [], afterPair: after }
    const firstOfPair = findRun(pair, plain, 0)
    const secondOfPair = findRun(pair, plain, firstOfPair + plain.length)
    return {
      before,
      after,
      between: pair.slice(firstOfPair + plain.length, secondOfPair),
      afterPair: pair.slice(secondOfPair + plain.length),
    }
  }
}

function findRun(ids: readonly number[], run: readonly number[], from: number): number {
  if (run.length === 0) throw new Error('its vocabulary has no letter a')
  for (let start = from; start + run.length <= ids.length; start++)
    if (run.every((id, index) => ids[start + index] === id)) return start
  throw new Error('its special tokens do not stand around the text')
}

/** How many tokens of two texts stay where there is room: the longer one loses first. */
function shares(first: number, second: number, room: number): [number, number] {
  if (first + second <= room) return [first, second]
  const shorter = Math.min(first, second, room >> 1)
  return first <= second
    ? [shorter, Math.min(second, room - shorter)]
    : [Math.min(first, room - shorter), shorter]
}

function cutTo(ids: Int32Array, length: number, side: 'left' | 'right'): Int32Array {
  return side === 'right' ? ids.subarray(0, length) : ids.subarray(ids.length - length)
}
