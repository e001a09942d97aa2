/**
 * Model folders small enough to be checked by hand: each text is words of a closed vocabulary, and every number a model
 * gives can be said in one line of TypeScript.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RandomStream } from '../../src/numerics/random.ts'
import { type Constant, type Graph, onnxBytes, type Port } from './onnx-graph.ts'

export const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'the', 'cat', 'sat', 'on', 'mat', 'dog'] as const
export const WIDTH = 3

/** A table of numbers that a test may look into: rows × columns. */
export function table(
  name: string,
  rows: number,
  columns: number,
): Constant & { readonly data: Float32Array } {
  const stream = new RandomStream(11).derive(name)
  return {
    name,
    dims: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => stream.uniform() * 4 - 2),
  }
}

export const EMBEDDINGS = table('embeddings', WORDS.length, WIDTH)
export const TYPES = table('types', 2, WIDTH)
export const HEAD = table('head', WIDTH, WORDS.length)
export const LABELS = table('labels', WIDTH, 3)

export const idOf = (word: string): number => WORDS.indexOf(word as (typeof WORDS)[number])

/** A tokenizer.json of whole words; `special` puts [CLS] and [SEP] around texts, `begin` puts [CLS] before them. */
export function tokenizerJson(special: 'around' | 'begin' | 'none'): object {
  const one = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } })
  const text = (id: string, type: number) => ({ Sequence: { id, type_id: type } })
  const behind = (type: number) => (special === 'around' ? [one('[SEP]', type)] : [])
  const before = special === 'none' ? [] : [one('[CLS]', 0)]
  return {
    version: '1.0',
    truncation: { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
    padding: null,
    added_tokens: WORDS.slice(0, 4).map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [...before, text('A', 0), ...behind(0)],
      pair: [...before, text('A', 0), ...behind(0), text('B', 1), ...behind(1)],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [token, { id: token, ids: [idOf(token)], tokens: [token] }]),
      ),
    },
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
      unk_token: '[UNK]',
    },
  }
}

const open = (name: string, type: Port['type'] = 'int64'): Port => ({
  name,
  type,
  dims: ['batch', 'sequence'],
})
const hidden: Port = { name: 'last_hidden_state', type: 'float32', dims: ['batch', 'sequence', WIDTH] }

