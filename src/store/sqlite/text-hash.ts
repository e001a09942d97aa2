/** A number that stands for a text where equal texts are looked for; what it finds is compared with the text itself. */

/**
 * 52 bits of a text's UTF-16 units, a whole number that a double holds exactly: two FNV-1a lanes with different
 * primes, mixed at the end. Quick rather than hard to collide; the low 32 bits alone are a hash too.
 */
export function textHash(text: string): number {
  let low = 0x811c9dc5
  let high = 0x2f0b4c47
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b)
    high ^= high >>> 15
  }
  low = Math.imul(low ^ (high >>> 13), 0xc2b2ae35)
  low ^= low >>> 16
  high = Math.imul(high ^ (low >>> 11), 0x27d4eb2f)
  return ((high >>> 12) & 0xfffff) * 2 ** 32 + (low >>> 0)
}

/** The low 32 bits of `textHash`. */
export function shortHash(text: string): number {
  return textHash(text) >>> 0
}
