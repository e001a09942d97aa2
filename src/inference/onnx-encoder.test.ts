import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  dynamicallyQuantisedEncoder,
  EMBEDDINGS,
  encoderFiles,
  halfPrecisionEncoder,
  idOf,
  type ModelContent,
  pooledFiles,
  TYPES,
  WIDTH,
  writeModel,
} from '../../test/models/tiny-models.ts'
import { type EncoderSpec, openEncoder } from './encoder.ts'

const root = mkdtempSync(join(tmpdir(), 'encoders-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
function model(change: Readonly<Record<string, ModelContent | undefined>> = {}): string {
  const files = Object.entries({ ...encoderFiles(), ...change }).filter(
    ([, content]) => content !== undefined,
  )
  return writeModel(
    join(root, `model-${folders++}`),
    Object.fromEntries(files) as Record<string, ModelContent>,
  )
}

const plain = model()
const open = (folder: string, more: Partial<Extract<EncoderSpec, { use: 'onnx' }>> = {}) =>
  openEncoder({ use: 'onnx', model: folder, threads: 1, ...more })

/** hidden[t] of the tiny encoder, by its definition. */
function hiddenOf(words: readonly string[]): number[][] {
  return words.map((word) =>
    Array.from(
      { length: WIDTH },
      (_, column) => EMBEDDINGS.data[idOf(word) * WIDTH + column]! + TYPES.data[column]!,
    ),
  )
}

function meanOf(rows: readonly number[][]): number[] {
  return Array.from(
    { length: WIDTH },
    (_, column) => rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length,
  )
}

function unit(row: readonly number[]): number[] {
  const length = Math.hypot(...row)
  return row.map((value) => value / length)
}

function expectRows(found: Float32Array, rows: readonly (readonly number[])[]) {
  expect(found).toHaveLength(rows.length * WIDTH)
  for (const [row, values] of rows.entries())
    for (const [column, value] of values.entries()) expect(found[row * WIDTH + column]).toBeCloseTo(value, 5)
}

describe('an ONNX encoder', () => {
  it('pools over the tokens of a text, special ones too, and never over padding', async () => {
    const texts = ['the cat sat on the mat', 'Dog', '']
    const rows = [
      ['[CLS]', 'the', 'cat', 'sat', 'on', 'the', 'mat', '[SEP]'],
      ['[CLS]', 'dog', '[SEP]'],
      ['[CLS]', '[SEP]'],
    ].map(hiddenOf)
    const poolings = {
      mean: meanOf,
      cls: (row: number[][]) => row[0]!,
      last: (row: number[][]) => row.at(-1)!,
    }
    for (const [pooling, by] of Object.entries(poolings)) {
      const encoder = await open(plain, { pooling: pooling as 'mean', normalise: false })
      expect(encoder.width).toBe(WIDTH)
      expectRows(await encoder.embed(texts), rows.map(by))
      await encoder.close()
    }
    const encoder = await open(plain)
    expectRows(
      await encoder.embed(texts),
      rows.map((row) => unit(meanOf(row))),
    )
    await encoder.close()
  })

  it('gives a text the same numbers whatever stands beside it', async () => {
    const encoder = await open(plain, { rowsTogether: 3 })
    const word = fc.constantFrom('the', 'cat', 'sat', 'on', 'mat', 'dog', 'owl')
    const text = fc.array(word, { maxLength: 9 }).map((words) => words.join(' '))
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), async (texts) => {
        const together = await encoder.embed(texts)
        for (const [row, alone] of texts.entries())
          expect(together.subarray(row * WIDTH, (row + 1) * WIDTH)).toEqual(await encoder.embed([alone]))
      }),
      { numRuns: 25 },
    )
    await encoder.close()
  })

  it('cuts long texts inside their special tokens, on the side that is said', async () => {
    const text = 'the cat sat on the mat'
    for (const [truncate, kept] of [
      ['right', ['the', 'cat']],
      ['left', ['the', 'mat']],
    ] as const) {
      const encoder = await open(plain, { maxTokens: 4, truncate, normalise: false })
      expectRows(await encoder.embed([text]), [meanOf(hiddenOf(['[CLS]', ...kept, '[SEP]']))])
      await encoder.close()
    }
    // Without a word the model's own limit holds: 12 of its tokenizer, not 16 of its positions.
    const encoder = await open(plain, { normalise: false })
    const long = new Array(30).fill('mat')
    expectRows(await encoder.embed([long.join(' ')]), [
      meanOf(hiddenOf(['[CLS]', ...long.slice(0, 10), '[SEP]'])),
    ])
    await encoder.close()
    await expect(open(plain, { maxTokens: 17 })).rejects.toThrow(
      /no places for so many tokens; expected at most 16/,
    )
  })

  it('does what the files of sentence-transformers say', async () => {
    const folder = model({
      'modules.json': [
        { type: 'sentence_transformers.models.Transformer' },
        { type: 'sentence_transformers.models.Pooling' },
      ],
      '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
      'sentence_bert_config.json': { max_seq_length: 5, do_lower_case: true },
    })
    const encoder = await open(folder)
    expectRows(await encoder.embed(['THE cat sat on the mat']), [hiddenOf(['[CLS]'])[0]!])
    await encoder.close()
    const last = await open(folder, { pooling: 'last' })
    expectRows(await last.embed(['dog dog dog cat cat cat']), [hiddenOf(['[SEP]'])[0]!])
    await last.close()
  })

  it('writes a prefix before every text', async () => {
    const [one, other] = [await open(plain, { prefix: 'the ' }), await open(plain)]
    expect(await one.embed(['cat'])).toEqual(await other.embed(['the cat']))
    await one.close()
    await other.close()
  })

  it('has another digest for other files and options, and the same for the same', async () => {
    const specs = [
      {},
      { pooling: 'cls' },
      { normalise: false },
      { truncate: 'left' },
      { maxTokens: 8 },
      { prefix: 'a' },
    ] as const
    const digests: string[] = []
    const add = async (folder: string, more: (typeof specs)[number]) => {
      const encoder = await open(folder, more)
      digests.push(encoder.digest)
      await encoder.close()
    }
    for (const more of specs) await add(plain, more)
    await add(model({ 'tokenizer_config.json': { model_max_length: 12 } }), {})
    expect(new Set(digests).size).toBe(digests.length)
    await add(model(), { rowsTogether: 2 } as never)
    expect(digests.at(-1)).toBe(digests[0])
  })

  it('reads half precision', async () => {
    const encoder = await open(model({ 'model.onnx': halfPrecisionEncoder() }), {
      pooling: 'cls',
      normalise: false,
    })
    const found = await encoder.embed(['dog'])
    const [expected] = hiddenOf(['[CLS]'])
    for (const [column, value] of expected!.entries()) expect(found[column]).toBeCloseTo(value, 2)
    await encoder.close()
  })

  it('runs texts one by one where activations are quantised over all that run together', async () => {
    const folder = model({ 'model.onnx': dynamicallyQuantisedEncoder() })
    const texts = ['the cat', 'dog dog dog dog', 'mat']
    const encoder = await open(folder, { normalise: false })
    const together = await encoder.embed(texts)
    for (const [row, text] of texts.entries())
      expect(together.subarray(row * WIDTH, (row + 1) * WIDTH)).toEqual(await encoder.embed([text]))
    await encoder.close()
    const careless = await open(folder, { normalise: false, rowsTogether: 3 })
    expect(await careless.embed(texts)).not.toEqual(together)
    await careless.close()
  })

  it('gives the vector of a text where the model has an output for it', async () => {
    const folder = writeModel(join(root, 'pooled'), pooledFiles())
    const encoder = await open(folder, { normalise: false })
    const [row] = [hiddenOf(['[CLS]', 'dog', '[SEP]'])]
    expectRows(await encoder.embed(['dog']), [
      Array.from({ length: WIDTH }, (_, column) => row.reduce((sum, values) => sum + values[column]!, 0)),
    ])
    await encoder.close()
  })

  it('keeps embeddings in a cache when it is given one', async () => {
    const cache = join(root, 'cache')
    for (const round of [0, 1]) {
      const encoder = await openEncoder({ use: 'onnx', model: plain, threads: 1 }, { cache })
      await encoder.embed(['the cat', 'dog'])
      expect(encoder).toMatchObject({ hits: round * 2, misses: 2 - round * 2 })
      await encoder.close()
    }
  })

  it('stops when it is told to, works on afterwards, and says so when it is closed', async () => {
    const encoder = await open(plain, { rowsTogether: 1 })
    const stop = new AbortController()
    const work = encoder.embed(new Array(5000).fill('the cat sat'), {
      abort: stop.signal,
      progress: (done) => {
        if (done >= 3) stop.abort()
      },
    })
    await expect(work).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(await encoder.embed([])).toEqual(new Float32Array(0))
    await encoder.close()
    await expect(encoder.embed(['a'])).rejects.toThrow(/closed/)
    await encoder.close()
  })

  it('says what is wrong with a folder', async () => {
    const cases: [string, RegExp][] = [
      [join(root, 'none'), /there is no such model folder/],
      [model({ 'model.onnx': undefined }), /holds no ONNX file; expected one of model\.onnx/],
      [model({ 'tokenizer.json': undefined }), /holds no tokenizer\.json/],
      [model({ 'config.json': Buffer.from('{') }), /config\.json: cannot be read as JSON/],
      [model({ 'tokenizer.json': { model: { type: 'Unheard' } } }), /its tokenizer cannot be used/],
      [model({ 'model.onnx': Buffer.from('no model') }), /model\.onnx: is no model that runs here/],
      [
        model({ '1_Pooling/config.json': { pooling_mode_max_tokens: true } }),
        /pools in a way that is not built here/,
      ],
      [
        model({ 'modules.json': [{ type: 'sentence_transformers.models.Dense' }] }),
        /followed by a Dense layer/,
      ],
    ]
    for (const [folder, message] of cases) await expect(open(folder)).rejects.toThrow(message)
    await expect(open(plain, { file: 'other.onnx' })).rejects.toMatchObject({ code: 'MODEL_MISSING' })
    await expect(openEncoder({ use: 'onnx', model: plain, pooling: 'max' } as never)).rejects.toMatchObject({
      code: 'SPEC_INVALID',
    })
  })
})