/** hidden[t] = embeddings[ids[t]] + types[type[t]] where the mask is 1; padding is far off, so that pooling it shows. */
const ENCODER: Graph = {
  inputs: [open('input_ids'), open('attention_mask'), open('token_type_ids')],
  outputs: [hidden],
  constants: [
    EMBEDDINGS,
    TYPES,
    { name: 'one', dims: [1], data: BigInt64Array.of(2n) },
    { name: 'far', dims: [1], data: Float32Array.of(100) },
  ],
  nodes: [
    { op: 'Gather', inputs: ['embeddings', 'input_ids'], outputs: ['words'] },
    { op: 'Gather', inputs: ['types', 'token_type_ids'], outputs: ['kinds'] },
    { op: 'Add', inputs: ['words', 'kinds'], outputs: ['sum'] },
    { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
    { op: 'Unsqueeze', inputs: ['mask', 'one'], outputs: ['column'] },
    { op: 'Sub', inputs: ['sum', 'far'], outputs: ['near'] },
    { op: 'Mul', inputs: ['near', 'column'], outputs: ['kept'] },
    { op: 'Add', inputs: ['kept', 'far'], outputs: ['last_hidden_state'] },
  ],
}

/** logits = (Σ over the text's tokens of hidden) · labels, `columns` of them. */
function classifierGraph(columns: number): Graph {
  const picked = Float32Array.from({ length: WIDTH * columns }, (_, index) => {
    return LABELS.data[Math.floor(index / columns) * 3 + (index % columns)]!
  })
  return {
    inputs: ENCODER.inputs,
    outputs: [{ name: 'logits', type: 'float32', dims: ['batch', columns] }],
    constants: [
      EMBEDDINGS,
      TYPES,
      { name: 'labels', dims: [WIDTH, columns], data: picked },
      { name: 'two', dims: [1], data: BigInt64Array.of(2n) },
      { name: 'first', dims: [1], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      ...ENCODER.nodes.slice(0, 4),
      { op: 'Unsqueeze', inputs: ['mask', 'two'], outputs: ['column'] },
      { op: 'Mul', inputs: ['sum', 'column'], outputs: ['kept'] },
      { op: 'ReduceSum', inputs: ['kept', 'first'], outputs: ['total'], attributes: { keepdims: 0 } },
      { op: 'MatMul', inputs: ['total', 'labels'], outputs: ['logits'] },
    ],
  }
}

/** logits[t] = (Σ up to t of embeddings[ids]) · head, plus the sum of the past where the model wants one. */
function causalGraph(past: boolean): Graph {
  const extra: Port[] = past
    ? [
        { name: 'position_ids', type: 'int64', dims: ['batch', 'sequence'] },
        { name: 'past_key_values.0.key', type: 'float32', dims: ['batch', 2, 'past', 4] },
        { name: 'past_key_values.0.value', type: 'float32', dims: ['batch', 2, 'past', 4] },
      ]
    : []
  return {
    inputs: [open('input_ids'), open('attention_mask'), ...extra],
    outputs: [
      { name: 'logits', type: 'float32', dims: ['batch', 'sequence', WORDS.length] },
      ...(past ? [{ name: 'present.0.key', type: 'float32', dims: ['batch', 2, 'all', 4] } as const] : []),
    ],
    constants: [EMBEDDINGS, HEAD, { name: 'axis', dims: [], data: BigInt64Array.of(1n) }],
    nodes: [
      { op: 'Gather', inputs: ['embeddings', 'input_ids'], outputs: ['words'] },
      { op: 'CumSum', inputs: ['words', 'axis'], outputs: ['so_far'] },
      { op: 'MatMul', inputs: ['so_far', 'head'], outputs: [past ? 'scores' : 'logits'] },
      ...(past
        ? [
            { op: 'Identity', inputs: ['past_key_values.0.key'], outputs: ['present.0.key'] },
            {
              op: 'ReduceSum',
              inputs: ['past_key_values.0.key'],
              outputs: ['nothing'],
              attributes: { keepdims: 0 },
            },
            { op: 'Add', inputs: ['scores', 'nothing'], outputs: ['logits'] },
          ]
        : []),
    ],
  }
}

/** The tiny encoder with its output in half precision. */
export function halfPrecisionEncoder(): Uint8Array {
  const nodes = ENCODER.nodes.map((node) =>
    node.outputs[0] === 'last_hidden_state' ? { ...node, outputs: ['exact'] } : node,
  )
  return onnxBytes({
    ...ENCODER,
    outputs: [{ ...hidden, type: 'float16' }],
    nodes: [
      ...nodes,
      { op: 'Cast', inputs: ['exact'], outputs: ['last_hidden_state'], attributes: { to: 10 } },
    ],
  })
}

/** The tiny encoder, its output quantised over all rows of a run and back. */
export function dynamicallyQuantisedEncoder(): Uint8Array {
  const nodes = ENCODER.nodes.map((node) =>
    node.outputs[0] === 'last_hidden_state' ? { ...node, outputs: ['exact'] } : node,
  )
  const scaled = ['bytes', 'scale', 'zero']
  return onnxBytes({
    ...ENCODER,
    nodes: [
      ...nodes,
      { op: 'DynamicQuantizeLinear', inputs: ['exact'], outputs: scaled },
      { op: 'DequantizeLinear', inputs: scaled, outputs: ['last_hidden_state'] },
    ],
  })
}

/** A file of a model folder: bytes, or JSON. */
export type ModelContent = Uint8Array | object

export function encoderFiles(): Record<string, ModelContent> {
  return {
    'model.onnx': onnxBytes(ENCODER),
    'tokenizer.json': tokenizerJson('around'),
    'tokenizer_config.json': { pad_token: '[PAD]', model_max_length: 12 },
    'config.json': { hidden_size: WIDTH, max_position_embeddings: 16, pad_token_id: 0 },
  }
}

export function classifierFiles(columns: 1 | 2 | 3): Record<string, ModelContent> {
  const names = ['good', 'bad', 'neither'].slice(0, columns)
  return {
    'onnx/model.onnx': onnxBytes(classifierGraph(columns)),
    'tokenizer.json': tokenizerJson('around'),
    'config.json': {
      max_position_embeddings: 16,
      pad_token_id: 0,
      id2label: Object.fromEntries(names.map((name, index) => [index, columns === 1 ? 'LABEL_0' : name])),
    },
  }
}

/** An encoder with an output `sentence_embedding`: the sum of its tokens. */
export function pooledFiles(): Record<string, ModelContent> {
  const { nodes, constants, inputs } = classifierGraph(1)
  const summed = nodes
    .slice(0, -1)
    .map((node) => (node.outputs[0] === 'total' ? { ...node, outputs: ['sentence_embedding'] } : node))
  return {
    ...encoderFiles(),
    'model.onnx': onnxBytes({
      inputs,
      constants: constants.filter(({ name }) => name !== 'labels'),
      nodes: summed,
      outputs: [{ name: 'sentence_embedding', type: 'float32', dims: ['batch', WIDTH] }],
    }),
  }
}

export function causalFiles(options: { past: boolean; begin: boolean }): Record<string, ModelContent> {
  return {
    'model.onnx': onnxBytes(causalGraph(options.past)),
    'tokenizer.json': tokenizerJson(options.begin ? 'begin' : 'none'),
    'tokenizer_config.json': { eos_token: { content: '[SEP]' } },
    'config.json': { max_position_embeddings: 16 },
  }
}

export function contentBytes(content: ModelContent): Uint8Array {
  return content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content))
}

/** Writes a model's files into a folder and returns it. */
export function writeModel(folder: string, files: Readonly<Record<string, ModelContent>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contentBytes(content))
  }
  return folder
}
