/** Texts as keys of 53 bits that fit a double, for grouping rows of which not all can be held. */

/** A text as copies are compared: Unicode normalised (NFKC), runs of white space one space, none at the ends. */
export function normalisedText(text: string): string {
  const plain = /[^\x00-\x7f]/.test(text) ? text.normalize('NFKC') : text
  return /[\t\n\v\f\r\u0085\u2028\u2029]| {2}|^ | $/.test(plain) ? plain.replace(/\s+/gu, ' ').trim() : plain
}

function finish(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * A hash of a text in 53 bits; `salt` gives an independent one. Two texts of ten million share one with a chance of
 * one in two hundred, two salts together with one in 10^18.
 */
export function textKey(text: string, salt = 0): number {
  let high = 0xdeadbeef ^ salt
  let low = 0x41c6ce57 ^ Math.imul(salt, 0x9e3779b1)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 0x9e3779b1)
    high ^= high >>> 15
    low = Math.imul(low ^ code, 0x5f356495)
    low ^= low >>> 13
  }
  return joinedKey(finish(high ^ text.length), finish(low ^ Math.imul(text.length, 0x27d4eb2f)))
}

function joinedKey(high: number, low: number): number {
  return (high >>> 11) * 4294967296 + low
}

/** One key of several, in their order. */
export function mixedKey(...keys: readonly number[]): number {
  let high = 0x6a09e667
  let low = 0xbb67ae85 | 0
  for (const key of keys) {
    const top = Math.floor(key / 4294967296)
    const bottom = key % 4294967296
    high = finish(Math.imul(high, 31) ^ top ^ finish(low ^ bottom))
    low = finish(Math.imul(low, 37) ^ bottom ^ finish(high))
  }
  return joinedKey(high >>> 0, low >>> 0)
}
