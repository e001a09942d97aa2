/** The words of a text as 32-bit hashes, without making a string of any of them. */

/** 0 ends a word, 1 belongs to one, 2 is a word by itself (scripts without spaces). */
function kindOf(code: number): 0 | 1 | 2 {
  if (code < 128) {
    return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) ? 1 : 0
  }
  if (code < 0xc0) return 0
  if (code >= 0x2000 && code <= 0x206f) return 0
  if (code >= 0x3000 && code <= 0x303f) return 0
  if (code >= 0x3040 && code <= 0x30ff) return 2
  if (code >= 0x3400 && code <= 0x9fff) return 2
  if (code >= 0xff00 && code <= 0xff0f) return 0
  return 1
}

/** A growing list of hashes that is emptied and filled again, text after text. */
export class WordHashes {
  values = new Uint32Array(256)
  size = 0

  #push(hash: number): void {
    if (this.size === this.values.length) {
      const larger = new Uint32Array(2 * this.size)
      larger.set(this.values)
      this.values = larger
    }
    let mixed = hash ^ (hash >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    this.values[this.size++] = (mixed ^ (mixed >>> 15)) >>> 0
  }

  /**
   * Reads the words of a text: runs of letters and digits, lower-cased; Chinese and Japanese characters are words of
   * their own. Words begin at `size` 0 again.
   */
  read(text: string): this {
    this.size = 0
    let hash = 0x811c9dc5
    let inside = false
    // Only other scripts need the full rule for lower case.
    const lower = /[^\x00-\x7f]/.test(text) ? text.normalize('NFKC').toLowerCase() : text
    for (let at = 0; at < lower.length; at++) {
      let code = lower.charCodeAt(at)
      const kind = kindOf(code)
      if (kind === 1) {
        if (code >= 65 && code <= 90) code += 32
        hash = Math.imul(hash ^ code, 0x01000193)
        inside = true
        continue
      }
      if (inside) this.#push(hash)
      if (kind === 2) this.#push(Math.imul(0x811c9dc5 ^ code, 0x01000193))
      hash = 0x811c9dc5
      inside = false
    }
    if (inside) this.#push(hash)
    return this
  }
}

/**
 * The set of word n-grams as sorted hashes without repeats; fewer than n words are one shorter gram, no word is none.
 * `side` keeps the grams of one field apart from equal ones of another.
 */
export function gramSetOf({ values, size }: WordHashes, n: number, side = 0): Uint32Array {
  if (size === 0) return new Uint32Array(0)
  const length = Math.min(n, size)
  const grams = new Uint32Array(size - length + 1)
  for (let start = 0; start < grams.length; start++) {
    let hash = Math.imul(length ^ (side << 8), 0x9e3779b1)
    for (let word = start; word < start + length; word++) {
      hash = Math.imul(hash ^ values[word]!, 0x85ebca6b)
      hash = (hash << 13) | (hash >>> 19)
    }
    grams[start] = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) >>> 0
  }
  grams.sort()
  let kept = 0
  for (let index = 0; index < grams.length; index++)
    if (index === 0 || grams[index] !== grams[index - 1]) grams[kept++] = grams[index]!
  return grams.subarray(0, kept)
}
