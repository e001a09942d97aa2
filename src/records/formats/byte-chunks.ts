/** The bytes of a file in big chunks, unzipped on the way where the file is gzip. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { GuerdonError } from '../error.ts'

const chunkBytes = 1 << 20

/**
 * Streams a file as buffers of about 1 MB.
 *
 * @throws GuerdonError FILE_FORMAT_UNKNOWN when gzip data is damaged or ends early
 */
export async function* byteChunks(path: string, gzip: boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes })
  if (!gzip) {
    yield* file as AsyncIterable<Buffer>
    return
  }
  const unzipped = createGunzip({ chunkSize: chunkBytes })
  // Errors of either stream end the iteration below, which turns them into sentences.
  pipeline(file, unzipped, () => {})
  try {
    yield* unzipped as AsyncIterable<Buffer>
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined || !code.startsWith('Z_')) throw cause
    const what = code === 'Z_BUF_ERROR' ? 'the gzip data ends early' : 'the gzip data is damaged'
    throw new GuerdonError('FILE_FORMAT_UNKNOWN', what, {
      where: { file: path },
      expected: 'a complete gzip file',
      found: (cause as Error).message,
      cause,
    })
  }
}
