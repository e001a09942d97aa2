/** `guerdon augment DATA --convex | --contrast -o FILE`: more, or other, preference pairs from those there are. */
import { type Encoder, type EncoderSpec, encoderSpec, openEncoder } from '../../inference/encoder.ts'
import { RandomStream } from '../../numerics/random.ts'
import { contrastPairs } from '../../preferences/contrast/contrast-pairs.ts'
import { convexAugmentation } from '../../preferences/contrast/convex-augmentation.ts'
import { GuerdonError } from '../../records/error.ts'
import { openWriter } from '../../records/formats/open-writer.ts'
import { readRecordsOf } from '../../records/formats/read-records.ts'
import type { PreferencePair } from '../../records/preference.ts'
import { dim, number } from '../print.ts'

export interface AugmentCommandOptions {
  readonly convex?: boolean
  readonly contrast?: boolean
  readonly output: string
  readonly encoder: string
  readonly low: string
  readonly high: string
  readonly seed: string
  readonly json?: boolean
}

/** Pairs that are embedded at once. */
const PIECE = 256

function encoderOf(text: string): EncoderSpec {
  const spec = text === 'hashed-n-grams' ? { use: 'hashed-n-grams' } : { use: 'onnx', model: text }
  return encoderSpec.parse(spec) as EncoderSpec
}

function numberOf(field: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw new GuerdonError('ARGUMENT_INVALID', 'is no number', { where: { field }, found: text })
  return value
}

const fieldsOf = ({ metadata, ...pair }: PreferencePair): Record<string, unknown> => ({
  ...metadata,
  ...pair,
})

export async function augmentCommand(data: string, options: AugmentCommandOptions): Promise<void> {
  if ((options.convex === true) === (options.contrast === true))
    throw new GuerdonError('ARGUMENT_INVALID', 'what to make is not said', {
      expected: 'either --convex or --contrast',
    })
  if (options.output === data)
    throw new GuerdonError('ARGUMENT_INVALID', 'is the input itself', {
      where: { field: '--output' },
      expected: 'another file',
    })
  const stream = new RandomStream(numberOf('--seed', options.seed))
  const [low, high] = [numberOf('--low', options.low), numberOf('--high', options.high)]
  const encoder = await openEncoder(encoderOf(options.encoder))
  const writer = await openWriter(options.output)
  try {
    const reader = readRecordsOf('preference', data, { batchSize: PIECE })
    const counts =
      options.convex === true
        ? await convex(reader, encoder, stream, (rows) => writer.write(rows.map(fieldsOf)))
        : await contrast(reader, encoder, stream, { low, high }, (rows) => writer.write(rows.map(fieldsOf)))
    await writer.commit()
    report(counts, encoder, options)
  } catch (error) {
    await writer.abort()
    throw error
  } finally {
    await encoder.close()
  }
}

interface Counts {
  readonly read: number
  readonly written: number
  readonly changed: number
}

type Write = (rows: readonly PreferencePair[]) => Promise<void>

async function convex(
  reader: AsyncIterable<readonly PreferencePair[]>,
  encoder: Encoder,
  stream: RandomStream,
  write: Write,
): Promise<Counts> {
  let [read, changed] = [0, 0]
  for await (const batch of reader) {
    const made = await convexAugmentation(batch, encoder, stream)
    changed += made.filter((pair, index) => pair !== batch[index]).length
    read += batch.length
    await write(made)
  }
  return { read, written: read, changed }
}

/** Prompts are compared with one another, so all of them are held; completions only of the first pair of each. */
async function contrast(
  reader: AsyncIterable<readonly PreferencePair[]>,
  encoder: Encoder,
  stream: RandomStream,
  window: { readonly low: number; readonly high: number },
  write: Write,
): Promise<Counts> {
  const pairs: PreferencePair[] = []
  for await (const batch of reader) pairs.push(...batch)
  const made = await contrastPairs(pairs, encoder, stream, window)
  await write(made)
  return { read: pairs.length, written: made.length, changed: made.length }
}

function report(counts: Counts, encoder: Encoder, options: AugmentCommandOptions): void {
  if (options.json) {
    console.log(JSON.stringify({ ...counts, encoder: encoder.name, output: options.output }, null, 2))
    return
  }
  console.log(
    options.convex === true
      ? `${number(counts.changed)} of ${number(counts.read)} chosen answers reworded; written to ${options.output}`
      : `${number(counts.written)} contrast pairs from ${number(counts.read)} pairs; written to ${options.output}`,
  )
  if (counts.written === 0)
    console.log('No two prompts lie in the window of cosines; widen it with --low and --high.')
  if (encoder.notice !== undefined) console.log(dim(encoder.notice))
}
