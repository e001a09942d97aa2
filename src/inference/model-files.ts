/** The files of a model folder: which ONNX file is run, what the files beside it say, and a digest of all of them. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { GuerdonError, messageOf } from '../records/error.ts'

/** Where an ONNX file is looked for, in this order. */
export const ONNX_FILES = [
  'model.onnx',
  'onnx/model.onnx',
  'model_quantized.onnx',
  'onnx/model_quantized.onnx',
  'model_int8.onnx',
  'onnx/model_int8.onnx',
  'model_fp16.onnx',
  'onnx/model_fp16.onnx',
  'decoder_model.onnx',
  'onnx/decoder_model.onnx',
  'decoder_model_merged.onnx',
  'onnx/decoder_model_merged.onnx',
] as const

/** Weights of large models lie beside the ONNX file, under one of these names. */
export function externalData(file: string): string[] {
  return [`${file}_data`, `${file}.data`]
}

/** What is read beside the ONNX file where it is there; of these only tokenizer.json must be. */
export const MODEL_JSON_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'config.json',
  'modules.json',
  'sentence_bert_config.json',
  '1_Pooling/config.json',
] as const

export type ModelJsonFile = (typeof MODEL_JSON_FILES)[number]

export interface ModelFiles {
  readonly folder: string
  /** absolute path of the ONNX file */
  readonly onnx: string
  /** parsed files; what is not there is undefined */
  json(name: ModelJsonFile): Readonly<Record<string, unknown>> | undefined
  /** SHA-256 (hex) over the names and bytes of the ONNX file, its weights and the files above */
  readonly digest: string
  /**
   * whether activations are quantised as the model runs (DynamicQuantizeLinear): the numbers of one row then depend on
   * the rows and the padding beside it
   */
  readonly quantisesActivations: boolean
}

/**
 * Reads a model folder.
 *
 * @param file which ONNX file of the folder; default: the first of `ONNX_FILES` that is there
 * @throws GuerdonError MODEL_MISSING when the folder, an ONNX file or tokenizer.json is not there; MODEL_INVALID for a
 *   file that is not JSON
 */
export async function readModelFiles(folder: string, file?: string): Promise<ModelFiles> {
  const where = { file: folder }
  if (!existsSync(folder)) throw new GuerdonError('MODEL_MISSING', 'there is no such folder', { where })
  const name = file ?? ONNX_FILES.find((candidate) => existsSync(join(folder, candidate)))
  if (name === undefined || !existsSync(join(folder, name))) {
    throw new GuerdonError('MODEL_MISSING', 'the folder holds no ONNX file', {
      where,
      expected: file ?? `one of ${ONNX_FILES.slice(0, 4).join(', ')}, …`,
    })
  }
  if (!existsSync(join(folder, 'tokenizer.json'))) {
    throw new GuerdonError('MODEL_MISSING', 'the folder holds no tokenizer.json', {
      where,
      hint: 'transformers writes one: AutoTokenizer.from_pretrained(…, use_fast=True).save_pretrained(FOLDER)',
    })
  }
  const parsed = new Map<string, Readonly<Record<string, unknown>>>()
  const digest = createHash('sha256')
  for (const json of MODEL_JSON_FILES) {
    const path = join(folder, json)
    if (!existsSync(path)) continue
    const bytes = readFileSync(path)
    addFile(digest, json, createHash('sha256').update(bytes).digest('hex'))
    parsed.set(json, parsedObject(bytes.toString('utf8'), path))
  }
  const onnx = join(folder, name)
  const weights = externalData(basename(name)).filter((data) => existsSync(join(dirname(onnx), data)))
  const graph = await scan(onnx)
  addFile(digest, basename(name), graph.sha256)
  for (const data of weights) addFile(digest, data, (await scan(join(dirname(onnx), data))).sha256)
  return {
    folder,
    onnx,
    json: (wanted) => parsed.get(wanted),
    digest: digest.digest('hex'),
    quantisesActivations: graph.quantisesActivations,
  }
}

function addFile(digest: ReturnType<typeof createHash>, name: string, sha256: string): void {
  digest.update(`${name}\0${sha256}\n`)
}

function parsedObject(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
    throw new Error('it is not an object')
  } catch (error) {
    throw new GuerdonError('MODEL_INVALID', `cannot be read as JSON: ${messageOf(error)}`, {
      where: { file: path },
    })
  }
}

const DYNAMIC_QUANTISATION = Buffer.from('DynamicQuantizeLinear')

async function scan(path: string): Promise<{ sha256: string; quantisesActivations: boolean }> {
  const hash = createHash('sha256')
  let quantisesActivations = false
  let tail: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    // The name may lie across two chunks.
    quantisesActivations ||= Buffer.concat([tail, chunk]).includes(DYNAMIC_QUANTISATION)
    tail = chunk.subarray(-DYNAMIC_QUANTISATION.length)
  }
  return { sha256: hash.digest('hex'), quantisesActivations }
}
