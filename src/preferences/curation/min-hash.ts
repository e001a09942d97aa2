/**
 * MinHash: signatures of sets whose equal places estimate the sets' Jaccard similarity, and bands of them by which
 * similar sets meet. Sources: Broder (1997); one permutation with densification: Li, Owen, Zhang (2012), Shrivastava
 * (2017).
 */
import { GuerdonError } from '../../records/error.ts'

export interface MinHashOptions {
  /** bands of a signature; two sets are compared when they agree on a whole band */
  readonly bands: number
  /** places of a band */
  readonly rows: number
}

/** Sets of Jaccard 0.5 meet with probability 0.22, of 0.7 with 0.86, of 0.8 with 0.99. */
export const defaultMinHash: MinHashOptions = { bands: 16, rows: 6 }

/** The chance that two sets of a given Jaccard similarity agree on at least one band: 1 − (1 − J^rows)^bands. */
export function meetingChance(jaccard: number, { bands, rows }: MinHashOptions): number {
  return 1 - (1 - jaccard ** rows) ** bands
}

function spread(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Makes signatures of sets of 32-bit hashes; the buffers are its own and used again. */
export class MinHash {
  readonly size: number
  readonly options: MinHashOptions
  readonly signature: Uint32Array
  readonly #filled: Uint8Array
  /** per band a number below 2^53 that says band and content */
  readonly bandKeys: Float64Array

  /** @throws GuerdonError ARGUMENT_INVALID for bands or rows below 1 */
  constructor(options: MinHashOptions = defaultMinHash) {
    const { bands, rows } = options
    if (!Number.isSafeInteger(bands) || !Number.isSafeInteger(rows) || bands < 1 || rows < 1) {
      throw new GuerdonError('ARGUMENT_INVALID', 'a signature needs bands and rows', {
        found: `${bands} bands of ${rows} rows`,
        expected: 'whole numbers from 1',
      })
    }
    this.options = options
    this.size = bands * rows
    this.signature = new Uint32Array(this.size)
    this.#filled = new Uint8Array(this.size)
    this.bandKeys = new Float64Array(bands)
  }

  /**
   * Fills `signature` from a set: each hash falls into one of the places, which keeps its smallest; empty places borrow
   * from a filled one that is found by hashing the place's number. The set of no hashes has a signature of its own.
   */
  sign(...sets: readonly Uint32Array[]): this {
    const { signature, size } = this
    const filled = this.#filled.fill(0)
    let empty = size
    for (const set of sets) {
      for (let index = 0; index < set.length; index++) {
        const hash = spread(set[index]!)
        const place = Math.floor((hash / 4294967296) * size)
        const value = Math.imul(hash, 0x9e3779b1) >>> 0
        if (filled[place] === 0) {
          filled[place] = 1
          empty--
          signature[place] = value
        } else if (value < signature[place]!) signature[place] = value
      }
    }
    if (empty === size) signature.fill(0xffffffff)
    else if (empty > 0) {
      for (let place = 0; place < size; place++) {
        if (filled[place] === 1) continue
        let attempt = 0
        let from = place
        while (filled[from] !== 1) from = spread(Math.imul(place + 1, 0x9e3779b1) ^ ++attempt) % size
        signature[place] = signature[from]!
      }
    }
    return this
  }

  /** The band keys of the signature at hand. */
  bandsOf(): Float64Array {
    const { bands, rows } = this.options
    for (let band = 0; band < bands; band++) {
      let high = 0x2545f491 ^ band
      let low = 0x9e3779b1 ^ Math.imul(band, 0x85ebca6b)
      for (let row = 0; row < rows; row++) {
        const value = this.signature[band * rows + row]!
        high = Math.imul(high ^ value, 0x01000193)
        high = (high << 15) | (high >>> 17)
        low = Math.imul(low ^ spread(value), 0xcc9e2d51)
        low = (low << 13) | (low >>> 19)
      }
      this.bandKeys[band] = (spread(high) >>> 11) * 4294967296 + spread(low)
    }
    return this.bandKeys
  }
}

/** Share of equal places of two signatures: an estimate of the Jaccard similarity with deviation √(J(1 − J)/size). */
export function estimatedJaccard(one: Uint32Array, other: Uint32Array): number {
  let equal = 0
  for (let place = 0; place < one.length; place++) if (one[place] === other[place]) equal++
  return equal / one.length
}
