/** What the parts of the parser share: how strongly operators bind, where items end, and the signal to give up. */
import type { Parser } from './parse.ts'

/** Thrown where the grammar ends; one object, because a stack costs more than most answers. Never leaves the verifier. */
export const notParsable: Error = new Error('not an expression of the grammar')

/** Binding powers, weakest first. */
export const LEVEL = {
  list: 10,
  relation: 20,
  setOperation: 30,
  ratio: 35,
  sum: 40,
  product: 50,
  power: 60,
} as const

const ITEM_ENDS: ReadonlySet<string> = new Set(
  ') ] } \\} , ; | & \\\\ end = < > <= >= != in approx and or cup cap setminus + - +- -+ \\rangle \\rfloor \\rceil'.split(
    ' ',
  ),
)

const CLOSERS: ReadonlySet<string> = new Set(') ] } \\} | & \\\\ end'.split(' '))

/** Whether the brackets around position `at`, or the whole answer, end there. */
export function isClosed(parser: Parser, at: number): boolean {
  return at >= parser.end || (parser.kinds[at] === 'operator' && CLOSERS.has(parser.texts[at]!))
}

/** Whether nothing more can belong to the word, unit or item before position `at`. */
export function isItemEnd(parser: Parser, at: number): boolean {
  if (at >= parser.end) return true
  return parser.kinds[at] === 'operator' && ITEM_ENDS.has(parser.texts[at]!)
}
