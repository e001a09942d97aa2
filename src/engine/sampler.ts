/**
 * Samples token sequences from a transformer, one place at a time for a whole batch. Keys and values of earlier places
 * stay in the caller's memory: the program reads them and returns only the new place's, which is written in between.
 * A place costs as much as the smallest of a few prepared lengths that holds it. Runs block the thread.
 */
import type { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { graphOf } from './graph.ts'
import { type HostTensor, hostTensor, type Parameters } from './host-tensor.ts'
import type { Transformer } from './layers/transformer.ts'
import { openSession } from './sessions/open-session.ts'
import type { Feed, SessionFunction, SessionOptions } from './sessions/session.ts'
import { input, type Tensor } from './tensor.ts'

export interface SamplerOptions extends SessionOptions {
  readonly model: Transformer
  readonly parameters: Parameters
  /** sequences that are sampled together */
  readonly batch: number
}

export interface SampleOptions {
  /** one prompt of at least one token for each sequence of the batch */
  readonly prompts: readonly ArrayLike<number>[]
  /** places of prompt and completion together; at most the model's context */
  readonly places: number
  readonly stream: RandomStream
  /** 1 samples from the model as it is; 0 takes the likeliest token */
  readonly temperature?: number
  /** a sequence ends with this token; places after it hold it, too, with log-probability 0 */
  readonly stop?: number
}

export interface Samples {
  /** prompt and completion of each sequence: [batch, places], row-major */
  readonly tokens: Int32Array
  /** log-probability of each sampled token at the given temperature; 0 at the prompt and after the end */
  readonly logProbabilities: Float32Array
  /** places up to and with the stop token, for each sequence */
  readonly lengths: Int32Array
}

export interface Sampler {
  sample(options: SampleOptions): Promise<Samples>
  /** for training loops: later samples are drawn with these */
  setParameters(parameters: Parameters): Promise<void>
  close(): Promise<void>
}

const OUT = 'outputs'

/** Prepared numbers of earlier places: steps of 16, so that at most 15 are computed in vain. */
const preparedPlaces = (context: number): number[] =>
  Array.from({ length: Math.ceil(context / 16) }, (_, index) => Math.min(context, 16 * (index + 1)))

export async function openSampler({
  model,
  parameters,
  batch,
  ...options
}: SamplerOptions): Promise<Sampler> {
  const { context, width, layers, heads, vocabulary } = model.options
  const own = width / heads
  const caches = Array.from({ length: layers }, (_, layer) => [`key ${layer}`, `value ${layer}`]).flat()
  const lengths = preparedPlaces(context)
  const weights = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  )
  const functionFor = (places: number): SessionFunction => {
    const given = Object.fromEntries(
      caches.map((name) => [name, input(name, [batch, heads, places, own])]),
    ) as Record<string, Tensor>
    const { out, added } = model.step(
      weights,
      input('tokens', [batch], 'int32'),
      input('position', [], 'int32'),
      Array.from({ length: layers }, (_, layer) => ({
        key: given[`key ${layer}`]!,
        value: given[`value ${layer}`]!,
      })),
      input('past', [1, 1, 1, places]),
    )
    return {
      graph: graphOf({
        [OUT]: out,
        ...Object.fromEntries(
          added.flatMap(({ key, value }, layer) => [
            [`key ${layer}`, key],
            [`value ${layer}`, value],
          ]),
        ),
      }),
    }
  }
  const session = await openSession(
    {
      functions: Object.fromEntries(lengths.map((places) => [`${places}`, functionFor(places)])),
      state: parameters,
    },
    { ...options, worker: false },
  )

  return {
    async sample({ prompts, places, stream, temperature = 1, stop }) {
      check(prompts, places, batch, context, vocabulary)
      const tokens = new Int32Array(batch * places)
      const logProbabilities = new Float32Array(batch * places)
      const ends = new Int32Array(batch).fill(places)
      prompts.forEach((prompt, row) => {
        for (let place = 0; place < prompt.length; place++) tokens[row * places + place] = prompt[place]!
      })
      let kept = new Map<string, Float32Array>()
      let held = 0
      for (let place = 0; place + 1 < places; place++) {
        // This place must have room, too: its key and value are written there afterwards.
        const capacity = lengths.find((length) => length > place)!
        if (capacity > held) {
          kept = grown(kept, caches, batch * heads, held * own, capacity * own)
          held = capacity
        }
        const current = new Int32Array(batch)
        for (let row = 0; row < batch; row++) current[row] = tokens[row * places + place]!
        const past = new Float32Array(held)
        past.fill(-1e9, place)
        const feeds: Record<string, Feed> = {
          tokens: hostTensor(current, [batch], 'int32'),
          position: hostTensor([place], [], 'int32'),
          past: hostTensor(past, [1, 1, 1, held]),
        }
        for (const [name, values] of kept) feeds[name] = hostTensor(values, [batch, heads, held, own])
        const results = await session.run(`${held}`, feeds)
        for (const [name, values] of kept) {
          const added = results[name]!.values as Float32Array
          for (let block = 0, to = place * own; block < added.length; block += own, to += held * own)
            for (let index = 0; index < own; index++) values[to + index] = added[block + index]!
        }
        const next = place + 1
        for (let row = 0; row < batch; row++) {
          if (next < prompts[row]!.length) continue
          if (ends[row]! <= next) {
            tokens[row * places + next] = stop!
            continue
          }
          const { token, logProbability } = drawn(results[OUT]!, row, temperature, stream)
          tokens[row * places + next] = token
          logProbabilities[row * places + next] = logProbability
          if (token === stop) ends[row] = next + 1
        }
      }
      return { tokens, logProbabilities, lengths: ends }
    },
    setParameters: (next) => session.setState(next),
    close: () => session.close(),
  }
}

