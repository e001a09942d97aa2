/**
 * Texts as databases can keep them. SQLite and PostgreSQL store UTF-8, which has no lone surrogates, and PostgreSQL
 * refuses NUL. Such characters are written as U+001A and four hexadecimal digits, U+001A itself as well, so that
 * every JavaScript string comes back as it was. Almost every text is stored unchanged.
 */
const ESCAPE = '\u001a'

/** `\ud83d\ude00` is one character of the class, so pairs are skipped and only lone surrogates match. */
const unsafe = /[\0\u001a]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const escaped = /\u001a([0-9a-f]{4})/g

/**
 * A text that UTF-8 databases keep; equal texts, and only those, become equal.
 *
 * @example encodeText('a\0b') // 'a\u001a0000b'
 */
export function encodeText(text: string): string {
  if (!text.includes('\0') && !text.includes(ESCAPE) && text.isWellFormed()) return text
  return text.replace(
    unsafe,
    (character) => `${ESCAPE}${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The text that `encodeText` was given. */
export function decodeText(stored: string): string {
  if (!stored.includes(ESCAPE)) return stored
  return stored.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
