/**
 * Reads a request's body as bytes: straight from the socket, bounded before and after inflation. The bytes of all
 * requests that are being read are counted together, so that many large bodies cannot fill the memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gunzip } from 'node:zlib'
import { GuerdonError } from '../../records/error.ts'

export interface BodyLimits {
  /** most bytes of one body, as sent and when inflated */
  readonly maximumBytes: number
  /** most bytes of all bodies that are being read at a time */
  readonly maximumTotalBytes: number
}

export class BodyReader {
  readonly #limits: BodyLimits
  #held = 0

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  /** bytes of the bodies that are being read now */
  get heldBytes(): number {
    return this.#held
  }

  /**
   * The whole body.
   * @throws GuerdonError BODY_TOO_LARGE before it is read whole, SERVER_BUSY when others fill the memory,
   *   ENCODING_UNKNOWN for another content encoding than gzip, DATA_NOT_JSON for broken gzip, RUN_CANCELLED when the
   *   client goes away
   */
  async read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
    const zipped = encoding === 'gzip' || encoding === 'x-gzip'
    if (!zipped && encoding !== 'identity' && encoding !== '') {
      throw new GuerdonError('ENCODING_UNKNOWN', 'the content encoding is not known', {
        where: { field: 'Content-Encoding' },
        found: encoding,
        expected: 'gzip, or none',
      })
    }
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced > this.#limits.maximumBytes) throw this.#tooLarge()
    if (request.headers.expect !== undefined) response.writeContinue()
    const bytes = await this.#collect(request)
    return zipped ? this.#inflate(bytes) : bytes
  }

  #collect(request: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = []
      let size = 0
      const finish = (): void => {
        this.#held -= size
        request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      }
      const refuse = (error: GuerdonError): void => {
        finish()
        reject(error)
      }
      const onData = (piece: Buffer): void => {
        size += piece.length
        this.#held += piece.length
        if (size > this.#limits.maximumBytes) refuse(this.#tooLarge())
        else if (this.#held > this.#limits.maximumTotalBytes) {
          refuse(new GuerdonError('SERVER_BUSY', 'too many large requests are being read at the same time'))
        } else pieces.push(piece)
      }
      const onEnd = (): void => {
        finish()
        resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size))
      }
      const onClose = (): void => refuse(new GuerdonError('RUN_CANCELLED', 'the client went away'))
      request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
    })
  }

  #inflate(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      gunzip(bytes, { maxOutputLength: this.#limits.maximumBytes }, (error, inflated) => {
        if (error === null) resolve(inflated)
        else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') reject(this.#tooLarge())
        else {
          reject(
            new GuerdonError('DATA_NOT_JSON', `the body is not valid gzip: ${error.message}`, {
              cause: error,
            }),
          )
        }
      })
    })
  }

  #tooLarge(): GuerdonError {
    return new GuerdonError('BODY_TOO_LARGE', 'the body is too large', {
      expected: `at most ${this.#limits.maximumBytes.toLocaleString('en').replaceAll(',', ' ')} bytes, also when inflated`,
      hint: 'Send fewer rows a request, or raise --body-limit',
    })
  }
}