function check(
  prompts: readonly ArrayLike<number>[],
  places: number,
  batch: number,
  context: number,
  vocabulary: number,
): void {
  if (prompts.length !== batch)
    throw new GuerdonError('ARGUMENT_INVALID', `${prompts.length} prompts for a batch of ${batch}`)
  if (!(Number.isInteger(places) && places >= 1 && places <= context))
    throw new GuerdonError('ARGUMENT_INVALID', `a sequence of ${places} places`, {
      expected: `1 to ${context}, the model's context`,
    })
  prompts.forEach((prompt, row) => {
    if (prompt.length < 1 || prompt.length > places)
      throw new GuerdonError('ARGUMENT_INVALID', `prompt ${row} has ${prompt.length} tokens`, {
        expected: `1 to ${places}`,
      })
    for (let place = 0; place < prompt.length; place++) {
      const token = prompt[place]!
      if (!(Number.isInteger(token) && token >= 0 && token < vocabulary))
        throw new GuerdonError('ARGUMENT_INVALID', `prompt ${row} holds the token ${token}`, {
          expected: `0 to ${vocabulary - 1}`,
        })
    }
  })
}

/** Caches with room for more places: each head's block moves to its new start. */
function grown(
  kept: ReadonlyMap<string, Float32Array>,
  names: readonly string[],
  blocks: number,
  before: number,
  after: number,
): Map<string, Float32Array> {
  return new Map(
    names.map((name) => {
      const values = new Float32Array(blocks * after)
      const old = kept.get(name)
      if (old !== undefined)
        for (let block = 0; block < blocks; block++)
          values.set(old.subarray(block * before, (block + 1) * before), block * after)
      return [name, values]
    }),
  )
}

/** One token of a row's outputs. */
function drawn(
  { shape, values }: HostTensor,
  row: number,
  temperature: number,
  stream: RandomStream,
): { readonly token: number; readonly logProbability: number } {
  const count = shape[1]!
  const from = row * count
  let best = 0
  for (let token = 1; token < count; token++) if (values[from + token]! > values[from + best]!) best = token
  if (temperature === 0) return { token: best, logProbability: 0 }
  const top = values[from + best]!
  let sum = 0
  for (let token = 0; token < count; token++) sum += Math.exp((values[from + token]! - top) / temperature)
  let left = stream.uniform() * sum
  let token = 0
  for (; token < count - 1; token++) {
    left -= Math.exp((values[from + token]! - top) / temperature)
    if (left < 0) break
  }
  return { token, logProbability: (values[from + token]! - top) / temperature - Math.log(sum) }
}
